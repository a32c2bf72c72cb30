package io.barnabas.log;

import io.barnabas.log.directory.PartitionProperties;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** A replica's directory, and what is opened in it. */
final class ReplicaFiles {

    private final UUID groupId;
    private final PartitionEnvironment environment;
    /** Null before it is opened. */
    private volatile Path directory;
    /** Null while nobody knows which partition it is. */
    private volatile PartitionProperties properties;

    /** @param spec empty for a replica that was found on disk */
    ReplicaFiles(UUID groupId, Optional<PartitionSpec> spec, PartitionEnvironment environment) {
        this.groupId = groupId;
        this.environment = environment;
        this.properties = spec.map(s -> new PartitionProperties(s.topic(), s.partition()))
                .or(() -> environment.directories().nameOf(groupId))
                .orElse(null);
    }

    /** Reads, or writes for a new replica, the file that names the partition in its directory. */
    void open(Path root) throws IOException {
        directory = root;
        if (properties == null) {
            properties = PartitionProperties.read(root);
        } else {
            properties.write(root);
        }
    }

    /** Which partition it is; null while that is not known. */
    PartitionProperties properties() {
        return properties;
    }

    Path directory() {
        return directory;
    }

    /** The directory of the segments. */
    Path log() {
        return directory.resolve("log");
    }

    SegmentLog openSegments(LogConfig config, long recoveryOffset) throws IOException {
        return SegmentLog.open(environment.files(), log(), SegmentLogConfig.of(config), index(), recoveryOffset);
    }

    /** The partition's entries in the index of its directory. */
    IndexSink index() throws IOException {
        return environment.directories().index(groupId, directory);
    }

    StartOffsetFile openStartOffset() throws IOException {
        return StartOffsetFile.read(environment.files(), log());
    }

    CatchUp catchUp(LogConfig config) {
        return new CatchUp(environment.files(), directory, SegmentLogConfig.of(config), environment.clockMs());
    }

    /** Lets no start take the files up as they are. */
    void markForRepair(String reason) throws IOException {
        RepairMark.write(environment.files(), log(), reason);
    }

    /** @throws LostDataException when an earlier start had to give the replica up */
    void checkRepairMark() throws IOException {
        Optional<String> reason = RepairMark.read(environment.files(), log());
        if (reason.isPresent()) {
            throw new LostDataException("it was given up earlier because it " + reason.get()
                    + "; its files may lack what it has acknowledged until it is repaired");
        }
    }

    void markRest(RestPoint point) throws IOException {
        RestMark.write(environment.files(), directory, groupId, point);
    }

    /** It is no longer written down that the replica rests. */
    void unmarkRest() throws IOException {
        RestMark.delete(environment.files(), directory);
    }
}
