/**
 * How the replicas of an idle partition agree to close their Raft divisions, and how they come back. Plain values and
 * one state machine for a replica; {@code docs/decisions} says what a crash in each step does.
 */
package io.barnabas.log.rules.rest;
