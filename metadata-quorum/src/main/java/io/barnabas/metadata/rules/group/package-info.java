/**
 * Consumer groups as a pure state machine: a {@link io.barnabas.metadata.rules.group.GroupRequest} and the time go in, a
 * {@link io.barnabas.metadata.rules.group.Step} of records and answers comes out. The records are what a group's next
 * coordinator needs to go on where this one stopped; an answer counts only once all records before it are committed.
 */
package io.barnabas.metadata.rules.group;
