package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.MetadataImage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One shard of groups as its coordinator runs it. Memory changes at once; the records of a {@link Step} make the change
 * last, and until they are committed nobody may see its answers. Not safe for use by several threads at a time.
 *
 * <p>A coordinator that takes over calls {@link #replay} with every record of the shard in any order, then
 * {@link #loaded}; only then requests.
 */
public final class GroupMachine {

    private final Groups groups;
    private final ClassicGroups classic;
    private final ConsumerGroups consumer;
    private final OffsetRules offsets;
    private final OffsetExpiry expiry;

    /**
     * A shard without groups.
     *
     * @param randomIds for member ids that the coordinator hands out
     */
    public GroupMachine(GroupSettings settings, CommittedOffsets offsets, Supplier<UUID> randomIds) {
        this.groups = new Groups(settings, offsets, randomIds);
        this.classic = new ClassicGroups(groups);
        this.consumer = new ConsumerGroups(groups);
        this.expiry = new OffsetExpiry(groups);
        this.offsets = new OffsetRules(groups, expiry);
    }

    /** Takes in what an earlier coordinator wrote down. */
    public void replay(GroupRecord.Membership record) {
        switch (record) {
            case GroupRecord.ClassicGroupState state -> classic.replay(state);
            case GroupRecord.GroupRemoved removed -> groups.remove(removed.group());
            case GroupRecord.MembershipRemoved removed -> groups.remove(removed.group());
            default -> consumer.replay(record);
        }
    }

    /** Ends the loading: every member's session begins anew, for nobody can have heard of it meanwhile. */
    public void loaded(long nowMs) {
        groups.all().forEach(group -> group.loaded(nowMs));
        expiry.loaded(nowMs);
    }

    /**
     * Serves a request.
     *
     * @param ticket names the request in {@link Step.Answer}, of this step or of a later one
     */
    public Step handle(GroupRequest request, long ticket, long nowMs, MetadataImage image) {
        Turn turn = Turn.at(nowMs, image);
        switch (request) {
            case GroupRequest.Join join -> classic.join(join, ticket, turn);
            case GroupRequest.Sync sync -> classic.sync(sync, ticket, turn);
            case GroupRequest.Heartbeat heartbeat -> classic.heartbeat(heartbeat, ticket, turn);
            case GroupRequest.Leave leave -> classic.leave(leave, ticket, turn);
            case GroupRequest.DescribeClassic describe -> classic.describe(describe, ticket, turn);
            case GroupRequest.ConsumerHeartbeat heartbeat -> consumer.heartbeat(heartbeat, ticket, turn);
            case GroupRequest.DescribeConsumer describe -> consumer.describe(describe, ticket, turn);
            case GroupRequest.CommitOffsets commit -> offsets.commit(commit, ticket, turn);
            case GroupRequest.ReadOffsets read -> offsets.read(read, ticket, turn);
            case GroupRequest.DeleteOffsets delete -> offsets.delete(delete, ticket, turn);
            case GroupRequest.DeleteGroup delete -> offsets.deleteGroup(delete, ticket, turn);
        }
        return turn.out().build();
    }

    /** Does what is due: sessions and rebalances that time out, offsets that expire. */
    public Step tick(long nowMs, MetadataImage image) {
        Turn turn = Turn.at(nowMs, image);
        Optional<Deadlines.Deadline> passed = groups.deadlines().nextPassed(nowMs);
        while (passed.isPresent()) {
            Deadlines.Deadline deadline = passed.get();
            groups.find(deadline.group()).ifPresent(group -> group.passed(deadline, turn));
            passed = groups.deadlines().nextPassed(nowMs);
        }
        expiry.check(turn);
        return turn.out().build();
    }

    /** When {@link #tick} has something to do next, in the clock of its argument. */
    public OptionalLong nextTickMs() {
        OptionalLong deadline = groups.deadlines().earliestMs();
        OptionalLong check = expiry.nextCheckMs();
        if (deadline.isEmpty() || check.isEmpty()) {
            return deadline.isEmpty() ? check : deadline;
        }
        return OptionalLong.of(Math.min(deadline.getAsLong(), check.getAsLong()));
    }

    /** Takes away what is committed of topics that are no more. */
    public Step topicsDeleted(Set<String> topics, long nowMs) {
        Turn turn = Turn.at(nowMs, MetadataImage.EMPTY);
        expiry.topicsDeleted(topics, turn);
        return turn.out().build();
    }

    /** All groups, by id. */
    public List<GroupSummary> list() {
        return groups.all().stream().map(Group::summary).toList();
    }

    /** Settings that hold from now on. */
    public void settings(GroupSettings changed) {
        groups.settings(changed);
    }
}
