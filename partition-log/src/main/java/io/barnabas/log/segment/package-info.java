/** Segment files: record batches byte for byte, read and written by position, cut and recovered at their ends. */
package io.barnabas.log.segment;
