package io.barnabas.log;

import io.barnabas.log.rules.BatchCheck;

/** What a broken batch rule means to the one who sent the batch. */
final class Refusals {

    private Refusals() {}

    static AppendOutcome.Refused of(BatchCheck.Invalid invalid) {
        return new AppendOutcome.Refused(of(invalid.reason()), invalid.message(), invalid.records());
    }

    private static AppendRefusal of(BatchCheck.Reason reason) {
        return switch (reason) {
            case CORRUPT -> AppendRefusal.CORRUPT_BATCH;
            case UNSUPPORTED_MAGIC -> AppendRefusal.UNSUPPORTED_MAGIC;
            case INVALID -> AppendRefusal.INVALID_BATCH;
            case INVALID_TIMESTAMP -> AppendRefusal.INVALID_TIMESTAMP;
            case TOO_LARGE -> AppendRefusal.TOO_LARGE;
            case TRANSACTIONAL -> AppendRefusal.TRANSACTIONS_UNSUPPORTED;
        };
    }
}
