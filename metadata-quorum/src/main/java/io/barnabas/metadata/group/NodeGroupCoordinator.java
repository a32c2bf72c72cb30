package io.barnabas.metadata.group;

import io.barnabas.metadata.GroupRecords;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Coordinator;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataCommand.ShardRecords;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.metadata.rules.group.GroupMachine;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupShards;
import io.barnabas.metadata.rules.group.GroupSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the shards that the metadata image gives to this node, all on one thread.
 *
 * <p>Records that gather while a proposal is under way become the next proposal, so that the more is asked at once, the
 * more goes into one entry of the Raft log. When a proposal's fate is unknown, or the quorum refuses it, the shards in it
 * are dropped from memory: they get a new epoch, so that the old proposal can no longer take effect, and are read again.
 */
public final class NodeGroupCoordinator implements GroupCoordinator, Shard.Moment {

    private static final Logger LOG = LoggerFactory.getLogger(NodeGroupCoordinator.class);
    /** Far below the 8 MB that one entry of the metadata log may hold. */
    private static final long MAX_PROPOSAL_BYTES = 1 << 20;

    private static final int MAX_REQUESTS_QUEUED = 50_000;
    private static final long TICK_MS = 20;
    private static final long RETRY_MS = 200;

    private final MetadataQuorum quorum;
    private final GroupRecords records;
    private final GroupCoordinatorConfig config;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("group-coordinator").factory());
    private final AtomicInteger queued = new AtomicInteger();
    private final MetadataQuorum.Subscription subscription;

    /** All below belongs to the thread. */
    private final Map<Integer, Shard> shards = new HashMap<>();

    /** Shards that wait for a new epoch, with the one that is of no more use. */
    private final Map<Integer, Long> renewing = new HashMap<>();

    private MetadataImage seen = MetadataImage.EMPTY;
    private boolean proposing;
    private boolean askingForEpochs;
    /** The shard whose turn it is, so that none waits for ever when a proposal cannot take all. */
    private int nextToPropose;

    private NodeGroupCoordinator(MetadataQuorum quorum, GroupRecords records, GroupCoordinatorConfig config) {
        this.quorum = quorum;
        this.records = records;
        this.config = config;
        thread.setRemoveOnCancelPolicy(true);
        this.subscription = quorum.subscribe(image -> execute(() -> follow(image)));
        thread.scheduleWithFixedDelay(guarded(this::tick), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /**
     * Begins to coordinate. The node must be registered, and this node's image show it: what an earlier process of the
     * node held must have its new epoch.
     */
    public static NodeGroupCoordinator open(MetadataQuorum quorum, GroupCoordinatorConfig config) {
        return new NodeGroupCoordinator(quorum, quorum.groupRecords(), config);
    }

    @Override
    public long nowMs() {
        return config.clockMs().getAsLong();
    }

    @Override
    public MetadataImage image() {
        return quorum.image();
    }

    @Override
    public CompletableFuture<GroupResponse> submit(GroupRequest request) {
        CompletableFuture<GroupResponse> answer = new CompletableFuture<>();
        if (queued.incrementAndGet() > MAX_REQUESTS_QUEUED) {
            queued.decrementAndGet();
            refuse(answer, GroupError.COORDINATOR_LOAD_IN_PROGRESS, "the coordinator has too much to do; try again");
            return answer;
        }
        answer.whenComplete((response, error) -> queued.decrementAndGet());
        if (!execute(() -> ask(request, answer))) {
            refuse(answer, GroupError.COORDINATOR_NOT_AVAILABLE, "the node stops");
        }
        return answer;
    }

    private void ask(GroupRequest request, CompletableFuture<GroupResponse> answer) {
        if (seen.index() < image().index()) {
            // The image that takes a shard away may be here before its turn on this thread has come.
            follow(image());
        }
        int number = GroupShards.of(request.group());
        Shard shard = shards.get(number);
        if (renewing.containsKey(number)) {
            refuse(answer, GroupError.COORDINATOR_NOT_AVAILABLE, "the group's coordinator is being settled");
        } else if (shard == null) {
            refuse(answer, GroupError.NOT_COORDINATOR, "another node coordinates the group");
        } else if (!config.trusted().getAsBoolean()) {
            refuse(answer, GroupError.NOT_COORDINATOR, "the metadata quorum does not answer this node");
        } else {
            inShard(shard, () -> {
                shard.ask(request, answer, this);
                shard.tick(nowMs(), image());
            });
            answer.whenComplete((response, error) -> {
                if (answer.isCancelled()) {
                    execute(() -> shard.forget(answer));
                }
            });
            propose();
        }
    }

    /** A step that fails half way leaves memory that is not to be trusted. */
    private void inShard(Shard shard, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("shard {} of the groups failed and is read again", shard.number(), e);
            renew(Set.of(shard));
        }
    }

    private static void refuse(CompletableFuture<GroupResponse> answer, GroupError error, String message) {
        answer.complete(new GroupResponse.Failed(error, message));
    }

    @Override
    public CompletableFuture<List<GroupSummary>> list() {
        CompletableFuture<List<GroupSummary>> answer = new CompletableFuture<>();
        if (!execute(() -> answer.complete(
                shards.values().stream().flatMap(shard -> shard.list().stream()).toList()))) {
            answer.complete(List.of());
        }
        return answer;
    }

    private void tick() {
        long now = nowMs();
        List.copyOf(shards.values()).forEach(shard -> inShard(shard, () -> shard.tick(now, image())));
        propose();
    }

    private void follow(MetadataImage image) {
        if (image.index() < seen.index()) {
            return;
        }
        for (int number = 0; number < image.coordinators().size(); number++) {
            Coordinator coordinator = image.coordinators().get(number);
            Shard shard = shards.get(number);
            boolean mine = coordinator.nodeId() == config.nodeId();
            if (shard != null && (!mine || shard.epoch() != coordinator.epoch())) {
                shards.remove(number);
                shard.lost(GroupError.NOT_COORDINATOR, "another node coordinates the group now");
            }
            if (!mine || renewing.getOrDefault(number, coordinator.epoch()) != coordinator.epoch()) {
                renewing.remove(number);
            }
            if (mine && !shards.containsKey(number) && !renewing.containsKey(number)) {
                load(new Shard(number, coordinator.epoch()));
            }
        }
        forgetTopics(image);
        seen = image;
    }

    private void forgetTopics(MetadataImage image) {
        if (seen.topics() == image.topics()) {
            return;
        }
        Set<String> gone = new HashSet<>();
        seen.topics().forEach((name, topic) -> {
            if (image.topic(topic.id()).isEmpty()) {
                gone.add(name);
            }
        });
        if (!gone.isEmpty()) {
            List.copyOf(shards.values()).forEach(shard -> inShard(shard, () -> shard.topicsDeleted(gone, nowMs())));
            propose();
        }
    }

    /** Every record of an earlier epoch is applied on this node: the image that gave it this epoch came after them. */
    private void load(Shard shard) {
        shards.put(shard.number(), shard);
        GroupMachine machine = new GroupMachine(config.settings(), records, UUID::randomUUID);
        Thread.ofVirtual().name("group-shard-" + shard.number()).start(() -> {
            try {
                records.scan(shard.number(), machine::replay);
                execute(() -> loaded(shard, machine));
            } catch (RuntimeException e) {
                LOG.error("the groups of shard {} cannot be read; next try in {} ms", shard.number(), RETRY_MS, e);
                execute(() -> renew(Set.of(shard)));
            }
        });
    }

    private void loaded(Shard shard, GroupMachine machine) {
        if (shards.get(shard.number()) == shard) {
            inShard(shard, () -> shard.loaded(machine, nowMs()));
            propose();
        }
    }

    /** Proposes what has gathered, unless a proposal is under way. */
    private void propose() {
        if (proposing) {
            return;
        }
        Map<Shard, Integer> sent = new HashMap<>();
        List<ShardRecords> batch = new ArrayList<>();
        long room = MAX_PROPOSAL_BYTES;
        for (int i = 0; i < GroupShards.COUNT && room > 0; i++) {
            Shard shard = shards.get((nextToPropose + i) % GroupShards.COUNT);
            if (shard != null && shard.hasUnsent()) {
                List<GroupRecord> records = new ArrayList<>();
                room -= shard.send(room, records);
                sent.put(shard, records.size());
                batch.add(new ShardRecords(shard.number(), shard.epoch(), records));
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        nextToPropose = batch.getLast().shard();
        proposing = true;
        quorum.propose(new MetadataCommand.AppendGroupRecords(batch))
                .whenComplete((result, error) -> execute(() -> proposed(sent, result, error)));
    }

    private void proposed(Map<Shard, Integer> sent, CommandResult result, Throwable error) {
        proposing = false;
        // What the quorum refused has a new epoch or another owner in the image already.
        follow(image());
        if (error == null
                && result instanceof CommandResult.Accepted(CommandReply.GroupRecordsAppended appended, long index)) {
            Set<Shard> refused = new HashSet<>();
            sent.forEach((shard, records) -> {
                if (appended.refusedShards().contains(shard.number())) {
                    refused.add(shard);
                } else if (shards.get(shard.number()) == shard) {
                    inShard(shard, () -> shard.committed(records));
                }
            });
            renew(refused);
        } else {
            LOG.warn(
                    "records of groups were not decided, their shards are read again: {}",
                    String.valueOf(error == null ? result : error));
            renew(sent.keySet());
        }
        propose();
    }

    /** Drops shards whose memory may be ahead of what is written, until they have a new epoch. */
    private void renew(Set<Shard> dropped) {
        boolean any = false;
        for (Shard shard : dropped) {
            if (shards.remove(shard.number(), shard)) {
                shard.lost(GroupError.COORDINATOR_NOT_AVAILABLE, "the group's coordinator is being settled");
                renewing.put(shard.number(), shard.epoch());
                any = true;
            }
        }
        if (any) {
            askForNewEpochs();
        }
    }

    private void askForNewEpochs() {
        if (askingForEpochs || renewing.isEmpty()) {
            return;
        }
        askingForEpochs = true;
        long nodeEpoch = image().node(config.nodeId()).map(node -> node.epoch()).orElse(-1L);
        quorum.propose(new MetadataCommand.RenewCoordinators(
                        config.nodeId(), nodeEpoch, List.copyOf(renewing.keySet())))
                .whenComplete((result, error) -> execute(() -> {
                    askingForEpochs = false;
                    follow(image());
                    if (!renewing.isEmpty()) {
                        LOG.warn(
                                "shards {} have no new epoch yet: {}",
                                renewing.keySet(),
                                String.valueOf(error == null ? result : error));
                        thread.schedule(guarded(this::askForNewEpochs), RETRY_MS, TimeUnit.MILLISECONDS);
                    }
                }));
    }

    private boolean execute(Runnable task) {
        try {
            thread.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** A periodic task that failed once would not run again, and a failure of one request must not stop the others. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("the group coordinator failed at a task", e);
            }
        };
    }

    @Override
    public void close() {
        subscription.close();
        execute(() -> {
            shards.values().forEach(shard -> shard.lost(GroupError.COORDINATOR_NOT_AVAILABLE, "the node stops"));
            shards.clear();
            renewing.clear();
        });
        thread.shutdown();
    }
}
