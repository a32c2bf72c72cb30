/**
 * The decisions of a partition, as plain values: what a batch header says, whether a producer's batch is next,
 * doubled or out of order, and which offsets it takes. Nothing here knows threads, clocks, files, Ratis or RocksDB.
 */
package io.barnabas.log.rules;
