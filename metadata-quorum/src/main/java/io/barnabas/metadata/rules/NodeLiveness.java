package io.barnabas.metadata.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** When the quorum's leader last heard each node, and who is to be fenced or unfenced. Kept by the leader alone. */
public final class NodeLiveness {

    private final long timeoutMs;
    private final Map<Integer, Heard> heard = new HashMap<>();

    private record Heard(long epoch, long atMs) {}

    /**
     * A liveness that has heard nobody.
     *
     * @param timeoutMs a node silent for longer is fenced
     */
    public NodeLiveness(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /** A new leader knows nothing of the past and gives everybody a full timeout. */
    public void reset() {
        heard.clear();
    }

    /** A heartbeat; false when the epoch is not the one registered, so that the node registers again. */
    public boolean heartbeat(MetadataImage image, int nodeId, long epoch, long nowMs) {
        boolean known = image.node(nodeId).map(node -> node.epoch() == epoch).orElse(false);
        if (known) {
            heard.put(nodeId, new Heard(epoch, nowMs));
        }
        return known;
    }

    /** The commands that bring the image in line with what was heard. */
    public List<MetadataCommand> verdicts(MetadataImage image, long nowMs) {
        List<MetadataCommand> commands = new ArrayList<>();
        for (NodeInfo node : image.nodes().values()) {
            Heard last = heard.get(node.id());
            if (last == null || last.epoch() != node.epoch()) {
                // A fenced node must be heard once to come back; an unfenced one has its timeout from now on.
                if (!node.fenced()) {
                    heard.put(node.id(), new Heard(node.epoch(), nowMs));
                }
                continue;
            }
            boolean silent = nowMs - last.atMs() > timeoutMs;
            if (silent && !node.fenced()) {
                commands.add(new MetadataCommand.FenceNode(node.id(), node.epoch()));
            } else if (!silent && node.fenced()) {
                commands.add(new MetadataCommand.UnfenceNode(node.id(), node.epoch()));
            }
        }
        return commands;
    }
}
