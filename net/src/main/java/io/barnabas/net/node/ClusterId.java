package io.barnabas.net.node;

import org.apache.kafka.common.Uuid;

/** Names of clusters, in Kafka's shape: a random UUID in base64 for URLs, 22 characters. */
public final class ClusterId {

    private ClusterId() {}

    /** A new name. */
    public static String random() {
        return Uuid.randomUuid().toString();
    }

    /** Whether a text is such a name. */
    public static boolean isValid(String text) {
        if (text.length() != 22) {
            return false;
        }
        try {
            return Uuid.fromString(text).toString().equals(text) && !text.equals(Uuid.ZERO_UUID.toString());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
