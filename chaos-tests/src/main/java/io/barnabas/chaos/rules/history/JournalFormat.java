package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import org.apache.kafka.common.TopicPartition;

/** One event as one line of JSON. A partition is written as {@code topic-partition}. */
final class JournalFormat {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .registerModule(new SimpleModule()
                    .addSerializer(new PartitionWriter())
                    .addDeserializer(TopicPartition.class, new PartitionReader()));

    static final ObjectWriter WRITER = JSON.writerFor(Event.class);
    static final ObjectReader READER = JSON.readerFor(Event.class);

    private JournalFormat() {}

    private static final class PartitionWriter extends StdSerializer<TopicPartition> {

        PartitionWriter() {
            super(TopicPartition.class);
        }

        @Override
        public void serialize(TopicPartition partition, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            out.writeString(partition.toString());
        }
    }

    private static final class PartitionReader extends StdDeserializer<TopicPartition> {

        PartitionReader() {
            super(TopicPartition.class);
        }

        @Override
        public TopicPartition deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getText();
            int dash = text.lastIndexOf('-');
            if (dash < 1) {
                return (TopicPartition) context.handleWeirdStringValue(
                        TopicPartition.class, text, "a partition is written as topic-number");
            }
            return new TopicPartition(
                    text.substring(0, dash), _parseIntPrimitive(in, context, text.substring(dash + 1)));
        }
    }
}
