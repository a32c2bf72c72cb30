/** What a node decides, as plain values: which replicas to run, and how their Raft groups are named. */
package io.barnabas.net.node.rules;
