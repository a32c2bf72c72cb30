package io.barnabas.net.kafka;

import io.barnabas.log.LogSlice;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/** Records of a fetch response that stay in their segment file until they are sent. */
public final class SliceRecords implements BaseRecords {

    private final LogSlice slice;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Takes the slice over: it is released when the response is sent or dropped. */
    public SliceRecords(LogSlice slice) {
        this.slice = slice;
    }

    LogSlice slice() {
        return slice;
    }

    /** Gives the slice back, sent or unsent; once, however often it is called. */
    public void release() {
        if (released.compareAndSet(false, true)) {
            slice.release();
        }
    }

    /** Gives back what a response that is not sent, or not wholly, still holds; {@code body} may be null. */
    static void releaseAll(ApiMessage body) {
        if (body instanceof FetchResponseData fetched) {
            fetched.responses().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(FetchResponseData.PartitionData::records)
                    .forEach(records -> {
                        if (records instanceof SliceRecords sliced) {
                            sliced.release();
                        }
                    });
        }
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("sent by the response encoder as a file region");
    }
}
