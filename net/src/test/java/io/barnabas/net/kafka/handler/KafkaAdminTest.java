package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.rules.FeatureLevels;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.net.kafka.testing.FakeBroker;
import io.barnabas.net.kafka.testing.ServedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.DuplicateVoterException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.VoterNotFoundException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own clients against the listener: what an administrator's tools see. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KafkaAdminTest {

    @TempDir
    Path directory;

    private ServedBroker served;
    private Admin admin;

    @BeforeEach
    void serve() throws Exception {
        FakeBroker broker = new FakeBroker(directory);
        // Of the three nodes only this one runs, and clients must not be sent to the others.
        for (int node = 2; node <= 3; node++) {
            broker.quorum()
                    .apply(new MetadataCommand.FenceNode(
                            node,
                            broker.quorum().image().node(node).orElseThrow().epoch()));
        }
        served = new ServedBroker(broker);
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    @AfterEach
    void stop() {
        admin.close();
        served.close();
    }

    private String bootstrap() {
        return "127.0.0.1:" + served.port();
    }

    @Test
    void topicsAreCreatedDescribedGrownAndDeleted() throws Exception {
        var created = admin.createTopics(
                List.of(new NewTopic("orders", 3, (short) 1).configs(Map.of("segment.ms", "60000"))));
        Uuid id = created.topicId("orders").get();
        assertThat(created.numPartitions("orders").get()).isEqualTo(3);
        assertThat(created.config("orders").get().get("segment.ms").value()).isEqualTo("60000");
        assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                        .all()
                        .get())
                .hasCauseInstanceOf(TopicExistsException.class);

        assertThat(admin.listTopics().names().get()).containsExactly("orders");
        TopicDescription byName =
                admin.describeTopics(List.of("orders")).allTopicNames().get().get("orders");
        assertThat(byName.topicId()).isEqualTo(id);
        assertThat(byName.partitions())
                .hasSize(3)
                .allSatisfy(partition -> assertThat(partition.leader().id()).isEqualTo(FakeBroker.ID));
        TopicDescription byId = admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                .allTopicIds()
                .get()
                .get(id);
        assertThat(byId.name()).isEqualTo("orders");

        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(5, List.of(List.of(1), List.of(1)))))
                .all()
                .get();
        assertThat(admin.describeTopics(List.of("orders"))
                        .allTopicNames()
                        .get()
                        .get("orders")
                        .partitions())
                .hasSize(5);

        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get();
        assertThat(admin.listTopics().names().get()).isEmpty();
        assertThatThrownBy(() -> admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .all()
                        .get())
                .hasCauseInstanceOf(UnknownTopicIdException.class);
        assertThatThrownBy(() ->
                        admin.describeTopics(List.of("orders")).allTopicNames().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void configsAreDescribedAndAltered() throws Exception {
        served.broker().createTopic("orders", 1);
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        admin.incrementalAlterConfigs(Map.of(topic, List.of(set("retention.ms", "1000"))))
                .all()
                .get();
        ConfigEntry retention = described(topic).get("retention.ms");
        assertThat(retention.value()).isEqualTo("1000");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThatThrownBy(() -> admin.incrementalAlterConfigs(Map.of(topic, List.of(set("flux.capacity", "1"))))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("flux.capacity");
        assertThat(admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC), new ListConfigResourcesOptions())
                        .all()
                        .get())
                .containsExactly(topic);
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private Config described(ConfigResource resource) throws Exception {
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }

    @Test
    void quorumDisksAndNodesAreDescribed() throws Exception {
        served.broker().createTopic("orders", 2);
        served.broker()
                .quorum()
                .status(new QuorumStatus(1, 4, 12, List.of(new QuorumStatus.Member(1, 12, 1000)), List.of()));

        QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
        assertThat(quorum.leaderId()).isEqualTo(1);
        assertThat(quorum.voters().getFirst().logEndOffset()).isEqualTo(12);
        assertThat(quorum.nodes()).containsOnlyKeys(1);

        LogDirDescription disk = admin.describeLogDirs(List.of(FakeBroker.ID))
                .allDescriptions()
                .get()
                .get(FakeBroker.ID)
                .get(served.broker()
                        .partitions()
                        .directories()
                        .getFirst()
                        .path()
                        .toString());
        assertThat(disk.error()).isNull();
        assertThat(disk.replicaInfos())
                .containsOnlyKeys(new TopicPartition("orders", 0), new TopicPartition("orders", 1));

        assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        assertThatThrownBy(() -> admin.unregisterBroker(9).all().get())
                .hasCauseInstanceOf(BrokerIdNotRegisteredException.class);
        admin.unregisterBroker(3).all().get();
        assertThat(served.broker().quorum().image().nodes()).containsOnlyKeys(1, 2);
    }

    @Test
    void featuresAndProducersAreDescribed() throws Exception {
        served.broker().createTopic("orders", 1);
        FeatureMetadata features = admin.describeFeatures().featureMetadata().get();
        assertThat(features.finalizedFeatures())
                .isEqualTo(Map.of(FeatureLevels.NAME, new FinalizedVersionRange((short) 1, (short) 1)));
        assertThat(features.supportedFeatures())
                .isEqualTo(Map.of(FeatureLevels.NAME, new SupportedVersionRange((short) 1, (short) 1)));
        assertThat(features.finalizedFeaturesEpoch()).isPresent();
        assertThatThrownBy(() -> admin.updateFeatures(
                                Map.of(
                                        FeatureLevels.NAME,
                                        new FeatureUpdate((short) 2, FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions())
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidUpdateVersionException.class)
                .hasMessageContaining("knows levels 1 to 1");

        TopicPartition partition = new TopicPartition("orders", 0);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("orders", 0, null, new byte[] {1}))
                    .get();
        }
        assertThat(admin.describeProducers(List.of(partition))
                        .partitionResult(partition)
                        .get()
                        .activeProducers())
                .singleElement()
                .satisfies(producer -> {
                    assertThat(producer.lastSequence()).isZero();
                    assertThat(producer.coordinatorEpoch()).isEmpty();
                    assertThat(producer.currentTransactionStartOffset()).isEmpty();
                });
    }

    @Test
    void votersOfTheQuorumComeAndGo() throws Exception {
        served.broker()
                .quorum()
                .status(new QuorumStatus(1, 4, 12, List.of(new QuorumStatus.Member(1, 12, 1000)), List.of()));
        RaftVoterEndpoint raft = new RaftVoterEndpoint("RAFT", "127.0.0.1", 10092);
        admin.addRaftVoter(2, Uuid.ZERO_UUID, Set.of(raft)).all().get();
        assertThat(admin.describeMetadataQuorum().quorumInfo().get().voters()).hasSize(2);
        assertThatThrownBy(() -> admin.addRaftVoter(2, Uuid.ZERO_UUID, Set.of(raft))
                        .all()
                        .get())
                .hasCauseInstanceOf(DuplicateVoterException.class);
        assertThatThrownBy(() -> admin.unregisterBroker(2).all().get())
                .hasMessageContaining("votes in the metadata quorum");
        admin.removeRaftVoter(2, Uuid.ZERO_UUID).all().get();
        assertThatThrownBy(() -> admin.removeRaftVoter(2, Uuid.ZERO_UUID).all().get())
                .hasCauseInstanceOf(VoterNotFoundException.class);
    }

    @Test
    void whatThisClusterHasNotIsToldPlainly() throws Exception {
        ClientQuotaEntity alice = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice"));
        assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                        .entities()
                        .get())
                .isEmpty();
        assertThatThrownBy(() -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                alice, List.of(new ClientQuotaAlteration.Op("consumer_byte_rate", 1.0)))))
                        .all()
                        .get())
                .hasCauseInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining("quotas are not served");
        assertThat(admin.listTransactions().all().get()).isEmpty();
        assertThat(admin.describeUserScramCredentials().users().get()).isEmpty();
        assertThatThrownBy(() -> admin.describeUserScramCredentials(List.of("alice"))
                        .description("alice")
                        .get())
                .hasCauseInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(
                        () -> admin.describeAcls(AclBindingFilter.ANY).values().get())
                .hasCauseInstanceOf(SecurityDisabledException.class);
        AclBinding acl = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                new AccessControlEntry("User:alice", "*", AclOperation.READ, AclPermissionType.ALLOW));
        assertThatThrownBy(() -> admin.createAcls(List.of(acl)).all().get())
                .hasCauseInstanceOf(SecurityDisabledException.class);
        assertThatThrownBy(() -> admin.deleteAcls(List.of(acl.toFilter())).all().get())
                .hasCauseInstanceOf(SecurityDisabledException.class);
    }

    @Test
    void aTransactionalProducerIsToldAtOnceThatThereAreNoTransactions() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap(), "transactional.id", "writer"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            assertThatThrownBy(producer::initTransactions).isInstanceOf(TransactionalIdAuthorizationException.class);
        }
    }
}
