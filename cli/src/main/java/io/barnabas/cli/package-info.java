/** Placeholder. */
package io.barnabas.cli;
