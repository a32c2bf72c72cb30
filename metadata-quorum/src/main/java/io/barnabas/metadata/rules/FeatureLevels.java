package io.barnabas.metadata.rules;

/**
 * The levels of metadata commands and formats that this release reads and writes. {@link MetadataImage#featureLevel} is
 * the one that a cluster uses.
 */
public final class FeatureLevels {

    /** The feature's name in Kafka's feature list (KIP-584). */
    public static final String NAME = "barnabas.metadata.version";

    public static final int OLDEST = 1;
    public static final int NEWEST = 1;

    private FeatureLevels() {}
}
