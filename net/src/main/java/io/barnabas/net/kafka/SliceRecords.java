package io.barnabas.net.kafka;

import io.barnabas.log.LogSlice;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/** Records of a fetch response that stay in their segment file until they are sent. */
public final class SliceRecords implements BaseRecords {

    private final LogSlice slice;

    /** Takes the slice over: it is released when the response is sent or dropped. */
    public SliceRecords(LogSlice slice) {
        this.slice = slice;
    }

    LogSlice slice() {
        return slice;
    }

    /** Gives the slice back unsent. */
    public void release() {
        slice.release();
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
