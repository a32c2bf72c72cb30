package io.barnabas.net.node;

import io.barnabas.log.BatchClaims;
import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionHostConfig;
import io.barnabas.log.QuiesceConfig;
import io.barnabas.log.RatisPartitionHost;
import io.barnabas.log.segment.SegmentFiles;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.MetadataQuorumConfig;
import io.barnabas.metadata.RatisMetadataQuorum;
import io.barnabas.metadata.group.GroupCoordinator;
import io.barnabas.metadata.group.GroupCoordinatorConfig;
import io.barnabas.metadata.group.NodeGroupCoordinator;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiTable;
import io.barnabas.net.kafka.KafkaEventLoops;
import io.barnabas.net.kafka.KafkaListener;
import io.barnabas.net.kafka.KafkaListenerConfig;
import io.barnabas.net.kafka.TopicConfigs;
import io.barnabas.net.raft.RaftTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: its data directory, its part in the metadata quorum, its partition replicas and its Kafka listeners.
 *
 * <p>Start: directory, metadata server, partition server with every replica on disk, registration, reconciler,
 * listeners. Stop: hand over what is led here, say good-bye, listeners, and then the rest in reverse.
 */
public final class Node implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PROPOSAL_TIMEOUT = Duration.ofSeconds(15);

    private final NodeConfig config;
    private final UUID incarnation = UUID.randomUUID();
    private final Deque<StopStep> stopSteps = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<String> failure = new AtomicReference<>();
    private final NewbornReplicas newborns = new NewbornReplicas();
    private boolean stopping;
    private boolean serving;
    private volatile Membership membership;
    private RestWatch restWatch;

    /** What undoes a step of the start. */
    private record StopStep(String name, Action action) {

        @FunctionalInterface
        interface Action {
            void run() throws IOException;
        }
    }

    private Node(NodeConfig config) {
        this.config = config;
    }

    /**
     * Starts a node and waits until it serves, however long the metadata quorum takes to gather a majority.
     *
     * @throws NodeStartException when it cannot start; nothing is left running then
     */
    public static Node start(NodeConfig config) throws NodeStartException, InterruptedException {
        Node node = new Node(config);
        node.startOrClose();
        return node;
    }

    /**
     * Runs a node until SIGTERM or SIGINT stops it. The virtual machine's exit code is then that of the signal (143 or
     * 130), as other servers' is.
     *
     * @throws NodeStartException when it cannot start, or stopped because its disks failed
     */
    public static void runForeground(Path configFile) throws NodeStartException, InterruptedException {
        Node node = new Node(read(configFile));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        node.startOrClose();
        node.awaitStopped();
        if (node.failure.get() != null) {
            throw new NodeStartException(node.failure.get());
        }
    }

    private static NodeConfig read(Path file) throws NodeStartException {
        try {
            return NodeConfig.read(file);
        } catch (InvalidNodeConfigException | IOException e) {
            throw new NodeStartException(e.getMessage(), e);
        }
    }

    private void startOrClose() throws NodeStartException, InterruptedException {
        boolean started = false;
        try {
            startAll();
            started = true;
        } catch (IOException | DataDirectoryException e) {
            throw new NodeStartException(e.getMessage(), e);
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private void startAll() throws IOException, DataDirectoryException, NodeStartException, InterruptedException {
        long begun = System.nanoTime();
        DataDirectories directories = DataDirectories.open(config);
        onStop("the data directories", directories::close);
        ScheduledThreadPoolExecutor control = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("node-control").factory());
        control.setRemoveOnCancelPolicy(true);
        onStop("the control thread", control::shutdownNow);
        MetadataQuorum quorum = openQuorum(directories.metadata());
        onStop("the metadata quorum", quorum::close);
        KafkaPeers peers = new KafkaPeers(config.nodeId(), quorum);
        onStop("the connections to other nodes", peers::close);
        PartitionHost host = openPartitions(directories, quorum, peers);
        onStop("the partitions", host::close);
        join(directories.metadata(), quorum, host, control);
        GroupCoordinator groups = openGroups(quorum);
        onStop("the groups", groups::close);
        startListeners(new NodeBroker(config.nodeId(), quorum, groups, host, this::isCutOff, config.broker()));
        onStop("leadership", () -> handOver(quorum, host));
        synchronized (stopSteps) {
            serving = true;
        }
        LOG.info(
                "node {} serves {} after {} ms",
                config.nodeId(),
                config.listeners(),
                Duration.ofNanos(System.nanoTime() - begun).toMillis());
    }

    private MetadataQuorum openQuorum(DataDirectory directory) throws IOException {
        TreeMap<Integer, String> voters = new TreeMap<>();
        config.raft()
                .voters()
                .forEach(voter -> voters.put(voter.nodeId(), voter.address().toString()));
        return RatisMetadataQuorum.open(new MetadataQuorumConfig(
                config.nodeId(),
                voters,
                config.raft().metadataAddress().toString(),
                directory.metadata(),
                RaftSettings.metadata(config.raft()),
                new RaftTransport(RaftSettings.metadataTransport(
                                config, directory.identity().clusterId()))
                        .parameters(),
                PROPOSAL_TIMEOUT,
                config.sessionTimeout(),
                reason -> giveUp("the metadata directory " + config.metadataDir() + " failed: " + reason)));
    }

    private PartitionHost openPartitions(DataDirectories directories, MetadataQuorum quorum, KafkaPeers peers)
            throws IOException {
        BatchClaims claims = BatchClaims.beside();
        return RatisPartitionHost.open(new PartitionHostConfig(
                config.nodeId(),
                config.raft().partitionAddress().toString(),
                directories.logDirectories(),
                directories.metadata().replicaPlaces(),
                config.log().index(),
                RaftSettings.partitions(config.raft()),
                new RaftTransport(RaftSettings.partitionTransport(
                                config,
                                directories.metadata().identity().clusterId(),
                                new BatchPayloads(claims),
                                newborns))
                        .parameters(),
                claims,
                TopicConfigs.resolve(Map.of(), config.broker().effective()),
                config.log().flush(),
                config.log().flushInterval().toMillis(),
                config.log().producerIdle().toMillis(),
                new KafkaCatchUpSource(config.nodeId(), quorum),
                config.log().catchUpBytesPerSecond(),
                config.log().retentionCheck().toMillis(),
                config.log().cleaner(),
                config.log().scrub(),
                SegmentFiles.direct(),
                config.log().moveBytesPerSecond(),
                this::directoryFailed,
                new QuiesceConfig(
                        config.log().quiesce().toMillis(), config.log().awakeMax(), peers, this::isHeard)));
    }

    private boolean isHeard() {
        Membership member = membership;
        return member != null && member.isHeard();
    }

    private boolean isCutOff() {
        Membership member = membership;
        return member != null && member.isCutOff();
    }

    private void directoryFailed(Path directory, String reason, int remaining) {
        if (directory.equals(config.metadataDir())) {
            giveUp("the metadata directory " + directory + " failed: " + reason);
        } else if (remaining == 0) {
            giveUp("the last log directory " + directory + " failed: " + reason);
        }
    }

    /** Stops the node: without these files it can do nothing, or nothing that is safe. */
    private void giveUp(String reason) {
        if (failure.compareAndSet(null, reason)) {
            LOG.error("node {} stops: {}", config.nodeId(), reason);
            Thread.ofPlatform().name("give-up").start(this::close);
        }
    }

    private void join(
            DataDirectory directory, MetadataQuorum quorum, PartitionHost host, ScheduledThreadPoolExecutor control)
            throws NodeStartException, InterruptedException {
        Membership member = new Membership(
                quorum,
                control,
                config.isVoter(),
                config.sessionTimeout(),
                new MetadataCommand.RegisterNode(
                        directory.identity().clusterId(),
                        config.nodeId(),
                        incarnation,
                        config.advertised(),
                        config.raft().metadataAddress().toString(),
                        config.raft().partitionAddress().toString(),
                        config.rack()));
        CompletableFuture<Void> joined = member.join(config.heartbeatInterval());
        synchronized (stopSteps) {
            membership = member;
            if (stopping) {
                member.leave();
            }
        }
        try {
            joined.get();
        } catch (ExecutionException e) {
            throw new NodeStartException(e.getCause().getMessage(), e.getCause());
        }
        Reconciler reconciler = new Reconciler(config.nodeId(), incarnation, host, newborns, this::logConfig);
        onStop("the reconciler", reconciler::close);
        reconciler.start(quorum);
        LeaderReports reports = new LeaderReports(config.nodeId(), quorum, host, control);
        onStop("leader reports", reports::stop);
        reports.start(config.heartbeatInterval());
        new CaughtUpReport(config.nodeId(), incarnation, quorum, host, control).start();
        PartitionDuties duties = new PartitionDuties(config.nodeId(), quorum, host, config.leaderBalance());
        onStop("partition duties", duties::close);
        duties.start();
        restWatch = new RestWatch(config.nodeId(), incarnation, quorum, host, config.sessionTimeout());
        onStop("the watch over partitions at rest", restWatch::close);
        restWatch.start();
    }

    /** A topic may ask for larger batches than the node's Raft transport carries; the node's limit holds then. */
    private LogConfig logConfig(TopicInfo topic) {
        LogConfig asked = TopicConfigs.resolve(topic.configs(), config.broker().effective());
        return asked.withMaxMessageBytes(
                Math.min(asked.maxMessageBytes(), config.log().maxMessageBytes()));
    }

    private GroupCoordinator openGroups(MetadataQuorum quorum) {
        // The wall clock may be set back; sessions must not last longer for that.
        long begunMs = System.currentTimeMillis();
        long begunNs = System.nanoTime();
        return NodeGroupCoordinator.open(
                quorum,
                new GroupCoordinatorConfig(
                        config.nodeId(),
                        config.groups(),
                        () -> begunMs + (System.nanoTime() - begunNs) / 1_000_000,
                        this::isHeard));
    }

    private void startListeners(NodeBroker broker) throws IOException, NodeStartException {
        KafkaEventLoops loops = new KafkaEventLoops(config.sockets().threads());
        onStop("the event loops", loops::close);
        ApiTable apis = ApiTable.of(broker);
        for (ListenerAddress listener : config.listeners()) {
            KafkaListener bound = KafkaListener.bind(
                    loops,
                    new KafkaListenerConfig(
                            listener.name(),
                            listener.address().host(),
                            listener.address().port(),
                            config.sockets().maxRequestBytes(),
                            config.sockets().maxConnections(),
                            config.sockets().idle()),
                    apis);
            onStop("listener " + listener, bound::close);
        }
    }

    /** Clients still connected learn the new leaders from the answers they get before the listeners close. */
    private void handOver(MetadataQuorum quorum, PartitionHost host) {
        // What rests stays at rest, though other nodes may be stopping too.
        restWatch.close();
        host.resignLeaderships().join();
        membership.leave().join();
        quorum.resignLeadership().join();
    }

    private void onStop(String name, StopStep.Action action) throws NodeStartException {
        synchronized (stopSteps) {
            stopSteps.push(new StopStep(name, action));
            if (stopping) {
                throw new NodeStartException("the node was stopped while it started");
            }
        }
    }

    /** This node's settings. */
    public NodeConfig config() {
        return config;
    }

    /** Waits until {@link #close} is done. */
    public void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    /** Stops gracefully, within about ten seconds: what is not done by then is left to the end of the process. */
    @Override
    public void close() {
        synchronized (stopSteps) {
            if (!stopping && !serving && membership != null) {
                // A start that still waits for the quorum gives up.
                membership.leave();
            }
            stopping = true;
        }
        Thread stopper = Thread.ofPlatform().daemon().name("node-stop").start(this::stopAll);
        try {
            if (stopper.join(STOP_TIMEOUT)) {
                LOG.info("node {} stopped", config.nodeId());
            } else {
                LOG.warn("node {} did not stop within {}; leaving the rest", config.nodeId(), STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
    }

    private synchronized void stopAll() {
        while (true) {
            StopStep step;
            synchronized (stopSteps) {
                step = stopSteps.poll();
            }
            if (step == null) {
                return;
            }
            try {
                step.action().run();
            } catch (IOException | RuntimeException e) {
                LOG.warn("stopping {} failed", step.name(), e);
            }
        }
    }
}
