package io.barnabas.metadata;

/** No majority of the metadata quorum answered in time. The command asked for may still take effect. */
public final class MetadataUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    public MetadataUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
