package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A client of a {@link TestShard} that speaks the classic protocol, step by step. */
final class ClassicClient {

    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    private final TestShard shard;
    private final String group;
    private Optional<String> instanceId = Optional.empty();
    private String protocolType = "consumer";
    private List<GroupRequest.Protocol> protocols = List.of(protocol("range", subscription("t")));
    private boolean memberIdRequired = true;
    private boolean maySkipAssignment = true;
    private int sessionMs = SESSION_MS;
    private String memberId = "";
    private GroupResponse.Joined joined;

    ClassicClient(TestShard shard, String group) {
        this.shard = shard;
        this.group = group;
    }

    ClassicClient instance(String instance) {
        instanceId = Optional.of(instance);
        return this;
    }

    ClassicClient protocolType(String type) {
        protocolType = type;
        return this;
    }

    ClassicClient protocols(GroupRequest.Protocol... changed) {
        protocols = Arrays.asList(changed);
        return this;
    }

    ClassicClient sessionMs(int ms) {
        sessionMs = ms;
        return this;
    }

    ClassicClient memberId(String id) {
        memberId = id;
        return this;
    }

    /** As clients before JoinGroup version 4. */
    ClassicClient old() {
        memberIdRequired = false;
        maySkipAssignment = false;
        return this;
    }

    static GroupRequest.Protocol protocol(String name, ByteString metadata) {
        return new GroupRequest.Protocol(name, metadata);
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** A consumer's metadata in version 0. */
    static ByteString subscription(String... topics) {
        ByteBuffer bytes = ByteBuffer.allocate(1_000).putShort((short) 0).putInt(topics.length);
        for (String topic : topics) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            bytes.putShort((short) name.length).put(name);
        }
        return ByteString.copyFrom(bytes.putInt(-1).flip());
    }

    /** Sends JoinGroup, twice if the coordinator gives an id first. */
    long join() {
        long ticket = sendJoin();
        if (shard.isAnswered(ticket) && shard.answer(ticket) instanceof GroupResponse.MemberIdRequired required) {
            memberId = required.memberId();
            return sendJoin();
        }
        return ticket;
    }

    long sendJoin() {
        return shard.send(new GroupRequest.Join(
                group,
                memberId,
                instanceId,
                "client",
                "/host",
                sessionMs,
                REBALANCE_MS,
                protocolType,
                protocols,
                memberIdRequired,
                maySkipAssignment));
    }

    /** Takes the answer to JoinGroup. */
    GroupResponse.Joined joined(long ticket) {
        assertThat(shard.answer(ticket)).isInstanceOf(GroupResponse.Joined.class);
        joined = (GroupResponse.Joined) shard.answer(ticket);
        memberId = joined.memberId();
        return joined;
    }

    long sync(Map<String, ByteString> assignments) {
        return shard.send(new GroupRequest.Sync(
                group,
                memberId,
                instanceId,
                joined.generation(),
                Optional.of(joined.protocolType()),
                Optional.of(joined.protocol()),
                assignments));
    }

    /** SyncGroup with an assignment for every member that tells them apart. */
    long syncAsLeader() {
        Map<String, ByteString> assignments = new TreeMap<>();
        joined.members().forEach(member -> assignments.put(member.memberId(), bytes("for " + member.memberId())));
        return sync(assignments);
    }

    long heartbeat() {
        return shard.send(new GroupRequest.Heartbeat(group, memberId, instanceId, joined.generation()));
    }

    GroupResponse leave() {
        return shard.call(new GroupRequest.Leave(group, List.of(new GroupRequest.LeavingMember(memberId, instanceId))));
    }

    GroupResponse commit(String topic, long offset) {
        return shard.call(new GroupRequest.CommitOffsets(
                group,
                memberId,
                instanceId,
                joined.generation(),
                Optional.empty(),
                List.of(new GroupRequest.OffsetToCommit(
                        shard.image().topic(topic).orElseThrow().id(), topic, 0, offset, -1, ""))));
    }

    String memberId() {
        return memberId;
    }

    int generation() {
        return joined.generation();
    }

    boolean leads() {
        return joined.leader().equals(memberId);
    }
}
