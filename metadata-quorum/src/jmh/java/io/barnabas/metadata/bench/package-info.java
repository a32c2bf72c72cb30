/** Measurements of the metadata quorum, on real disks. */
package io.barnabas.metadata.bench;
