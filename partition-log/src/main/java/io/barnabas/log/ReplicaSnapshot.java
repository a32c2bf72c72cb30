package io.barnabas.log;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.log.proto.EpochStart;
import io.barnabas.log.proto.PartitionSnapshot;
import io.barnabas.log.proto.ProducedBatch;
import io.barnabas.log.proto.Producer;
import io.barnabas.log.rules.EpochHistory;
import io.barnabas.log.rules.ProducerEntry;
import io.barnabas.log.rules.ProducerLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a replica knew at a Raft index: the log itself is the data and stays in its segments.
 *
 * @param logStartOffset the first offset kept
 * @param highWatermark every offset below is committed, and on disk when the snapshot is written
 * @param epochs the leader epochs up to the high watermark
 * @param producers the idempotent producers up to the high watermark
 */
public record ReplicaSnapshot(long logStartOffset, long highWatermark, EpochHistory epochs, ProducerLedger producers) {

    private static final int VERSION = 1;

    /** A replica that has applied nothing. */
    static ReplicaSnapshot empty() {
        return new ReplicaSnapshot(0, 0, EpochHistory.EMPTY, new ProducerLedger());
    }

    PartitionSnapshot toProto() {
        PartitionSnapshot.Builder snapshot = PartitionSnapshot.newBuilder()
                .setVersion(VERSION)
                .setLogStartOffset(logStartOffset)
                .setHighWatermark(highWatermark);
        epochs.starts()
                .forEach(start -> snapshot.addEpochs(
                        EpochStart.newBuilder().setEpoch(start.epoch()).setStartOffset(start.startOffset())));
        producers.entries().forEach(entry -> snapshot.addProducers(encode(entry)));
        return snapshot.build();
    }

    private static Producer encode(ProducerEntry entry) {
        Producer.Builder producer =
                Producer.newBuilder().setProducerId(entry.producerId()).setProducerEpoch(entry.epoch());
        entry.batches()
                .forEach(sent -> producer.addBatches(ProducedBatch.newBuilder()
                        .setFirstSequence(sent.firstSequence())
                        .setLastSequence(sent.lastSequence())
                        .setFirstOffset(sent.firstOffset())
                        .setLastOffset(sent.lastOffset())
                        .setTimestamp(sent.timestamp())));
        return producer.build();
    }

    /** Reads a snapshot file. */
    public static ReplicaSnapshot read(Path file) throws IOException {
        try {
            return decode(Files.readAllBytes(file));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new IOException("snapshot " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static ReplicaSnapshot decode(byte[] bytes) throws InvalidProtocolBufferException {
        return of(PartitionSnapshot.parseFrom(bytes));
    }

    static ReplicaSnapshot of(PartitionSnapshot snapshot) {
        if (snapshot.getVersion() != VERSION) {
            throw new IllegalArgumentException("version " + snapshot.getVersion() + " is unknown");
        }
        return new ReplicaSnapshot(
                snapshot.getLogStartOffset(),
                snapshot.getHighWatermark(),
                EpochHistory.of(snapshot.getEpochsList().stream()
                        .map(start -> new EpochHistory.Start(start.getEpoch(), start.getStartOffset()))
                        .toList()),
                ProducerLedger.of(snapshot.getProducersList().stream()
                        .map(ReplicaSnapshot::decode)
                        .toList()));
    }

    private static ProducerEntry decode(Producer producer) {
        return new ProducerEntry(
                producer.getProducerId(),
                (short) producer.getProducerEpoch(),
                producer.getBatchesList().stream()
                        .map(sent -> new ProducerEntry.Sent(
                                sent.getFirstSequence(),
                                sent.getLastSequence(),
                                sent.getFirstOffset(),
                                sent.getLastOffset(),
                                sent.getTimestamp()))
                        .toList());
    }
}
