package io.barnabas.cli;

import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A topic or one of its partitions, written {@code TOPIC} or {@code TOPIC:P}.
 *
 * @param topic the topic's name
 * @param partition the partition's number, empty for all
 */
record PartitionRef(String topic, OptionalInt partition) {

    static PartitionRef parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 && !text.isEmpty()) {
            return new PartitionRef(text, OptionalInt.empty());
        }
        try {
            int partition = Integer.parseInt(text.substring(colon + 1));
            if (partition < 0 || colon == 0) {
                throw new NumberFormatException();
            }
            return new PartitionRef(text.substring(0, colon), OptionalInt.of(partition));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is neither TOPIC nor TOPIC:PARTITION");
        }
    }

    /** Reads it from a command line. */
    static final class Converter implements ITypeConverter<PartitionRef> {
        @Override
        public PartitionRef convert(String text) {
            return parse(text);
        }
    }
}
