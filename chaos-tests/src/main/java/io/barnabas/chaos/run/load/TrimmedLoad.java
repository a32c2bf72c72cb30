package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Records that do not stay: retention deletes old segments and DeleteRecords cuts. A consumer asks for offsets by
 * timestamp, for the earliest and for the latest ones, and goes to where records of some time are.
 */
final class TrimmedLoad extends TopicLoad {

    private static final String NAME = "trimmed";
    private static final int PARTITIONS = 4;
    private static final int PRODUCERS = 2;
    private static final Duration SEND_INTERVAL = Duration.ofMillis(50);
    private static final Duration SEGMENT_AGE = Duration.ofSeconds(3);
    private static final Duration RETENTION = Duration.ofSeconds(20);

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(250);
    private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(1);

    /** Questions are about the last seconds; some about the next one, whose records are not there yet. */
    private static final int YOUNGEST_ASKED_MS = 1_000;

    private static final int OLDEST_ASKED_MS = 10_000;
    private static final int POLLS_PER_SEEK = 20;

    private static final Duration BETWEEN_CUTS = Duration.ofSeconds(2);
    private static final int KEPT_BY_CUTS = 40;
    private static final Duration ADMIN_PATIENCE = Duration.ofSeconds(10);

    /** How long the beginnings of all partitions have to stay where they are before the last reading. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    TrimmedLoad(LoadContext context) {
        super(
                context,
                new LoadTopic(
                        NAME,
                        PARTITIONS,
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_DELETE,
                                TopicConfig.SEGMENT_MS_CONFIG,
                                Long.toString(SEGMENT_AGE.toMillis()),
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(RETENTION.toMillis()))));
    }

    @Override
    public void start() {
        RecordSender.Sending sending =
                new RecordSender.Sending(topic().partitions(), Call.Acks.ALL, true, 0, SEND_INTERVAL);
        for (int i = 0; i < PRODUCERS; i++) {
            RecordSender sender = new RecordSender(ledger(), workers(), bootstrap(), sending, random().split());
            workers().start(sender::run);
        }
        SplittableRandom asking = random().split();
        SplittableRandom cutting = random().split();
        workers().start(() -> read(asking));
        workers().start(() -> cut(cutting));
    }

    private void read(SplittableRandom choice) {
        try (Reader reader = new Reader(ledger(), bootstrap(), topic().partitions())) {
            reader.seekToBeginning();
            for (int polls = 1; !workers().stopped(); polls++) {
                try {
                    reader.poll(POLL_TIMEOUT);
                    long timestamp = System.currentTimeMillis() + choice.nextInt(-OLDEST_ASKED_MS, YOUNGEST_ASKED_MS);
                    Map<TopicPartition, Long> found = reader.ask(timestamp, QUESTION_TIMEOUT);
                    if (polls % POLLS_PER_SEEK == 0) {
                        found.forEach(reader::seek);
                    }
                    reader.ask(Call.ListOffsets.EARLIEST, QUESTION_TIMEOUT);
                    reader.ask(Call.ListOffsets.LATEST, QUESTION_TIMEOUT);
                } catch (OffsetOutOfRangeException e) {
                    goOn(reader);
                } catch (RetriableException e) {
                    // A fault; the poll is recorded as unknown, and the reader goes on from where it is.
                }
                workers().pause(BETWEEN_POLLS);
            }
        }
    }

    /** What the reader was about to read is gone: it goes on with what is there. */
    private static void goOn(Reader reader) {
        try {
            reader.seekToBeginning();
        } catch (RetriableException e) {
            // The next poll fails as this one did, and it is tried again.
        }
    }

    private void cut(SplittableRandom choice) throws InterruptedException {
        try (Admin admin = admin();
                Reader ends = new Reader(ledger(), bootstrap(), topic().partitions())) {
            while (!workers().stopped()) {
                TopicPartition partition = topic().partitions().get(choice.nextInt(PARTITIONS));
                Long end = ends.ask(Call.ListOffsets.LATEST, QUESTION_TIMEOUT).get(partition);
                if (end != null && end > KEPT_BY_CUTS) {
                    RecordsToDelete cut = RecordsToDelete.beforeOffset(end - KEPT_BY_CUTS);
                    tried(admin.deleteRecords(Map.of(partition, cut)).all());
                }
                workers().pause(BETWEEN_CUTS);
            }
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()));
    }

    /** Whether it was done; a fault may prevent it. */
    private static boolean tried(KafkaFuture<Void> change) throws InterruptedException {
        try {
            change.get(ADMIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** Nothing may be cut away under the last readers. */
    @Override
    public void readBack(Duration timeout) throws InterruptedException {
        long giveUp = System.nanoTime() + timeout.toNanos();
        try (Admin admin = admin();
                Reader beginnings = new Reader(ledger(), bootstrap(), topic().partitions())) {
            keepEverything(admin, giveUp);
            Map<TopicPartition, Long> before = Map.of();
            Map<TopicPartition, Long> now = beginnings.ask(Call.ListOffsets.EARLIEST, QUESTION_TIMEOUT);
            while (now.isEmpty() || !now.equals(before)) {
                if (System.nanoTime() - giveUp > 0) {
                    throw new IllegalStateException("the beginnings of " + NAME + " did not come to rest within "
                            + timeout + ", they were last " + now);
                }
                LockSupport.parkNanos(QUIET.toNanos());
                before = now;
                now = beginnings.ask(Call.ListOffsets.EARLIEST, QUESTION_TIMEOUT);
            }
        }
        super.readBack(timeout);
    }

    private void keepEverything(Admin admin, long giveUp) throws InterruptedException {
        AlterConfigOp keep =
                new AlterConfigOp(new ConfigEntry(TopicConfig.RETENTION_MS_CONFIG, "-1"), AlterConfigOp.OpType.SET);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic().name());
        while (!tried(
                admin.incrementalAlterConfigs(Map.of(resource, List.of(keep))).all())) {
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("retention of " + NAME + " cannot be switched off");
            }
        }
    }
}
