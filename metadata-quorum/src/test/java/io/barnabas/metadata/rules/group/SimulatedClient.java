package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.MetadataImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A client as a coordinator meets it: one request at a time, answers that get lost, work that takes its time. It does
 * not begin to use anything after it missed an answer: it may have been told otherwise.
 */
abstract class SimulatedClient {

    static final String GROUP = ConsumerRig.GROUP;

    /** How requests reach the coordinator and answers come back. */
    interface Network {

        /** Sends a request, or loses it; the ticket under which the answer comes, if it does. */
        long send(SimulatedClient from, GroupRequest request);

        MetadataImage image();

        String newId();
    }

    final Network network;
    final Set<String> topics;
    final Optional<String> regex;
    Map<UUID, Set<Integer>> owned = Map.of();
    private long waiting = -1;

    SimulatedClient(Network network, Set<String> topics, Optional<String> regex) {
        this.network = network;
        this.topics = topics;
        this.regex = regex;
    }

    abstract String memberId();

    /** Whether it is as far as it can be by what it was told. */
    abstract boolean settled();

    /** Does the next thing. */
    abstract void act(SplittableRandom random);

    /** Goes on with what it was told before while a request is under way. */
    void actWhileWaiting() {}

    abstract void answered(GroupResponse response);

    abstract void missedAnswer();

    /** Leaves in good order. */
    abstract void leave();

    boolean isWaiting() {
        return waiting >= 0;
    }

    void send(GroupRequest request) {
        waiting = network.send(this, request);
    }

    /** Gives the request that it waits for up. */
    void giveUp() {
        waiting = -1;
        missedAnswer();
    }

    void answer(long ticket, GroupResponse response) {
        if (ticket == waiting) {
            waiting = -1;
            answered(response);
        }
    }

    /** Partitions by topic name, as far as the topics exist. */
    static Map<String, Set<Integer>> byName(Map<UUID, Set<Integer>> partitions, MetadataImage image) {
        Map<String, Set<Integer>> byName = new HashMap<>();
        partitions.forEach((id, numbers) -> image.topic(id).ifPresent(topic -> byName.put(topic.name(), numbers)));
        return byName;
    }
}
