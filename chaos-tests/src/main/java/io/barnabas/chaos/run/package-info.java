/** Clients that put a cluster under load and write down what they asked and what they were told. */
@NullMarked
package io.barnabas.chaos.run;

import org.jspecify.annotations.NullMarked;
