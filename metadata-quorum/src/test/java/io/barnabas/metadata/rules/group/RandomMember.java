package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A consumer of {@link RandomGroups}. A prompt one heartbeats and joins again in time; others stall, crash, leave and
 * change their mind.
 */
final class RandomMember {

    private enum Phase {
        TO_JOIN,
        JOINING,
        TO_SYNC,
        SYNCING,
        OWNING
    }

    private final RandomGroups world;
    private final SplittableRandom random;
    private final String group;
    private final String clientId;
    private final Optional<String> instanceId;
    private final boolean prompt;
    private Phase phase = Phase.TO_JOIN;
    private int life;
    private String memberId = "";
    private GroupResponse.Joined joined;
    private int subscription;
    private boolean established;
    private int pausedRounds;

    RandomMember(
            RandomGroups world,
            SplittableRandom random,
            String group,
            String clientId,
            Optional<String> instanceId,
            boolean prompt) {
        this.world = world;
        this.random = random;
        this.group = group;
        this.clientId = clientId;
        this.instanceId = instanceId;
        this.prompt = prompt;
    }

    void act() {
        if (!prompt) {
            int fate = random.nextInt(100);
            if (fate < 2) {
                beginAnew();
            } else if (fate < 4 && !memberId.isEmpty()) {
                leave();
            } else if (fate < 40) {
                return;
            } else if (fate == 40) {
                // Stalls for a while, longer than its session.
                pausedRounds = 20;
            }
            if (pausedRounds > 0) {
                pausedRounds--;
                return;
            }
        }
        switch (phase) {
            case TO_JOIN -> join();
            case TO_SYNC -> sync();
            case OWNING -> work();
            case JOINING, SYNCING -> {}
        }
    }

    private void work() {
        heartbeat();
        if (random.nextInt(4) == 0) {
            commit(world, group, memberId, instanceId, joined.generation(), random.nextInt(RandomGroups.PARTITIONS));
        }
        if (random.nextInt(60) == 0) {
            subscription++;
            join();
        }
    }

    private void beginAnew() {
        life++;
        phase = Phase.TO_JOIN;
        memberId = "";
        established = false;
    }

    private void leave() {
        world.send(
                new GroupRequest.Leave(group, List.of(new GroupRequest.LeavingMember(memberId, instanceId))),
                response -> {});
        beginAnew();
    }

    private void join() {
        phase = Phase.JOINING;
        GroupRequest.Join request = new GroupRequest.Join(
                group,
                memberId,
                instanceId,
                clientId,
                "/host",
                10_000,
                30_000,
                "consumer",
                List.of(new GroupRequest.Protocol("range", ByteString.copyFromUtf8("" + subscription))),
                true,
                true);
        send(request, response -> {
            switch (response) {
                case GroupResponse.MemberIdRequired required -> {
                    memberId = required.memberId();
                    phase = Phase.TO_JOIN;
                }
                case GroupResponse.Joined done -> {
                    joined = done;
                    memberId = done.memberId();
                    phase = Phase.TO_SYNC;
                }
                case GroupResponse.Failed failed -> failed(failed, request.memberId());
                default -> throw new AssertionError("Unexpected " + response);
            }
        });
    }

    private void sync() {
        phase = Phase.SYNCING;
        boolean assigns = joined.leader().equals(memberId) && !joined.skipAssignment();
        GroupRequest.Sync request = new GroupRequest.Sync(
                group,
                memberId,
                instanceId,
                joined.generation(),
                Optional.of("consumer"),
                Optional.of("range"),
                assigns ? assignment() : Map.of());
        send(request, response -> {
            switch (response) {
                case GroupResponse.Synced done -> {
                    phase = Phase.OWNING;
                    established = true;
                    for (byte partition : done.assignment()) {
                        world.owns(group, request.generation(), partition, instanceId.orElse(memberId));
                    }
                }
                case GroupResponse.Failed failed -> failed(failed, request.memberId());
                default -> throw new AssertionError("Unexpected " + response);
            }
        });
    }

    /** Every partition to one member, as this leader likes it. */
    private Map<String, ByteString> assignment() {
        Map<String, List<Byte>> partitions = new HashMap<>();
        for (byte partition = 0; partition < RandomGroups.PARTITIONS; partition++) {
            String owner = joined.members()
                    .get(random.nextInt(joined.members().size()))
                    .memberId();
            partitions.computeIfAbsent(owner, id -> new ArrayList<>()).add(partition);
        }
        Map<String, ByteString> assignment = new HashMap<>();
        partitions.forEach((owner, owned) -> {
            ByteString.Output bytes = ByteString.newOutput();
            owned.forEach(bytes::write);
            assignment.put(owner, bytes.toByteString());
        });
        return assignment;
    }

    private void heartbeat() {
        GroupRequest.Heartbeat request = new GroupRequest.Heartbeat(group, memberId, instanceId, joined.generation());
        send(request, response -> {
            boolean current = phase == Phase.OWNING
                    && memberId.equals(request.memberId())
                    && joined.generation() == request.generation();
            if (response instanceof GroupResponse.Failed failed && current) {
                failed(failed, request.memberId());
            }
        });
    }

    private void failed(GroupResponse.Failed failed, String asMember) {
        phase = Phase.TO_JOIN;
        switch (failed.error()) {
            case UNKNOWN_MEMBER_ID -> {
                assertThat(prompt && established && asMember.equals(memberId))
                        .as("%s of %s did all in time and was expelled: %s", asMember, group, failed.message())
                        .isFalse();
                memberId = "";
                established = false;
            }
            case REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION -> {}
            default -> throw new AssertionError("Unexpected " + failed);
        }
    }

    /** Answers to a life that ended are lost, and so are those of a coordinator that was replaced. */
    private void send(GroupRequest request, Consumer<GroupResponse> receiver) {
        int sender = life;
        world.send(request, response -> {
            if (sender != life) {
                return;
            }
            if (response.isPresent()) {
                receiver.accept(response.get());
            } else if (phase == Phase.JOINING) {
                phase = Phase.TO_JOIN;
            } else if (phase == Phase.SYNCING) {
                phase = Phase.TO_SYNC;
            }
        });
    }

    static void commit(
            RandomGroups world,
            String group,
            String memberId,
            Optional<String> instanceId,
            int generation,
            int partition) {
        long offset = world.nextPosition();
        int newest = world.newestSynced(group);
        int incarnation = world.incarnation(group);
        GroupRequest.OffsetToCommit position =
                new GroupRequest.OffsetToCommit(RandomGroups.TOPIC_ID, RandomGroups.TOPIC, partition, offset, -1, "");
        GroupRequest.CommitOffsets request = new GroupRequest.CommitOffsets(
                group, memberId, instanceId, generation, Optional.empty(), List.of(position));
        world.send(request, response -> {
            if (response.isPresent() && response.get() instanceof GroupResponse.OffsetsChanged) {
                boolean stale = generation >= 0 && generation < newest && incarnation == world.incarnation(group);
                assertThat(stale)
                        .as("accepted of %s after generation %s", request, newest)
                        .isFalse();
                world.acknowledge(group, partition, offset);
            } else if (response.isPresent()) {
                world.refuse(group, partition, offset);
            }
        });
    }
}
