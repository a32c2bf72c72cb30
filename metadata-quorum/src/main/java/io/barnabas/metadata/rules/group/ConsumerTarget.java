package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.Assignor.Subscriber;
import io.barnabas.metadata.rules.group.Deadlines.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.pcollections.PMap;

/**
 * What the members of a consumer group subscribe to, and what each is to have in the end. The group's epoch grows when
 * a subscription or a subscribed topic changes; a target is worked out anew when the epoch has grown.
 */
final class ConsumerTarget {

    private final ConsumerGroup group;
    private PMap<String, TopicInfo> seenTopics;

    ConsumerTarget(ConsumerGroup group) {
        this.group = group;
    }

    /** The names of the topics that a member subscribes to, whether they exist or not. */
    Set<String> topics(ConsumerMember member) {
        Set<String> topics = new TreeSet<>(member.wish().subscribedTopics());
        expression(member).map(group.expressions()::get).ifPresent(resolved -> topics.addAll(resolved.topics()));
        return topics;
    }

    /** The ids of those that exist. */
    Set<UUID> topicIds(ConsumerMember member, MetadataImage image) {
        Set<UUID> ids = new HashSet<>();
        topics(member).forEach(name -> image.topic(name).ifPresent(topic -> ids.add(topic.id())));
        return ids;
    }

    /** The expression that a member subscribes to, if any; an empty one stands for none. */
    static Optional<String> expression(ConsumerMember member) {
        return member.wish().subscribedRegex().filter(expression -> !expression.isEmpty());
    }

    /** The assignor that most members ask for. */
    Assignor assignor() {
        TreeMap<String, Integer> votes = new TreeMap<>();
        group.members()
                .forEach(
                        member -> member.wish().serverAssignor().ifPresent(name -> votes.merge(name, 1, Integer::sum)));
        Optional<Assignor> preferred = Optional.empty();
        int most = 0;
        for (Assignor assignor : Assignor.ALL) {
            int count = votes.getOrDefault(assignor.name(), 0);
            if (count > most) {
                preferred = Optional.of(assignor);
                most = count;
            }
        }
        return preferred.orElse(Assignor.ALL.getFirst());
    }

    void loaded(long nowMs) {
        if (!group.expressions().isEmpty()) {
            refreshLater(nowMs);
        }
    }

    /** Looks whether topics have changed since this was last called, in a way that concerns the group. */
    void watch(Turn turn) {
        if (turn.image().topics() != seenTopics) {
            changed(false, turn);
        }
    }

    /** Resolves the expressions again, for it is time to. */
    void refresh(Turn turn) {
        changed(false, turn);
    }

    /**
     * Lets the epoch grow if a subscription has changed, or a subscribed topic has.
     *
     * @param subscriptions whether a member has come, gone or changed its subscription
     */
    void changed(boolean subscriptions, Turn turn) {
        seenTopics = turn.image().topics();
        boolean resolved = resolve(turn);
        long hash = subscriptionHash(turn.image());
        GroupRecord.ConsumerGroupState state = group.state();
        if (subscriptions || resolved || hash != state.subscriptionHash()) {
            boolean empty = group.isEmpty();
            long emptySinceMs = state.emptySinceMs() >= 0 ? state.emptySinceMs() : turn.nowMs();
            group.write(
                    new GroupRecord.ConsumerGroupState(
                            group.id(),
                            state.groupEpoch() + 1,
                            // Nobody is left to be assigned to: the target is none, and that is it.
                            empty ? state.groupEpoch() + 1 : state.assignmentEpoch(),
                            hash,
                            empty ? emptySinceMs : -1),
                    turn);
        }
    }

    /** Works the target out if the epoch has grown since the last one. */
    void renew(Turn turn) {
        if (group.groupEpoch() == group.assignmentEpoch()) {
            return;
        }
        Map<String, Subscriber> subscribers = new TreeMap<>();
        Map<UUID, Integer> partitionCounts = new HashMap<>();
        for (ConsumerMember member : group.members()) {
            Set<UUID> topics = topicIds(member, turn.image());
            subscribers.put(
                    member.id(), new Subscriber(member.wish().groupInstanceId(), topics, group.target(member.id())));
            for (UUID topic : topics) {
                turn.image()
                        .topic(topic)
                        .ifPresent(info ->
                                partitionCounts.put(topic, info.partitions().size()));
            }
        }
        assignor().assign(subscribers, partitionCounts).forEach((memberId, partitions) -> {
            if (!partitions.equals(group.target(memberId))) {
                group.write(new GroupRecord.TargetAssignment(group.id(), memberId, partitions), turn);
            }
        });
        GroupRecord.ConsumerGroupState state = group.state();
        group.write(
                new GroupRecord.ConsumerGroupState(
                        group.id(),
                        state.groupEpoch(),
                        state.groupEpoch(),
                        state.subscriptionHash(),
                        state.emptySinceMs()),
                turn);
    }

    /** Brings the expressions up to date with members and topics; whether one stands for other topics than before. */
    private boolean resolve(Turn turn) {
        Set<String> wanted = new TreeSet<>();
        group.members().forEach(member -> expression(member).ifPresent(wanted::add));
        for (String known : Set.copyOf(group.expressions().keySet())) {
            if (!wanted.contains(known)) {
                group.write(new GroupRecord.RegexRemoved(group.id(), known), turn);
            }
        }
        boolean changed = false;
        for (String expression : wanted) {
            Set<String> topics = TopicExpression.of(expression).topics(turn.image());
            GroupRecord.ResolvedRegex known = group.expressions().get(expression);
            if (known == null || !known.topics().equals(topics)) {
                group.write(
                        new GroupRecord.ResolvedRegex(
                                group.id(), expression, topics, turn.image().index(), turn.nowMs()),
                        turn);
                changed = true;
            }
        }
        if (wanted.isEmpty()) {
            group.deadlines().cancel(group.id(), Kind.REGEX, "");
        } else {
            refreshLater(turn.nowMs());
        }
        return changed;
    }

    private void refreshLater(long nowMs) {
        group.deadlines()
                .set(group.id(), Kind.REGEX, "", nowMs + group.settings().regexRefreshIntervalMs());
    }

    /** Differs when a subscribed topic is created, deleted, created anew, or gets more partitions. */
    private long subscriptionHash(MetadataImage image) {
        Set<String> subscribed = new TreeSet<>();
        group.members().forEach(member -> subscribed.addAll(topics(member)));
        long hash = 0;
        for (String name : subscribed) {
            Optional<TopicInfo> topic = image.topic(name);
            if (topic.isPresent()) {
                for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
                    hash = mix(hash ^ letter);
                }
                UUID id = topic.get().id();
                hash = mix(hash ^ id.getMostSignificantBits());
                hash = mix(hash ^ id.getLeastSignificantBits());
                hash = mix(hash ^ topic.get().partitions().size());
            }
        }
        return hash;
    }

    /** A step that lets every bit of what came so far tell (the finalizer of SplitMix64). */
    private static long mix(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
