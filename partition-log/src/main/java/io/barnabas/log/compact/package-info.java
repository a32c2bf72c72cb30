/**
 * Compaction of logs whose topics ask for it. {@link io.barnabas.log.compact.CleanerThread} picks the dirtiest log,
 * {@link io.barnabas.log.compact.LogCleaner} reads the newest offset of each key into a {@link
 * io.barnabas.log.compact.KeyMap} and rewrites the segments without the records that others have superseded.
 */
package io.barnabas.log.compact;
