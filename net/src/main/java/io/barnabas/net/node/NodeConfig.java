package io.barnabas.net.node;

import io.barnabas.log.CleanerConfig;
import io.barnabas.log.FlushMode;
import io.barnabas.log.ScrubConfig;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.group.GroupSettings;
import io.barnabas.net.kafka.BrokerSettings;
import io.barnabas.net.raft.RaftTls;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A node's settings, read from {@code node.properties} and checked. {@link NodeKeys} lists and explains the keys.
 *
 * @param nodeId {@code node.id}
 * @param rack {@code broker.rack}
 * @param logDirs {@code log.dirs}, absolute, in that order
 * @param metadataDir {@code metadata.log.dir}, absolute; the first of {@code log.dirs} unless it is set
 * @param listeners where Kafka clients are served
 * @param advertised what clients are told, by the names of {@code listeners}
 * @param raft the node's Raft servers
 * @param broker what the Kafka handlers need
 * @param sockets limits of the Kafka listeners
 * @param log defaults of partitions
 * @param groups {@code group.*} and {@code offsets.*}
 * @param heartbeatInterval {@code broker.heartbeat.interval.ms}
 * @param sessionTimeout {@code broker.session.timeout.ms}
 * @param leaderBalance {@code auto.leader.rebalance.enable} and its interval
 */
public record NodeConfig(
        int nodeId,
        Optional<String> rack,
        List<Path> logDirs,
        Path metadataDir,
        List<ListenerAddress> listeners,
        List<Endpoint> advertised,
        Raft raft,
        BrokerSettings broker,
        Sockets sockets,
        Log log,
        GroupSettings groups,
        Duration heartbeatInterval,
        Duration sessionTimeout,
        PartitionDuties.LeaderBalance leaderBalance) {

    /**
     * The node's Raft servers.
     *
     * @param voters {@code quorum.voters}
     * @param metadataListener where the metadata server is bound
     * @param partitionListener where the partition server is bound
     * @param metadataAddress where other nodes reach the metadata server
     * @param partitionAddress where other nodes reach the partition server
     * @param metadataElection election timeouts of the metadata quorum
     * @param partitionElection election timeouts of partitions
     * @param tls {@code raft.ssl.*}
     */
    public record Raft(
            List<Voter> voters,
            HostPort metadataListener,
            HostPort partitionListener,
            HostPort metadataAddress,
            HostPort partitionAddress,
            ElectionTimeout metadataElection,
            ElectionTimeout partitionElection,
            Optional<RaftTls> tls) {}

    /** A member that hears no leader for a random time between the two stands for election. */
    public record ElectionTimeout(Duration min, Duration max) {}

    /**
     * Limits of the Kafka listeners.
     *
     * @param maxConnections {@code max.connections}
     * @param idle {@code connections.max.idle.ms}
     * @param threads {@code num.network.threads}
     * @param maxRequestBytes {@code socket.request.max.bytes}
     */
    public record Sockets(int maxConnections, Duration idle, int threads, int maxRequestBytes) {}

    /**
     * Defaults of partitions; topics may override what {@code LogConfig} holds.
     *
     * @param flush {@code log.flush}
     * @param flushInterval {@code log.flush.interval.ms}
     * @param maxMessageBytes {@code message.max.bytes}
     * @param producerIdle {@code producer.id.expiration.ms}
     * @param catchUpBytesPerSecond {@code replica.catchup.bytes.per.second}
     * @param retentionCheck {@code log.retention.check.interval.ms}
     * @param scrub {@code log.scrub.*}
     * @param cleaner {@code log.cleaner.*}
     * @param index {@code log.index.*}
     * @param moveBytesPerSecond {@code replica.alter.log.dirs.io.max.bytes.per.second}
     * @param quiesce {@code partition.quiesce.ms}
     * @param awakeMax {@code partition.awake.max}
     */
    public record Log(
            FlushMode flush,
            Duration flushInterval,
            int maxMessageBytes,
            Duration producerIdle,
            long catchUpBytesPerSecond,
            Duration retentionCheck,
            ScrubConfig scrub,
            CleanerConfig cleaner,
            IndexConfig index,
            long moveBytesPerSecond,
            Duration quiesce,
            int awakeMax) {}

    /**
     * Reads a settings file.
     *
     * @throws InvalidNodeConfigException with every problem at once
     * @throws IOException when the file cannot be read
     */
    public static NodeConfig read(Path file) throws InvalidNodeConfigException, IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no settings file " + file, e);
        } catch (IllegalArgumentException e) {
            throw new InvalidNodeConfigException(file.toString(), List.of("not a properties file: " + e.getMessage()));
        }
        Path directory = file.toAbsolutePath().normalize().getParent();
        return new NodeConfigReader(file.toString(), directory, properties).read();
    }

    /**
     * Reads settings that are in memory already.
     *
     * @param directory where relative paths begin
     * @throws InvalidNodeConfigException with every problem at once
     */
    public static NodeConfig of(Path directory, Map<String, String> settings) throws InvalidNodeConfigException {
        Properties properties = new Properties();
        properties.putAll(settings);
        return new NodeConfigReader("node settings", directory, properties).read();
    }

    /** Every directory that the node uses: the one of the metadata first, then the other log directories. */
    public List<Path> dataDirectories() {
        return Stream.concat(Stream.of(metadataDir), logDirs.stream())
                .distinct()
                .toList();
    }

    /** Whether this node votes in the metadata quorum. */
    public boolean isVoter() {
        return raft.voters().stream().anyMatch(voter -> voter.nodeId() == nodeId);
    }
}
