/** The log directories of a node, which replica lives in which, and what happens to it when its disk fails. */
package io.barnabas.log.directory;
