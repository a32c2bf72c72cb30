package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** DescribeConfigs, AlterConfigs, IncrementalAlterConfigs and ListConfigResources. */
class ConfigHandlersTest {

    private static final int NEWEST_DESCRIBE = ApiKeys.DESCRIBE_CONFIGS.latestVersion();

    private final ControlledCluster cluster =
            new ControlledCluster(2, Map.of("log.segment.bytes", "2097152", "log.roll.ms", "604800000"));
    private final DescribeConfigsHandler description = new DescribeConfigsHandler(cluster);
    private final AlterConfigsHandler replacement = new AlterConfigsHandler(cluster);
    private final IncrementalAlterConfigsHandler change = new IncrementalAlterConfigsHandler(cluster);
    private final Caller caller = new Caller();

    @BeforeEach
    void create() {
        cluster.ledTopic("orders", 1, 1);
    }

    @AfterEach
    void close() {
        caller.close();
    }

    static IntStream describeVersions() {
        return Caller.versions(ApiKeys.DESCRIBE_CONFIGS);
    }

    static IntStream alterVersions() {
        return Caller.versions(ApiKeys.ALTER_CONFIGS);
    }

    static IntStream incrementalVersions() {
        return Caller.versions(ApiKeys.INCREMENTAL_ALTER_CONFIGS);
    }

    @ParameterizedTest
    @MethodSource("describeVersions")
    void everyVersionDescribesATopicWithItsSources(int version) throws Exception {
        assertThat(alter(1, set("segment.bytes", "1048576")).errorCode()).isEqualTo(Errors.NONE.code());

        DescribeConfigsResult result = describe(version, Type.TOPIC, "orders", null);

        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactlyElementsOf(TopicConfigs.names());
        DescribeConfigsResourceResult segment = config(result, "segment.bytes");
        assertThat(segment.value()).isEqualTo("1048576");
        assertThat(segment.readOnly()).isFalse();
        assertThat(segment.configSource()).isEqualTo(ConfigSource.TOPIC_CONFIG.id());
        assertThat(segment.synonyms())
                .extracting(DescribeConfigsSynonym::name, DescribeConfigsSynonym::value, DescribeConfigsSynonym::source)
                .containsExactly(
                        tuple("segment.bytes", "1048576", ConfigSource.TOPIC_CONFIG.id()),
                        tuple("log.segment.bytes", "2097152", ConfigSource.STATIC_BROKER_CONFIG.id()),
                        tuple("log.segment.bytes", "1073741824", ConfigSource.DEFAULT_CONFIG.id()));
        assertThat(segment.configType()).isEqualTo(version >= 3 ? ConfigType.INT.id() : 0);
        if (version >= 3) {
            assertThat(segment.documentation()).isNotBlank();
        }
    }

    @Test
    void describesEveryKeyOfTheNode() throws Exception {
        DescribeConfigsResult result = describe(NEWEST_DESCRIBE, Type.BROKER, "1", null);
        assertThat(result.configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactlyInAnyOrderElementsOf(cluster.settings().keys().keySet());
        assertThat(result.configs())
                .allMatch(DescribeConfigsResourceResult::readOnly)
                .allSatisfy(config -> assertThat(config.documentation()).isNotBlank());
        assertThat(config(result, "num.partitions").value()).isEqualTo("1");
        assertThat(config(result, "num.partitions").configSource()).isEqualTo(ConfigSource.DEFAULT_CONFIG.id());
        assertThat(config(result, "log.segment.bytes").configSource())
                .isEqualTo(ConfigSource.STATIC_BROKER_CONFIG.id());
        assertThat(config(result, "broker.rack").value()).isNull();
        assertThat(config(result, "auto.create.topics.enable").configType()).isEqualTo(ConfigType.BOOLEAN.id());
    }

    @Test
    void describesOnlyTheKeysAskedFor() throws Exception {
        assertThat(describe(NEWEST_DESCRIBE, Type.TOPIC, "orders", List.of("segment.ms"))
                        .configs())
                .hasSize(1);
        assertThat(describe(NEWEST_DESCRIBE, Type.BROKER, "1", List.of("num.partitions", "nonsense"))
                        .configs())
                .hasSize(1);
    }

    @Test
    void refusesToDescribeWhatItDoesNotKnow() throws Exception {
        assertThat(describe(NEWEST_DESCRIBE, Type.TOPIC, "missing", null).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(describe(NEWEST_DESCRIBE, Type.BROKER, "2", null).errorMessage())
                .contains("ask broker '2'");
        assertThat(describe(NEWEST_DESCRIBE, Type.GROUP, "g", null).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(describe(NEWEST_DESCRIBE, Type.BROKER, "", null).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @ParameterizedTest
    @MethodSource("incrementalVersions")
    void everyVersionSetsAndDeletesSingleOverrides(int version) throws Exception {
        alter(version, set("segment.bytes", "1048576"), set("retention.ms", "1000"));
        alter(version, op("segment.bytes", OpType.DELETE, null), set("segment.ms", "5000"));
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("retention.ms", "1000", "segment.ms", "5000"));
    }

    @Test
    void appendsToAndSubtractsFromListsAlone() throws Exception {
        alter(1, op("cleanup.policy", OpType.APPEND, "compact"));
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("cleanup.policy", "delete,compact"));
        alter(1, op("cleanup.policy", OpType.APPEND, "compact"));
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("cleanup.policy", "delete,compact"));
        alter(1, op("cleanup.policy", OpType.SUBTRACT, "delete"));
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("cleanup.policy", "compact"));
        alter(1, op("cleanup.policy", OpType.SUBTRACT, "compact, delete"));
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("cleanup.policy", ""));
        assertAltersNothing(Errors.INVALID_CONFIG, op("cleanup.policy", OpType.APPEND, "shred"));
        assertAltersNothing(Errors.INVALID_CONFIG, op("segment.ms", OpType.APPEND, "1"));
        assertAltersNothing(Errors.INVALID_CONFIG, op("flux.capacity", OpType.APPEND, "1"));
        assertAltersNothing(Errors.INVALID_REQUEST, op("cleanup.policy", OpType.APPEND, null));
        assertAltersNothing(Errors.INVALID_REQUEST, set("cleanup.policy", null));
    }

    @Test
    void appendsToTheListOfTheNodeWhenTheTopicHasNone() throws Exception {
        ControlledCluster compacting = new ControlledCluster(1, Map.of("log.cleanup.policy", "compact"));
        compacting.ledTopic("orders", 1, 1);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource(Type.TOPIC, "orders", op("cleanup.policy", OpType.APPEND, "delete")));
        caller.call(new IncrementalAlterConfigsHandler(compacting), 1, request);
        assertThat(compacting.topic("orders").configs()).isEqualTo(Map.of("cleanup.policy", "compact,delete"));
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefusedWhereverTheyWereSet() throws Exception {
        alter(1, set("min.compaction.lag.ms", "5000"));
        assertAltersNothing(Errors.INVALID_CONFIG, set("max.compaction.lag.ms", "4000"));
        alter(1, op("min.compaction.lag.ms", OpType.DELETE, null), set("max.compaction.lag.ms", "4000"));
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("max.compaction.lag.ms", "4000"));
        alter(1, set("min.insync.replicas", "7"));
        assertThat(cluster.topic("orders").configs()).containsEntry("min.insync.replicas", "7");
    }

    @Test
    void aNodesCoarserUnitIsShownInTheTopics() throws Exception {
        ControlledCluster hourly = new ControlledCluster(1, Map.of("log.retention.hours", "2"));
        hourly.ledTopic("orders", 1, 1);
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(Type.TOPIC.id())
                        .setResourceName("orders")
                        .setConfigurationKeys(List.of("retention.ms"))));
        DescribeConfigsResourceResult retention = caller.call(
                        new DescribeConfigsHandler(hourly), NEWEST_DESCRIBE, request)
                .results()
                .getFirst()
                .configs()
                .getFirst();
        assertThat(retention.value()).isEqualTo("7200000");
        assertThat(retention.configSource()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG.id());
        assertThat(retention.isSensitive()).isFalse();
        assertThat(retention.synonyms())
                .extracting(DescribeConfigsSynonym::name, DescribeConfigsSynonym::value)
                .containsExactly(tuple("log.retention.hours", "2"));
    }

    @Test
    void refusesAWrongChangeAsAWhole() throws Exception {
        assertAltersNothing(Errors.INVALID_CONFIG, set("segment.ms", "5000"), set("flux.capacity", "1"));
        assertAltersNothing(Errors.INVALID_CONFIG, set("segment.ms", "5000"), set("segment.bytes", "-1"));
        assertAltersNothing(Errors.INVALID_CONFIG, op("flux.capacity", OpType.DELETE, null));
        assertAltersNothing(Errors.INVALID_REQUEST, set("segment.ms", "5000"), op("segment.ms", OpType.DELETE, null));
        assertAltersNothing(
                Errors.INVALID_REQUEST,
                new AlterableConfig()
                        .setName("segment.ms")
                        .setConfigOperation((byte) 9)
                        .setValue("1"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Type.class,
            names = {"BROKER", "BROKER_LOGGER", "GROUP", "CLIENT_METRICS"})
    void refusesToAlterAnythingButTopics(Type type) throws Exception {
        AlterConfigsResourceResponse result = alter(1, type, "1", false, set("num.partitions", "3"));
        assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(result.errorMessage()).contains(type == Type.BROKER ? "node.properties" : "topics");
    }

    @Test
    void altersATopicThatAnotherNodeHasJustMade() throws Exception {
        cluster.quorum()
                .applyElsewhere(
                        new MetadataCommand.CreateTopic(new UUID(3, 9), "elsewhere", 1, 1, List.of(), Map.of()));
        assertThat(cluster.image().topic("elsewhere")).isEmpty();
        assertThat(alter(1, Type.TOPIC, "elsewhere", false, set("segment.ms", "7"))
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(cluster.image().topic("elsewhere").orElseThrow().configs()).containsEntry("segment.ms", "7");
    }

    @Test
    void refusesToAlterAMissingTopicOrOneNamedTwice() throws Exception {
        assertThat(alter(1, Type.TOPIC, "missing", false, set("segment.ms", "1"))
                        .errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        IncrementalAlterConfigsRequestData twice = new IncrementalAlterConfigsRequestData();
        twice.resources().add(resource(Type.TOPIC, "orders", set("segment.ms", "1")));
        twice.resources().add(resource(Type.TOPIC, "orders", set("segment.ms", "2")));
        assertThat(caller.call(change, 1, twice).responses())
                .hasSize(2)
                .allMatch(result -> result.errorCode() == Errors.INVALID_REQUEST.code());
        assertThat(cluster.topic("orders").configs()).isEmpty();
    }

    @Test
    void validateOnlyAltersNothing() throws Exception {
        assertThat(alter(1, Type.TOPIC, "orders", true, set("segment.ms", "5000"))
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(alter(1, Type.TOPIC, "orders", true, set("segment.ms", "x")).errorCode())
                .isEqualTo(Errors.INVALID_CONFIG.code());
        assertThat(cluster.topic("orders").configs()).isEmpty();
    }

    @Test
    void saysWhenTheQuorumIsAway() throws Exception {
        cluster.quorum().available(false);
        assertThat(alter(1, set("segment.ms", "5000")).errorCode()).isEqualTo(Errors.REQUEST_TIMED_OUT.code());
    }

    @ParameterizedTest
    @MethodSource("alterVersions")
    void everyVersionReplacesAllOverrides(int version) throws Exception {
        alter(1, set("segment.bytes", "1048576"), set("retention.ms", "1000"));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(Type.TOPIC.id())
                .setResourceName("orders");
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig()
                        .setName("segment.ms")
                        .setValue("5000"));
        request.resources().add(resource);

        AlterConfigsResponseData response = caller.call(replacement, version, request);

        assertThat(response.responses().getFirst().errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(cluster.topic("orders").configs()).isEqualTo(Map.of("segment.ms", "5000"));
    }

    @Test
    void listsWhatHasConfigs() throws Exception {
        ListConfigResourcesHandler handler = new ListConfigResourcesHandler(cluster);
        assertThat(caller.call(handler, 0, new ListConfigResourcesRequestData()).configResources())
                .isEmpty();
        assertThat(caller.call(handler, 1, new ListConfigResourcesRequestData()).configResources())
                .extracting(ConfigResource::resourceType, ConfigResource::resourceName)
                .containsExactly(
                        tuple(Type.TOPIC.id(), "orders"), tuple(Type.BROKER.id(), "1"), tuple(Type.BROKER.id(), "2"));
        assertThat(listed(handler, Type.BROKER).configResources()).hasSize(2);
        assertThat(listed(handler, Type.GROUP).configResources()).isEmpty();
        assertThat(listed(handler, Type.UNKNOWN).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    private ListConfigResourcesResponseData listed(ListConfigResourcesHandler handler, Type type) throws Exception {
        return caller.call(handler, 1, new ListConfigResourcesRequestData().setResourceTypes(List.of(type.id())));
    }

    private void assertAltersNothing(Errors error, AlterableConfig... configs) throws Exception {
        Map<String, String> before = cluster.topic("orders").configs();
        AlterConfigsResourceResponse result = alter(1, configs);
        assertThat(Errors.forCode(result.errorCode())).as(result.errorMessage()).isEqualTo(error);
        assertThat(result.errorMessage()).isNotBlank();
        assertThat(cluster.topic("orders").configs()).isEqualTo(before);
    }

    private AlterConfigsResourceResponse alter(int version, AlterableConfig... configs) throws Exception {
        return alter(version, Type.TOPIC, "orders", false, configs);
    }

    private AlterConfigsResourceResponse alter(
            int version, Type type, String name, boolean validateOnly, AlterableConfig... configs) throws Exception {
        IncrementalAlterConfigsRequestData request =
                new IncrementalAlterConfigsRequestData().setValidateOnly(validateOnly);
        request.resources().add(resource(type, name, configs));
        return caller.call(change, version, request).responses().getFirst();
    }

    private static AlterConfigsResource resource(Type type, String name, AlterableConfig... configs) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
        for (AlterableConfig config : configs) {
            resource.configs().add(config);
        }
        return resource;
    }

    private static AlterableConfig set(String name, String value) {
        return op(name, OpType.SET, value);
    }

    private static AlterableConfig op(String name, OpType operation, String value) {
        return new AlterableConfig()
                .setName(name)
                .setConfigOperation(operation.id())
                .setValue(value);
    }

    private DescribeConfigsResult describe(int version, Type type, String name, List<String> keys) throws Exception {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setIncludeDocumentation(version >= 3)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(keys)));
        return caller.call(description, version, request).results().getFirst();
    }

    private static DescribeConfigsResourceResult config(DescribeConfigsResult result, String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
