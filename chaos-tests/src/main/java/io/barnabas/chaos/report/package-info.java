/** The page that tells how a chaos run went. */
@NullMarked
package io.barnabas.chaos.report;

import org.jspecify.annotations.NullMarked;
