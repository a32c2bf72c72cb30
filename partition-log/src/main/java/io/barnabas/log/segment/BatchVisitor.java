package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;
import java.io.IOException;

/** Sees the batches of a log, in order. */
@FunctionalInterface
public interface BatchVisitor {

    /**
     * @param header the batch's header as stored
     * @param position where the batch begins in its segment file
     */
    void visit(BatchHeader header, long position) throws IOException;
}
