package io.barnabas.net.raft;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.awaitility.core.ConditionTimeoutException;

/** The promises of Raft (Ongaro, figure 3.2), looked for in servers that run. */
final class LedgerChecks {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final LedgerCluster cluster;
    private final LedgerWriter writer;
    private final Violations violations;
    private final Map<String, String> leaders = new HashMap<>();
    private final Map<String, Long> commits = new HashMap<>();

    LedgerChecks(LedgerCluster cluster, LedgerWriter writer) {
        this.cluster = cluster;
        this.writer = writer;
        this.violations = cluster.violations;
    }

    /** Looks at who leads and what is committed; to be called often. */
    synchronized void sample() {
        for (RaftGroup group : cluster.groups) {
            for (String node : cluster.nodes()) {
                try {
                    sample(group, node, cluster.division(node, group));
                } catch (IOException e) {
                    // It does not run now; its commit index begins anew.
                    commits.remove(node + group.getGroupId());
                }
            }
        }
    }

    private void sample(RaftGroup group, String node, RaftServer.Division division) {
        long term;
        boolean leads;
        // Its monitor: a leader that sees a newer term takes the term over first and steps down then.
        synchronized (division) {
            term = division.getInfo().getCurrentTerm();
            leads = division.getInfo().isLeader() && division.getInfo().isAlive();
        }
        if (leads) {
            String other = leaders.putIfAbsent(group.getGroupId() + " term " + term, node);
            if (other != null && !other.equals(node)) {
                violations.add(group.getGroupId() + " has two leaders in term " + term + ": " + other + ", " + node);
            }
        }
        long commit = division.getRaftLog().getLastCommittedIndex();
        Long before = commits.put(node + group.getGroupId(), commit);
        if (before != null && commit < before) {
            violations.add("the commit index of " + node + " goes back from " + before + " to " + commit);
        }
    }

    /** Log matching: an entry that two logs hold is the same in both, and so are all before it. */
    void logsMatch() throws IOException {
        for (RaftGroup group : cluster.groups) {
            Map<String, TreeMap<Long, LogEntryProto>> logs = new TreeMap<>();
            for (String node : cluster.nodes()) {
                logs.put(node, stableLog(cluster.division(node, group).getRaftLog()));
            }
            logs.forEach((one, first) -> logs.forEach((other, second) -> {
                if (one.compareTo(other) < 0) {
                    match(one, first, other, second);
                }
            }));
        }
    }

    private void match(
            String one, TreeMap<Long, LogEntryProto> first, String other, TreeMap<Long, LogEntryProto> second) {
        boolean agreed = false;
        for (long index : first.descendingKeySet()) {
            LogEntryProto a = first.get(index);
            LogEntryProto b = second.get(index);
            if (b == null) {
                continue;
            }
            if (a.getTerm() == b.getTerm()) {
                agreed = true;
                if (!a.equals(b)) {
                    violations.add("the logs of " + one + " and " + other + " hold different entries at "
                            + TermIndex.valueOf(a));
                }
            } else if (agreed) {
                violations.add("the logs of " + one + " and " + other + " agree behind " + index + " but hold "
                        + TermIndex.valueOf(a) + " and " + TermIndex.valueOf(b));
            }
        }
    }

    /** A log that did not change while it was read. */
    private static TreeMap<Long, LogEntryProto> stableLog(RaftLog log) {
        return await().atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptions()
                .until(
                        () -> {
                            TreeMap<Long, LogEntryProto> once = read(log);
                            return once.equals(read(log))
                                    ? Optional.of(once)
                                    : Optional.<TreeMap<Long, LogEntryProto>>empty();
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    private static TreeMap<Long, LogEntryProto> read(RaftLog log) throws IOException {
        TreeMap<Long, LogEntryProto> entries = new TreeMap<>();
        for (long index = log.getStartIndex(); index < log.getNextIndex(); index++) {
            LogEntryProto entry = log.get(index);
            if (entry == null) {
                throw new IOException("no entry at " + index);
            }
            entries.put(index, withoutClaim(entry));
        }
        return entries;
    }

    /** In memory an entry may hold the claim on its payload, from the disk it comes without. */
    private static LogEntryProto withoutClaim(LogEntryProto entry) {
        if (!entry.hasStateMachineLogEntry()) {
            return entry;
        }
        LogEntryProto.Builder builder = entry.toBuilder();
        builder.getStateMachineLogEntryBuilder().clearStateMachineEntry();
        return builder.build();
    }

    /** Liveness: what was asked is answered without anything new; then every group takes a write and all apply it. */
    void progress() {
        try {
            await().atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> writer.neverAnswered().isEmpty());
        } catch (ConditionTimeoutException e) {
            violations.add("never answered: " + writer.neverAnswered());
        }
        for (RaftGroup group : cluster.groups) {
            try {
                await().atMost(PATIENCE).pollInterval(POLL).ignoreExceptions().until(() -> {
                    Optional<String> leader = cluster.leader(group);
                    if (leader.isEmpty()) {
                        return false;
                    }
                    RaftClientReply reply =
                            writer.write(group, leader.get(), writer.line(100)).get(2, TimeUnit.SECONDS);
                    return reply.isSuccess();
                });
                await().atMost(PATIENCE).pollInterval(POLL).ignoreExceptions().until(() -> allApplied(group));
            } catch (ConditionTimeoutException e) {
                violations.add("no progress after all is well again: " + state(group));
            }
        }
    }

    private boolean allApplied(RaftGroup group) throws IOException {
        Set<TermIndex> last = new HashSet<>();
        for (String node : cluster.nodes()) {
            RaftServer.Division division = cluster.division(node, group);
            TermIndex end = division.getRaftLog().getLastEntryTermIndex();
            last.add(end == null ? division.getStateMachine().getLastAppliedTermIndex() : end);
            last.add(division.getStateMachine().getLastAppliedTermIndex());
        }
        return last.size() == 1;
    }

    private String state(RaftGroup group) {
        StringBuilder text = new StringBuilder();
        for (String node : cluster.nodes()) {
            try {
                RaftServer.Division division = cluster.division(node, group);
                text.append('\n')
                        .append(division.getInfo().getLifeCycleState())
                        .append(' ')
                        .append(division)
                        .append(" applied ")
                        .append(division.getStateMachine().getLastAppliedTermIndex());
            } catch (IOException e) {
                text.append('\n').append(node).append(' ').append(e);
            }
        }
        return text.toString();
    }

    /** Nothing acknowledged is lost or elsewhere, nothing is applied twice or out of nowhere; all apply the same. */
    void nothingLost() {
        // What was asked over the network and given up may still arrive, and be acknowledged, from here on.
        List<LedgerWriter.Ack> acks = writer.acks();
        Map<RaftGroupId, Map<Long, String>> places = new HashMap<>();
        for (RaftGroup group : cluster.groups) {
            awaitSameEverywhere(group);
            for (String node : cluster.nodes()) {
                Map<Long, String> there = onceEach(node, applied(node, group));
                places.putIfAbsent(group.getGroupId(), there);
                await().atMost(PATIENCE).until(() -> cluster.payloads(node).waiting() == 0);
            }
        }
        for (LedgerWriter.Ack ack : acks) {
            String there = places.get(ack.group()).get(ack.index());
            if (!ack.line().equals(there)) {
                violations.add(ack + " was acknowledged, there is " + there);
            }
        }
    }

    private void awaitSameEverywhere(RaftGroup group) {
        try {
            await().atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> differences(group).isEmpty());
        } catch (ConditionTimeoutException e) {
            differences(group).forEach(violations::add);
        }
    }

    private List<String> differences(RaftGroup group) {
        List<String> differences = new ArrayList<>();
        List<LedgerMachine.Applied> first = applied(cluster.nodes().getFirst(), group);
        for (String node : cluster.nodes()) {
            List<LedgerMachine.Applied> other = applied(node, group);
            if (!first.equals(other)) {
                differences.add(node + " applied " + difference(first, other));
            }
        }
        return differences;
    }

    private List<LedgerMachine.Applied> applied(String node, RaftGroup group) {
        return cluster.machine(node, group.getGroupId()).applied();
    }

    private static String difference(List<LedgerMachine.Applied> first, List<LedgerMachine.Applied> other) {
        for (int i = 0; i < Math.min(first.size(), other.size()); i++) {
            if (!first.get(i).equals(other.get(i))) {
                return other.get(i) + " where the first node applied " + first.get(i);
            }
        }
        return other.size() + " lines where the first node applied " + first.size();
    }

    private Map<Long, String> onceEach(String node, List<LedgerMachine.Applied> applied) {
        Map<Long, String> places = new HashMap<>();
        Set<String> lines = new HashSet<>();
        long last = -1;
        for (LedgerMachine.Applied one : applied) {
            if (!lines.add(one.line())) {
                violations.add(node + " applied " + one + " twice");
            }
            if (!writer.wasSubmitted(one.line())) {
                violations.add(node + " applied " + one + ", which nobody asked for");
            }
            if (one.index() <= last) {
                violations.add(node + " applied " + one + " after index " + last);
            }
            last = one.index();
            places.put(one.index(), one.line());
        }
        return places;
    }
}
