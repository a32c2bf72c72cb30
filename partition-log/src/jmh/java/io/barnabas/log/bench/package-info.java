/** Benchmarks of the log by itself; docs/benchmarks.md has the commands. */
package io.barnabas.log.bench;
