/** The RocksDB index of a data directory: from offset and from time stamp to a position in a segment file. */
package io.barnabas.log.index;
