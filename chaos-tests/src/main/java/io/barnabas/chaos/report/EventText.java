package io.barnabas.chaos.report;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Result;
import java.util.Locale;

/** Events in words. */
final class EventText {

    private EventText() {}

    /**
     * One line.
     *
     * @param seconds since the beginning of the run
     */
    static String of(Event event, double seconds) {
        return String.format(Locale.ROOT, "%10.3f s  %s", seconds, of(event));
    }

    private static String of(Event event) {
        return switch (event) {
            case Event.RunStarted run -> "the run begins";
            case Event.TopicDeclared topic ->
                "topic " + topic.topic() + (topic.compacted() ? " is compacted" : "")
                        + (topic.trimmed() ? " is trimmed" : "");
            case Event.Invocation invocation ->
                "#" + invocation.operation() + " client " + invocation.client() + " " + of(invocation.call());
            case Event.Completion completion -> "#" + completion.operation() + " " + of(completion.result());
            case Event.TurnBegin turn ->
                turn.scenario().isEmpty() ? "no more faults" : "scenario " + turn.scenario() + " begins";
            case Event.FaultBegin fault -> "fault " + fault.fault() + ": " + fault.kind() + " " + fault.targets();
            case Event.FaultEnd fault -> "fault " + fault.fault() + " is healed";
        };
    }

    private static String of(Call call) {
        return switch (call) {
            case Call.Send send ->
                "sends value " + send.value() + " to " + send.partition() + " (session " + send.session()
                        + ", sequence " + send.sequence() + ", acks "
                        + send.acks().name().toLowerCase(Locale.ROOT)
                        + (send.key() == Call.Send.NO_KEY ? "" : ", key " + send.key()) + ")";
            case Call.Poll poll ->
                "polls " + poll.partition() + " from offset " + poll.position() + " ("
                        + poll.reading().name().toLowerCase(Locale.ROOT) + ")";
            case Call.Commit commit ->
                "commits offset " + commit.offset() + " of " + commit.partition() + " for group " + commit.group();
            case Call.Committed read -> "asks for the position of group " + read.group() + " in " + read.partition();
            case Call.ListOffsets question ->
                "asks " + question.partition() + " for "
                        + (question.timestamp() == Call.ListOffsets.LATEST
                                ? "its latest offset"
                                : question.timestamp() == Call.ListOffsets.EARLIEST
                                        ? "its earliest offset"
                                        : "the offset of timestamp " + question.timestamp());
            case Call.RegisterWrite write -> "writes " + write.value() + " to register " + write.register();
            case Call.RegisterRead read -> "reads register " + read.register();
            case Call.CreateTopic create ->
                "creates topic " + create.topic() + " with " + create.partitions() + " partitions";
            case Call.DeleteTopic delete -> "deletes topic " + delete.topic();
            case Call.SetConfig set -> "sets " + set.name() + "=" + set.value() + " of topic " + set.topic();
            case Call.Describe describe -> "describes topic " + describe.topic();
        };
    }

    private static String of(Result result) {
        return switch (result) {
            case Result.Ok ok -> of(ok.answer());
            case Result.Failed failed -> "failed: " + failed.error();
            case Result.Unknown unknown -> "is unknown: " + unknown.error();
        };
    }

    private static String of(Answer answer) {
        return switch (answer) {
            case Answer.Done done -> "is done";
            case Answer.Sent sent ->
                sent.offset() == Answer.Sent.UNKNOWN_OFFSET
                        ? "is acknowledged without an offset"
                        : "is acknowledged at offset " + sent.offset();
            case Answer.Polled polled ->
                "got " + polled.records() + ", next " + polled.nextPosition()
                        + (polled.highWatermark() < 0 ? "" : ", high watermark " + polled.highWatermark())
                        + (polled.logStart() < 0 ? "" : ", log start " + polled.logStart())
                        + (polled.node() < 0 ? "" : ", from node " + polled.node());
            case Answer.CommittedOffset committed -> "is at " + committed.offset();
            case Answer.FoundOffset found ->
                "is answered: offset " + found.offset()
                        + (found.timestamp() < 0 ? "" : ", timestamp " + found.timestamp());
            case Answer.RegisterValue value -> "returns " + value.value();
            case Answer.TopicDescription topic ->
                topic.partitions() == 0
                        ? "says that there is none"
                        : "shows " + topic.partitions() + " partitions, configs " + topic.configs();
        };
    }
}
