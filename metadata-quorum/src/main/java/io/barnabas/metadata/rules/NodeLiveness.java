package io.barnabas.metadata.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the quorum's leader last heard each node, and who is to be fenced or unfenced. Kept by the leader alone, never
 * replicated: a new leader gives everybody a full timeout.
 */
public final class NodeLiveness {

    private static final int SUSPECT_DIVISOR = 4;

    private final long timeoutMs;
    private final Map<Integer, Heard> heard = new HashMap<>();
    private long term = -1;
    private long judgedAtMs;

    /**
     * The last heartbeat; {@code whileFenced} tells a return from the last words of a node that said good-bye.
     *
     * @param assumed whether nothing was heard in fact: a new leader begins to count then
     */
    private record Heard(long epoch, long atMs, boolean whileFenced, boolean assumed) {}

    /**
     * A liveness that has heard nobody.
     *
     * @param timeoutMs a node silent for longer is fenced
     */
    public NodeLiveness(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /** A heartbeat; false when the epoch is not the one registered, so that the node registers again. */
    public boolean heartbeat(MetadataImage image, int nodeId, long epoch, long nowMs) {
        NodeInfo node = image.nodes().get(nodeId);
        if (node == null || node.epoch() != epoch) {
            return false;
        }
        heard.put(nodeId, new Heard(epoch, nowMs, node.fenced(), false));
        return true;
    }

    /**
     * The commands that bring the image in line with what was heard; to be asked several times per timeout.
     *
     * @param leaderTerm the Raft term in which the caller leads
     */
    public List<MetadataCommand> verdicts(MetadataImage image, long leaderTerm, long nowMs) {
        boolean slept = nowMs - judgedAtMs > timeoutMs / 2;
        if (leaderTerm != term || slept) {
            // In between another may have led, or this process was stopped and could hear nobody.
            heard.clear();
            term = leaderTerm;
        }
        judgedAtMs = nowMs;
        heard.keySet().retainAll(image.nodes().keySet());
        List<MetadataCommand> commands = new ArrayList<>();
        for (NodeInfo node : image.nodes().values()) {
            verdict(node, nowMs, commands);
        }
        return commands;
    }

    /**
     * Nodes that may be gone, judging by less than the whole timeout: worth to be looked at. To be asked after
     * {@link #verdicts}.
     */
    public List<NodeInfo> suspects(MetadataImage image, long nowMs) {
        return image.nodes().values().stream()
                .filter(node -> isSuspect(image, node.id(), node.epoch(), nowMs))
                .toList();
    }

    /** Whether the node, in that registration, is unfenced and was not heard for a quarter of the timeout, or ever. */
    public boolean isSuspect(MetadataImage image, int nodeId, long epoch, long nowMs) {
        NodeInfo node = image.nodes().get(nodeId);
        Heard last = heard.get(nodeId);
        return node != null
                && !node.fenced()
                && node.epoch() == epoch
                && last != null
                && last.epoch() == epoch
                && (last.assumed() || nowMs - last.atMs() > timeoutMs / SUSPECT_DIVISOR);
    }

    private void verdict(NodeInfo node, long nowMs, List<MetadataCommand> commands) {
        Heard last = heard.get(node.id());
        if (last == null || last.epoch() != node.epoch()) {
            // A fenced node must be heard once to come back; an unfenced one has its timeout from now on.
            if (!node.fenced()) {
                heard.put(node.id(), new Heard(node.epoch(), nowMs, false, true));
            }
            return;
        }
        boolean silent = nowMs - last.atMs() > timeoutMs;
        if (silent && !node.fenced()) {
            commands.add(new MetadataCommand.FenceNode(node.id(), node.epoch()));
        } else if (!silent && node.fenced() && last.whileFenced()) {
            commands.add(new MetadataCommand.UnfenceNode(node.id(), node.epoch()));
        }
    }
}
