/** Placeholder. */
package io.barnabas.chaos;
