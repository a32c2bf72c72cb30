package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * A run of a cluster that keeps all promises, in memory: clients begin, the log takes effect at any time in between or
 * never, clients get their answer, give up, or are never heard of again. All by one random source.
 */
final class ModelRun {

    static final TopicPartition PLAIN = new TopicPartition("plain", 0);
    static final TopicPartition COMPACTED = new TopicPartition("compacted", 0);
    static final TopicPartition TRIMMED = new TopicPartition("trimmed", 0);
    static final TopicPartition LOOSE = new TopicPartition("loose", 0);

    /** How long the high watermark of the model may take: what acks=1 may lose is younger. */
    static final long GRACE_NS = 200_000_000;

    /** Clients of the last readings; all others are below. */
    static final int FIRST_FINAL = 90;

    private static final int STEPS = 800;
    private static final int AT_ONCE = 6;
    private static final int PRODUCERS = 3;
    private static final int READERS = 2;

    private final SplittableRandom random;
    private final List<Event> events = new ArrayList<>();
    private final Map<TopicPartition, ModelLog> logs = new HashMap<>();
    private final List<ModelSend> sends = new ArrayList<>();
    private final List<Deque<ModelSend>> queues = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private final Map<String, Long> positions = new HashMap<>();
    private final Map<String, Long> highWatermarks = new HashMap<>();
    private final Map<Long, String> pollers = new HashMap<>();
    private final List<Instant> instants = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private final ModelObjects objects = new ModelObjects();
    private long committed = -1;
    private long nextCommit;
    private long timeNs;
    private long operations;
    private long values = 1000;
    private long activeFault = -1;

    /** Something that takes effect at one time between invocation and completion. */
    private static final class Instant {
        final long operation;
        final boolean isChange;
        final Supplier<Result> effect;
        Result result;

        Instant(long operation, boolean isChange, Supplier<Result> effect) {
            this.operation = operation;
            this.isChange = isChange;
            this.effect = effect;
        }
    }

    /** A send of the model. */
    private static final class ModelSend {
        final long operation;
        final Call.Send call;
        long offset = -1;
        boolean isTruncated;

        ModelSend(long operation, Call.Send call) {
            this.operation = operation;
            this.call = call;
        }
    }

    ModelRun(SplittableRandom random) {
        this.random = random;
        for (TopicPartition partition : List.of(PLAIN, COMPACTED, TRIMMED, LOOSE)) {
            logs.put(partition, new ModelLog());
        }
        for (int i = 0; i < PRODUCERS * logs.size(); i++) {
            queues.add(new ArrayDeque<>());
        }
    }

    /** The events of a whole run. */
    List<Event> run() {
        events.add(new Event.TopicDeclared(tick(), COMPACTED.topic(), true, false));
        events.add(new Event.TopicDeclared(tick(), TRIMMED.topic(), false, true));
        for (int step = 0; step < STEPS; step++) {
            step(step);
        }
        if (activeFault >= 0) {
            events.add(new Event.FaultEnd(tick(), activeFault));
        }
        while (!sends.isEmpty()) {
            endSend();
        }
        while (!instants.isEmpty()) {
            takeEffect();
            endInstant();
        }
        logs.values().forEach(ModelLog::commitAll);
        for (int client = FIRST_FINAL; client < FIRST_FINAL + 2; client++) {
            for (TopicPartition partition : logs.keySet()) {
                readFinally(client, partition);
            }
        }
        return events;
    }

    private void step(int step) {
        if (step % 10 == 0) {
            logs.values().forEach(ModelLog::commitAll);
        }
        switch (random.nextInt(27)) {
            case 0, 1, 2, 3, 4 -> beginSend();
            case 5, 6, 7, 8 -> append();
            case 9, 10, 11 -> endSend();
            case 12 -> log(anyPartition()).commitSome(random);
            case 13, 14 -> begin(this::beginPoll);
            case 15 -> begin(this::beginQuestion);
            case 16 -> begin(this::beginObject);
            case 17, 18, 19, 20 -> takeEffect();
            case 21, 22, 23, 24, 25 -> endInstant();
            default -> disturb();
        }
    }

    /** Begins something that takes effect at one time, unless too much is under way. */
    private void begin(Runnable operation) {
        if (instants.size() < AT_ONCE) {
            operation.run();
        }
    }

    private void disturb() {
        switch (random.nextInt(4)) {
            case 0 -> log(COMPACTED).compact();
            case 1 -> log(TRIMMED).trim(random);
            case 2 -> begin(this::beginCommit);
            default -> {
                if (activeFault >= 0) {
                    events.add(new Event.FaultEnd(tick(), activeFault));
                    activeFault = -1;
                } else {
                    activeFault = operations;
                    events.add(new Event.FaultBegin(tick(), activeFault, "kill", List.of("leader")));
                    loseUncommitted();
                }
            }
        }
    }

    /** A leader is lost, and with it what it alone had acknowledged. */
    private void loseUncommitted() {
        ModelLog log = log(LOOSE);
        for (ModelSend send : sends) {
            if (send.call.partition().equals(LOOSE) && send.offset >= log.highWatermark()) {
                send.isTruncated = true;
            }
        }
        log.truncate();
    }

    private void beginSend() {
        TopicPartition partition = anyPartition();
        int producer = random.nextInt(PRODUCERS);
        boolean isLoose = partition.equals(LOOSE);
        long sequence = sequences.merge(producer + "/" + partition, 1L, Long::sum);
        long key = partition.equals(COMPACTED) ? random.nextInt(4) : Call.Send.NO_KEY;
        Call.Send call = new Call.Send(
                partition, producer, sequence, values++, key, isLoose ? Call.Acks.LEADER : Call.Acks.ALL, !isLoose);
        ModelSend send = new ModelSend(invoke(producer, call), call);
        sends.add(send);
        queues.get(producer * logs.size()
                        + List.of(PLAIN, COMPACTED, TRIMMED, LOOSE).indexOf(partition))
                .add(send);
    }

    /** The log takes the oldest record of one session and partition, so that its order is kept. */
    private void append() {
        ModelSend send = queues.get(random.nextInt(queues.size())).poll();
        if (send != null) {
            send.offset = log(send.call.partition()).append(send.call.value(), send.call.key(), random);
        }
    }

    /** A client gets its answer or gives up, if it can: what is neither stored nor given up has to wait. */
    private void endSend() {
        if (sends.isEmpty()) {
            return;
        }
        ModelSend send = sends.remove(random.nextInt(sends.size()));
        ModelLog log = log(send.call.partition());
        boolean mayAck = send.offset >= 0
                && !send.isTruncated
                && (send.call.acks() == Call.Acks.LEADER || send.offset < log.highWatermark());
        if (mayAck) {
            ok(send.operation, new Answer.Sent(send.offset));
        } else if (send.offset < 0 && random.nextInt(3) == 0) {
            queues.forEach(queue -> queue.remove(send));
            end(send.operation, new Result.Failed("NOT_ENOUGH_REPLICAS"));
        } else if (random.nextInt(8) > 0) {
            end(send.operation, new Result.Unknown("TIMEOUT"));
        }
    }

    private void beginPoll() {
        int client = 10 + random.nextInt(READERS);
        TopicPartition partition = anyPartition();
        String reader = client + "/" + partition;
        if (positions.getOrDefault(reader, -1L) == Long.MIN_VALUE) {
            return;
        }
        boolean isSought = !positions.containsKey(reader) || random.nextInt(10) == 0;
        long position = isSought ? log(partition).start() : positions.get(reader);
        positions.put(reader, Long.MIN_VALUE);
        long operation = invoke(
                client, new Call.Poll(partition, position, isSought ? Call.Reading.SOUGHT : Call.Reading.FOLLOWING));
        pollers.put(operation, reader);
        asks(
                operation,
                () -> log(partition)
                        .read(position, highWatermarks.getOrDefault(reader, 0L), random, 1 + random.nextInt(3)));
    }

    private void beginQuestion() {
        TopicPartition partition = anyPartition();
        ModelLog log = log(partition);
        switch (random.nextInt(4)) {
            case 0 ->
                asks(
                        invoke(20, new Call.ListOffsets(partition, Call.ListOffsets.LATEST)),
                        () -> new Answer.FoundOffset(log.highWatermark(), -1));
            case 1 ->
                asks(
                        invoke(20, new Call.ListOffsets(partition, Call.ListOffsets.EARLIEST)),
                        () -> new Answer.FoundOffset(log.start(), -1));
            case 2 -> {
                long timestamp = log.anyTimestamp(random);
                asks(invoke(20, new Call.ListOffsets(partition, timestamp)), () -> log.find(timestamp));
            }
            default ->
                asks(invoke(21, new Call.Committed("group", PLAIN)), () -> new Answer.CommittedOffset(committed));
        }
    }

    private void asks(long operation, Supplier<Answer> answer) {
        instants.add(new Instant(operation, false, () -> new Result.Ok(answer.get())));
    }

    private void beginCommit() {
        nextCommit = Math.max(0, nextCommit + random.nextInt(-1, 6));
        long offset = nextCommit;
        instants.add(new Instant(invoke(22, new Call.Commit("group", PLAIN, offset)), true, () -> {
            committed = offset;
            return new Result.Ok(new Answer.Done());
        }));
    }

    private void beginObject() {
        Call call = random.nextBoolean() ? objects.anyRegisterCall(random) : objects.anyTopicCall(random);
        boolean isChange = !(call instanceof Call.RegisterRead || call instanceof Call.Describe);
        instants.add(new Instant(invoke(30, call), isChange, () -> objects.takeEffect(call)));
    }

    private void takeEffect() {
        if (!late.isEmpty() && random.nextInt(4) == 0) {
            late.removeLast().run();
        }
        if (!instants.isEmpty()) {
            Instant instant = instants.get(random.nextInt(instants.size()));
            if (instant.result == null) {
                instant.result = instant.effect.get();
            }
        }
    }

    /** A client gets the answer or gives up; then the effect came before, comes later or never. */
    private void endInstant() {
        if (instants.isEmpty()) {
            return;
        }
        Instant instant = instants.remove(random.nextInt(instants.size()));
        if (instant.isChange && random.nextInt(6) == 0) {
            end(instant.operation, new Result.Unknown("TIMEOUT"));
            if (instant.result == null && random.nextBoolean()) {
                late.add(() -> instant.result = instant.effect.get());
            }
        } else if (instant.result == null) {
            instants.add(instant);
        } else {
            if (instant.result instanceof Result.Ok(Answer.Polled polled)) {
                String reader = pollers.get(instant.operation);
                highWatermarks.put(reader, polled.highWatermark());
                positions.put(reader, polled.nextPosition());
            }
            end(instant.operation, instant.result);
        }
    }

    private void readFinally(int client, TopicPartition partition) {
        ModelLog log = log(partition);
        long position = log.start();
        do {
            long operation = invoke(client, new Call.Poll(partition, position, Call.Reading.FINAL));
            Answer.Polled polled = log.read(position, log.highWatermark(), random, 20);
            ok(operation, polled);
            position = polled.nextPosition();
        } while (position < log.highWatermark());
    }

    private TopicPartition anyPartition() {
        return List.of(PLAIN, PLAIN, COMPACTED, TRIMMED, LOOSE).get(random.nextInt(5));
    }

    private ModelLog log(TopicPartition partition) {
        return logs.get(partition);
    }

    private long invoke(int client, Call call) {
        events.add(new Event.Invocation(tick(), ++operations, client, call));
        return operations;
    }

    private void ok(long operation, Answer answer) {
        end(operation, new Result.Ok(answer));
    }

    private void end(long operation, Result result) {
        events.add(new Event.Completion(tick(), operation, result));
    }

    private long tick() {
        timeNs += random.nextInt(5) * 1_000_000L;
        return timeNs;
    }
}
