package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.Assignor.Subscriber;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import io.barnabas.metadata.rules.group.GroupResponse.Joined;
import io.barnabas.metadata.rules.group.GroupResponse.JoinedMember;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;

/** A consumer of the classic protocol; eager, or cooperative as of KIP-429. */
final class SimulatedClassicConsumer extends SimulatedClient {

    private enum Phase {
        JOIN,
        SYNC,
        MEMBER
    }

    private final boolean cooperative;
    private Phase phase = Phase.JOIN;
    private String memberId = "";
    private int generation = -1;
    private Optional<Joined> leading = Optional.empty();
    private MetadataImage assignedBy = MetadataImage.EMPTY;

    SimulatedClassicConsumer(Network network, Set<String> topics, boolean cooperative) {
        super(network, topics, Optional.empty());
        this.cooperative = cooperative;
    }

    @Override
    String memberId() {
        return memberId;
    }

    @Override
    boolean settled() {
        return phase == Phase.MEMBER && !isWaiting();
    }

    @Override
    void act(SplittableRandom random) {
        // It is for the leader to see that topics have changed.
        if (phase == Phase.MEMBER && leading.isPresent() && assignedBy != network.image()) {
            phase = Phase.JOIN;
        }
        switch (phase) {
            case JOIN -> join();
            case SYNC -> sync();
            case MEMBER -> send(new GroupRequest.Heartbeat(GROUP, memberId, Optional.empty(), generation));
        }
    }

    private void join() {
        if (!cooperative) {
            owned = Map.of();
        }
        List<TopicPartition> partitions = new ArrayList<>();
        byName(owned, network.image())
                .forEach((topic, numbers) ->
                        numbers.forEach(number -> partitions.add(new TopicPartition(topic, number))));
        ByteBuffer metadata = ConsumerProtocol.serializeSubscription(
                new Subscription(List.copyOf(topics), null, partitions, generation, Optional.empty()));
        send(new GroupRequest.Join(
                GROUP,
                memberId,
                Optional.empty(),
                "classic",
                "/host",
                45_000,
                60_000,
                "consumer",
                List.of(new Protocol(cooperative ? "cooperative-sticky" : "range", ByteString.copyFrom(metadata))),
                true,
                true));
    }

    private void sync() {
        send(new GroupRequest.Sync(
                GROUP,
                memberId,
                Optional.empty(),
                generation,
                Optional.of("consumer"),
                Optional.of(cooperative ? "cooperative-sticky" : "range"),
                leading.map(this::assign).orElse(Map.of())));
    }

    /** As a leader: what somebody else still has is not given away yet; that one will give it up and join again. */
    private Map<String, ByteString> assign(Joined joined) {
        assignedBy = network.image();
        Map<String, Subscriber> subscribers = new TreeMap<>();
        Map<UUID, Integer> counts = new HashMap<>();
        for (JoinedMember member : joined.members()) {
            var subscription =
                    ConsumerProtocolFormat.readSubscription(member.metadata()).orElseThrow();
            Map<UUID, Set<Integer>> current = ClassicGuests.byId(subscription.owned(), network.image());
            Map<UUID, Set<Integer>> ids = new HashMap<>();
            subscription
                    .topics()
                    .forEach(name -> network.image().topic(name).ifPresent(topic -> {
                        ids.put(topic.id(), Set.of());
                        counts.put(topic.id(), topic.partitions().size());
                    }));
            subscribers.put(member.memberId(), new Subscriber(Optional.empty(), Set.copyOf(ids.keySet()), current));
        }
        Map<String, ByteString> assignments = new HashMap<>();
        new UniformAssignor().assign(subscribers, counts).forEach((id, given) -> {
            Map<UUID, Set<Integer>> now = given;
            for (var other : subscribers.entrySet()) {
                if (!other.getKey().equals(id)) {
                    now = PartitionSets.without(now, other.getValue().current());
                }
            }
            assignments.put(id, ConsumerProtocolFormat.writeAssignment(3, byName(now, network.image())));
        });
        return assignments;
    }

    @Override
    void answered(GroupResponse response) {
        switch (response) {
            case GroupResponse.MemberIdRequired required -> memberId = required.memberId();
            case Joined joined -> {
                memberId = joined.memberId();
                generation = joined.generation();
                leading = joined.leader().equals(memberId) ? Optional.of(joined) : Optional.empty();
                phase = Phase.SYNC;
            }
            case GroupResponse.Synced synced -> {
                Map<UUID, Set<Integer>> given = ClassicGuests.byId(
                        ConsumerProtocolFormat.readAssignment(synced.assignment())
                                .orElseThrow()
                                .partitions(),
                        network.image());
                boolean gaveUp = !PartitionSets.without(owned, given).isEmpty();
                owned = given;
                phase = cooperative && gaveUp ? Phase.JOIN : Phase.MEMBER;
            }
            case GroupResponse.Failed failed -> failed(failed.error());
            default -> {
                // A heartbeat that found nothing to do.
            }
        }
    }

    private void failed(GroupError error) {
        phase = Phase.JOIN;
        if (error != GroupError.REBALANCE_IN_PROGRESS) {
            owned = Map.of();
            generation = -1;
        }
        if (error != GroupError.REBALANCE_IN_PROGRESS && error != GroupError.ILLEGAL_GENERATION) {
            memberId = "";
        }
    }

    @Override
    void missedAnswer() {
        if (phase != Phase.MEMBER) {
            phase = Phase.JOIN;
        }
    }

    @Override
    void leave() {
        owned = Map.of();
        network.send(
                this,
                new GroupRequest.Leave(GROUP, List.of(new GroupRequest.LeavingMember(memberId, Optional.empty()))));
    }
}
