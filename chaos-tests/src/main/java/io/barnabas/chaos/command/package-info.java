/** The commands below {@code barnabas chaos}, one to a file; {@code META-INF/services} names them. */
@NullMarked
package io.barnabas.chaos.command;

import org.jspecify.annotations.NullMarked;
