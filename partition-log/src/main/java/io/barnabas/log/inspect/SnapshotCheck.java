package io.barnabas.log.inspect;

import io.barnabas.log.ReplicaSnapshot;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.ProducerEntry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Reads a replica's Raft snapshots, and holds batches against what the newest says of epochs and producers. */
final class SnapshotCheck {

    private final Map<Long, ProducerEntry> producedAt = new HashMap<>();
    private ReplicaSnapshot snapshot = null;

    SnapshotCheck(ReplicaFiles replica, Consumer<Finding> findings) throws IOException {
        if (replica.root().isPresent() && replica.only().isEmpty()) {
            for (SnapshotFile each : SnapshotFile.in(replica.root().get())) {
                read(each, findings);
            }
        }
        if (snapshot != null) {
            checkProducers(replica.root().orElseThrow().resolve("sm"), findings);
        }
    }

    private void read(SnapshotFile file, Consumer<Finding> findings) {
        try {
            snapshot = file.read();
        } catch (NoSuchFileException e) {
            // A running node has replaced it by a newer one meanwhile.
            return;
        } catch (IOException e) {
            findings.accept(Finding.damage(file.file(), e.getMessage()));
        }
    }

    private void checkProducers(Path directory, Consumer<Finding> findings) {
        for (ProducerEntry entry : snapshot.producers().entries()) {
            entry.batches().forEach(sent -> producedAt.put(sent.firstOffset(), entry));
            if (entry.last().lastOffset() >= snapshot.highWatermark()) {
                findings.accept(Finding.damage(
                        directory,
                        "the snapshot's high watermark is " + snapshot.highWatermark() + " but it knows producer "
                                + entry.producerId() + " up to offset "
                                + entry.last().lastOffset()));
            }
        }
    }

    /** Below, everything is committed and on disk; 0 without a snapshot. */
    long highWatermark() {
        return snapshot == null ? 0 : snapshot.highWatermark();
    }

    /** Why a batch is not the one that the snapshot knows. */
    Optional<String> faultOf(BatchHeader header) {
        if (snapshot == null
                || header.baseOffset() < snapshot.logStartOffset()
                || header.nextOffset() > snapshot.highWatermark()) {
            return Optional.empty();
        }
        OptionalInt epoch = snapshot.epochs().epochOf(header.baseOffset());
        if (epoch.isPresent() && epoch.getAsInt() != header.partitionLeaderEpoch()) {
            return Optional.of("the batch is of leader epoch " + header.partitionLeaderEpoch() + ", the snapshot says "
                    + epoch.getAsInt());
        }
        ProducerEntry producer = producedAt.get(header.baseOffset());
        if (producer != null && header.recordCount() > 0 && header.producerId() != producer.producerId()) {
            return Optional.of(
                    "the batch is of producer " + header.producerId() + ", the snapshot says " + producer.producerId());
        }
        return Optional.empty();
    }
}
