/**
 * Looks at the files of partitions and changes none of them: what a log holds, and what is wrong with it. Works without a
 * running node, and beside one.
 */
package io.barnabas.log.inspect;
