/**
 * What a metadata command does to an image: values in, values out, without threads, clocks, files or randomness of
 * its own, so that every replica of the metadata group reaches the same image.
 */
package io.barnabas.metadata.rules;
