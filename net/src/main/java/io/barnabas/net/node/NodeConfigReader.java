package io.barnabas.net.node;

import io.barnabas.log.CleanerConfig;
import io.barnabas.log.FlushMode;
import io.barnabas.log.ScrubConfig;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.group.GroupSettings;
import io.barnabas.net.kafka.BrokerSettings;
import io.barnabas.net.kafka.TopicConfigs;
import io.barnabas.net.node.NodeConfig.ElectionTimeout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;

/** Checks the settings of a node key by key, then together, and gathers all problems before it gives up. */
final class NodeConfigReader {

    private static final int AWAKE_FOR_EACH_PROCESSOR = 100;

    private final String source;
    private final Path directory;
    private final Map<String, String> explicit = new TreeMap<>();
    private final Map<String, String> effective = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    NodeConfigReader(String source, Path directory, Properties properties) {
        this.source = source;
        this.directory = directory;
        for (String name : properties.stringPropertyNames()) {
            explicit.put(name, properties.getProperty(name).strip());
        }
    }

    NodeConfig read() throws InvalidNodeConfigException {
        checkEach();
        stopOnProblems();
        checkTogether();
        stopOnProblems();
        List<ListenerAddress> listeners = listeners(NodeKeys.LISTENERS);
        List<Path> logDirs = logDirs();
        return new NodeConfig(
                number(NodeKeys.NODE_ID),
                value(NodeKeys.BROKER_RACK),
                logDirs,
                value(NodeKeys.METADATA_LOG_DIR).map(this::path).orElseGet(logDirs::getFirst),
                listeners,
                advertised(listeners),
                raft(),
                brokerSettings(),
                new NodeConfig.Sockets(
                        number(NodeKeys.MAX_CONNECTIONS),
                        millis(NodeKeys.CONNECTIONS_MAX_IDLE_MS),
                        number(NodeKeys.NUM_NETWORK_THREADS),
                        number(NodeKeys.SOCKET_REQUEST_MAX_BYTES)),
                new NodeConfig.Log(
                        FlushMode.valueOf(text(NodeKeys.LOG_FLUSH).toUpperCase(Locale.ROOT)),
                        millis(NodeKeys.LOG_FLUSH_INTERVAL_MS),
                        number(NodeKeys.MESSAGE_MAX_BYTES),
                        millis(NodeKeys.PRODUCER_ID_EXPIRATION_MS),
                        Long.parseLong(text(NodeKeys.REPLICA_CATCHUP_BYTES_PER_SECOND)),
                        millis(NodeKeys.LOG_RETENTION_CHECK_INTERVAL_MS),
                        new ScrubConfig(
                                longNumber(NodeKeys.LOG_SCRUB_BYTES_PER_SECOND),
                                TimeUnit.HOURS.toMillis(number(NodeKeys.LOG_SCRUB_INTERVAL_HOURS))),
                        new CleanerConfig(
                                Boolean.parseBoolean(text(NodeKeys.LOG_CLEANER_ENABLE)),
                                longNumber(NodeKeys.LOG_CLEANER_DEDUPE_BUFFER_SIZE),
                                Double.parseDouble(text(NodeKeys.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND)),
                                longNumber(NodeKeys.LOG_CLEANER_BACKOFF_MS)),
                        new IndexConfig(
                                longNumber(NodeKeys.LOG_INDEX_CACHE_BYTES),
                                longNumber(NodeKeys.LOG_INDEX_WRITE_BUFFER_BYTES),
                                longNumber(NodeKeys.LOG_INDEX_REBUILD_BYTES_PER_SECOND)),
                        longNumber(NodeKeys.REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND),
                        millis(NodeKeys.PARTITION_QUIESCE_MS),
                        awakeMax()),
                groups(),
                millis(NodeKeys.BROKER_HEARTBEAT_INTERVAL_MS),
                millis(NodeKeys.BROKER_SESSION_TIMEOUT_MS),
                LeaderKeys.read(effective));
    }

    private int awakeMax() {
        return value(NodeKeys.PARTITION_AWAKE_MAX)
                .map(Integer::parseInt)
                .orElse(AWAKE_FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors());
    }

    private void checkEach() {
        Map<String, NodeKey> keys = NodeKeys.all();
        explicit.forEach((name, value) -> {
            NodeKey key = keys.get(name);
            if (key == null) {
                problems.add("unknown key " + name + "=" + value + nearest(name));
            } else if (!key.rule().accepts().test(value)) {
                problems.add(refused(key, "allowed is " + key.rule().allowed()));
            }
        });
        for (NodeKey key : keys.values()) {
            if (explicit.containsKey(key.name())) {
                effective.put(key.name(), explicit.get(key.name()));
            } else if (key.required()) {
                problems.add(
                        key.name() + " is missing; allowed is " + key.rule().allowed());
            } else {
                key.defaultValue().ifPresent(value -> effective.put(key.name(), value));
            }
        }
        if (value(NodeKeys.LOG_DIRS).isEmpty() && value(NodeKeys.LOG_DIR).isEmpty()) {
            problems.add("log.dirs is missing; allowed is "
                    + NodeKeys.LOG_DIRS.rule().allowed());
        }
    }

    private void checkTogether() {
        List<Path> logDirs = logDirs();
        if (logDirs.stream().distinct().count() < logDirs.size()) {
            problems.add(refused(NodeKeys.LOG_DIRS, "every directory may be named once"));
        }
        checkListeners();
        checkRaft();
        checkOrder(GroupKeys.MIN_SESSION_TIMEOUT_MS, GroupKeys.MAX_SESSION_TIMEOUT_MS);
        checkOrder(GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS, GroupKeys.CONSUMER_SESSION_TIMEOUT_MS);
        checkOrder(NodeKeys.METADATA_ELECTION_TIMEOUT_MIN_MS, NodeKeys.METADATA_ELECTION_TIMEOUT_MAX_MS);
        checkOrder(NodeKeys.PARTITION_ELECTION_TIMEOUT_MIN_MS, NodeKeys.PARTITION_ELECTION_TIMEOUT_MAX_MS);
        if (2L * number(NodeKeys.BROKER_HEARTBEAT_INTERVAL_MS) > number(NodeKeys.BROKER_SESSION_TIMEOUT_MS)) {
            problems.add(refused(
                    NodeKeys.BROKER_HEARTBEAT_INTERVAL_MS,
                    "allowed is at most half of broker.session.timeout.ms="
                            + text(NodeKeys.BROKER_SESSION_TIMEOUT_MS)));
        }
        if (longNumber(NodeKeys.LOG_INDEX_WRITE_BUFFER_BYTES) > longNumber(NodeKeys.LOG_INDEX_CACHE_BYTES)) {
            problems.add(refused(
                    NodeKeys.LOG_INDEX_WRITE_BUFFER_BYTES,
                    "allowed is at most log.index.cache.bytes=" + text(NodeKeys.LOG_INDEX_CACHE_BYTES)));
        }
        checkTopicDefaults();
        if (number(NodeKeys.MESSAGE_MAX_BYTES) >= number(NodeKeys.SOCKET_REQUEST_MAX_BYTES)) {
            problems.add(refused(
                    NodeKeys.MESSAGE_MAX_BYTES,
                    "allowed is less than socket.request.max.bytes=" + text(NodeKeys.SOCKET_REQUEST_MAX_BYTES)));
        }
    }

    private void checkTopicDefaults() {
        TopicConfigs.flaw(Map.of(), effective)
                .ifPresent(flaw -> problems.add("the defaults of topics do not go together: " + flaw));
    }

    private void checkListeners() {
        List<ListenerAddress> listeners = listeners(NodeKeys.LISTENERS);
        List<ListenerAddress> advertised = listeners(NodeKeys.ADVERTISED_LISTENERS);
        Set<String> names = namesOf(listeners);
        if (names.size() < listeners.size()) {
            problems.add(refused(NodeKeys.LISTENERS, "every listener needs a name of its own"));
        }
        Set<String> mapped = new HashSet<>(Set.of("PLAINTEXT"));
        for (String entry : items(NodeKeys.LISTENER_SECURITY_PROTOCOL_MAP)) {
            mapped.add(entry.substring(0, entry.indexOf(':')).toUpperCase(Locale.ROOT));
        }
        for (String name : names) {
            if (!mapped.contains(name)) {
                problems.add(refused(
                        NodeKeys.LISTENERS,
                        "only PLAINTEXT is served yet; add " + name
                                + ":PLAINTEXT to listener.security.protocol.map if that is what " + name
                                + " shall be"));
            }
        }
        if (advertised.isEmpty()) {
            if (listeners.stream().anyMatch(listener -> listener.address().isWildcard())) {
                problems.add(
                        refused(
                                NodeKeys.LISTENERS,
                                "clients cannot connect to a host that stands for every interface; set advertised.listeners too"));
            }
        } else if (!namesOf(advertised).equals(names) || advertised.size() != listeners.size()) {
            problems.add(refused(
                    NodeKeys.ADVERTISED_LISTENERS,
                    "allowed are the names of listeners, each once: " + String.join(", ", names)));
        }
    }

    private void checkRaft() {
        RaftSslKeys.problem(effective).ifPresent(problems::add);
        List<Voter> voters = voters();
        int distinct =
                voters.stream().map(Voter::nodeId).collect(Collectors.toSet()).size();
        if (distinct < voters.size()) {
            problems.add(refused(NodeKeys.QUORUM_VOTERS, "every voter needs an id of its own"));
        }
        Optional<HostPort> metadata = metadataListener();
        if (metadata.isEmpty()) {
            problems.add("raft.listener is missing and node " + text(NodeKeys.NODE_ID)
                    + " is not in quorum.voters; allowed is host:port");
            return;
        }
        HostPort partition = partitionListener(metadata.get());
        if (metadata.get().port() < 1 || partition.port() < 1 || partition.port() > 65_535) {
            problems.add("raft.listener=" + metadata.get() + " and partition.raft.listener=" + partition
                    + " are refused; allowed are ports from 1 to 65535 that the other nodes know");
        }
        if (metadata.get().port() == partition.port() && metadata.get().host().equals(partition.host())) {
            problems.add("partition.raft.listener=" + partition + " is refused; allowed is another port than"
                    + " raft.listener has");
        }
        if (metadataAddress(metadata.get()).isWildcard()) {
            problems.add("raft.listener=" + metadata.get() + " is refused; allowed on a node that is not in"
                    + " quorum.voters is the host that other nodes connect to");
        }
    }

    private void checkOrder(NodeKey min, NodeKey max) {
        if (number(min) >= number(max)) {
            problems.add(refused(min, "allowed is less than " + max.name() + "=" + text(max)));
        }
    }

    private NodeConfig.Raft raft() {
        HostPort metadata = metadataListener().orElseThrow();
        HostPort partition = partitionListener(metadata);
        HostPort metadataAddress = metadataAddress(metadata);
        boolean sameHost = partition.isWildcard() || partition.host().equals(metadata.host());
        return new NodeConfig.Raft(
                voters(),
                metadata,
                partition,
                metadataAddress,
                sameHost ? partition.withHost(metadataAddress.host()) : partition,
                new ElectionTimeout(
                        millis(NodeKeys.METADATA_ELECTION_TIMEOUT_MIN_MS),
                        millis(NodeKeys.METADATA_ELECTION_TIMEOUT_MAX_MS)),
                new ElectionTimeout(
                        millis(NodeKeys.PARTITION_ELECTION_TIMEOUT_MIN_MS),
                        millis(NodeKeys.PARTITION_ELECTION_TIMEOUT_MAX_MS)),
                RaftSslKeys.read(effective, this::path));
    }

    private GroupSettings groups() {
        return new GroupSettings(
                new GroupSettings.Classic(
                        number(GroupKeys.MIN_SESSION_TIMEOUT_MS),
                        number(GroupKeys.MAX_SESSION_TIMEOUT_MS),
                        number(GroupKeys.INITIAL_REBALANCE_DELAY_MS),
                        number(GroupKeys.MAX_SIZE)),
                new GroupSettings.Consumer(
                        number(GroupKeys.CONSUMER_SESSION_TIMEOUT_MS),
                        number(GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS),
                        number(GroupKeys.CONSUMER_MAX_SIZE),
                        number(GroupKeys.CONSUMER_REGEX_REFRESH_INTERVAL_MS),
                        GroupSettings.Migration.named(text(GroupKeys.CONSUMER_MIGRATION_POLICY))),
                new GroupSettings.Offsets(
                        number(GroupKeys.OFFSET_METADATA_MAX_BYTES),
                        TimeUnit.MINUTES.toMillis(number(GroupKeys.OFFSETS_RETENTION_MINUTES)),
                        number(GroupKeys.OFFSETS_RETENTION_CHECK_INTERVAL_MS)));
    }

    private BrokerSettings brokerSettings() {
        return new BrokerSettings(
                Boolean.parseBoolean(text(NodeKeys.AUTO_CREATE_TOPICS_ENABLE)),
                number(NodeKeys.NUM_PARTITIONS),
                number(NodeKeys.DEFAULT_REPLICATION_FACTOR),
                number(NodeKeys.SOCKET_REQUEST_MAX_BYTES),
                number(NodeKeys.FETCH_MAX_BYTES),
                number(NodeKeys.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS),
                Map.copyOf(effective),
                Map.copyOf(explicit),
                keys());
    }

    private static Map<String, BrokerSettings.Key> keys() {
        return NodeKeys.all().values().stream()
                .collect(Collectors.toUnmodifiableMap(
                        NodeKey::name,
                        key -> new BrokerSettings.Key(
                                ConfigDef.Type.valueOf(key.type().name()), key.defaultValue(), key.documentation())));
    }

    private List<Endpoint> advertised(List<ListenerAddress> listeners) {
        List<ListenerAddress> told = listeners(NodeKeys.ADVERTISED_LISTENERS);
        return (told.isEmpty() ? listeners : told)
                .stream()
                        .map(listener -> new Endpoint(
                                listener.name(),
                                listener.address().host(),
                                listener.address().port()))
                        .toList();
    }

    private Optional<HostPort> ownVoterAddress() {
        int nodeId = number(NodeKeys.NODE_ID);
        return voters().stream()
                .filter(voter -> voter.nodeId() == nodeId)
                .map(Voter::address)
                .findFirst();
    }

    private Optional<HostPort> metadataListener() {
        return value(NodeKeys.RAFT_LISTENER).flatMap(HostPort::parse).or(this::ownVoterAddress);
    }

    private HostPort metadataAddress(HostPort listener) {
        return ownVoterAddress().orElse(listener);
    }

    private HostPort partitionListener(HostPort metadata) {
        return value(NodeKeys.PARTITION_RAFT_LISTENER)
                .flatMap(HostPort::parse)
                .orElseGet(() -> new HostPort(metadata.host(), metadata.port() + 1));
    }

    private List<Path> logDirs() {
        List<String> names = items(value(NodeKeys.LOG_DIRS).isPresent() ? NodeKeys.LOG_DIRS : NodeKeys.LOG_DIR);
        return names.stream().map(this::path).toList();
    }

    private Path path(String name) {
        return directory.resolve(name).normalize();
    }

    private List<Voter> voters() {
        return items(NodeKeys.QUORUM_VOTERS).stream()
                .flatMap(item -> Voter.parse(item).stream())
                .toList();
    }

    private List<ListenerAddress> listeners(NodeKey key) {
        return items(key).stream()
                .flatMap(item -> ListenerAddress.parse(item).stream())
                .toList();
    }

    private static Set<String> namesOf(List<ListenerAddress> listeners) {
        return listeners.stream().map(ListenerAddress::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> items(NodeKey key) {
        return value(key)
                .map(list ->
                        Arrays.stream(list.split(",", -1)).map(String::strip).toList())
                .orElse(List.of());
    }

    private Optional<String> value(NodeKey key) {
        return Optional.ofNullable(effective.get(key.name()));
    }

    private String text(NodeKey key) {
        return effective.get(key.name());
    }

    private long longNumber(NodeKey key) {
        return Long.parseLong(text(key));
    }

    private int number(NodeKey key) {
        return Integer.parseInt(text(key));
    }

    private Duration millis(NodeKey key) {
        return Duration.ofMillis(Long.parseLong(text(key)));
    }

    private String refused(NodeKey key, String allowed) {
        return key.name() + "=" + Optional.ofNullable(explicit.get(key.name())).orElse(effective.get(key.name()))
                + " is refused; " + allowed;
    }

    /** The known keys that share most of an unknown one's name, for a misspelt key. */
    private static String nearest(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        String first = name.contains(".") ? name.substring(0, name.indexOf('.') + 1) : name;
        List<String> near = NodeKeys.all().keySet().stream()
                .filter(known -> known.startsWith(first) || known.endsWith(last) || known.equalsIgnoreCase(name))
                .toList();
        return "; allowed is "
                + (near.isEmpty()
                        ? String.join(", ", NodeKeys.all().keySet())
                        : "for example " + String.join(", ", near));
    }

    private void stopOnProblems() throws InvalidNodeConfigException {
        if (!problems.isEmpty()) {
            throw new InvalidNodeConfigException(source, problems);
        }
    }
}
