/** Kills real node processes under load and reads every acknowledged record back. */
package io.barnabas.chaos;
