package io.barnabas.metadata.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeLivenessTest {

    private static final long TIMEOUT = 3_000;
    private static final long TERM = 4;
    private static final long EPOCH = 10;

    private final NodeLiveness liveness = new NodeLiveness(TIMEOUT);
    private MetadataImage image = MetadataImage.EMPTY.withNode(node(1, EPOCH, false));
    private long now = 1_000_000;

    @Test
    void aSilentNodeIsFencedAfterTheTimeoutAndNotBefore() {
        assertThat(judge()).isEmpty();
        assertThat(pass(TIMEOUT)).isEmpty();
        assertThat(pass(1)).containsExactly(new MetadataCommand.FenceNode(1, EPOCH));
    }

    @Test
    void aNodeIsSuspectUntilItIsHeardAndWhenItHasBeenSilentForAWhile() {
        judge();
        assertThat(liveness.suspects(image, now)).extracting(NodeInfo::id).containsExactly(1);
        beat(1, EPOCH);
        assertThat(liveness.suspects(image, now + TIMEOUT / 4)).isEmpty();
        assertThat(liveness.isSuspect(image, 1, EPOCH, now + TIMEOUT / 4 + 1)).isTrue();
        assertThat(liveness.isSuspect(image, 1, EPOCH - 1, now + TIMEOUT / 4 + 1))
                .isFalse();
        image = MetadataImage.EMPTY.withNode(node(1, EPOCH, true));
        assertThat(liveness.suspects(image, now + TIMEOUT)).isEmpty();
    }

    @Test
    void heartbeatsKeepANodeUnfenced() {
        judge();
        for (int i = 0; i < 20; i++) {
            assertThat(pass(1_000)).isEmpty();
            assertThat(beat(1, EPOCH)).isTrue();
        }
    }

    @Test
    void heartbeatsOfUnknownNodesAndFormerEpochsCountForNothing() {
        judge();
        assertThat(beat(2, EPOCH)).isFalse();
        pass(TIMEOUT - 100);
        assertThat(beat(1, EPOCH - 1)).isFalse();
        assertThat(pass(101)).containsExactly(new MetadataCommand.FenceNode(1, EPOCH));
    }

    @Test
    void aFencedNodeComesBackWhenHeard() {
        image = MetadataImage.EMPTY.withNode(node(1, EPOCH, true));
        assertThat(judge()).isEmpty();
        assertThat(pass(10 * TIMEOUT)).isEmpty();
        beat(1, EPOCH);
        assertThat(pass(100)).containsExactly(new MetadataCommand.UnfenceNode(1, EPOCH));
    }

    @Test
    void aNodeThatSaidGoodByeStaysFencedThoughItWasJustHeard() {
        judge();
        beat(1, EPOCH);
        image = MetadataImage.EMPTY.withNode(node(1, EPOCH, true));
        assertThat(pass(100)).isEmpty();
        assertThat(pass(TIMEOUT * 2)).isEmpty();
    }

    @Test
    void aNewTermGivesEverybodyAFullTimeout() {
        judge();
        assertThat(pass(TIMEOUT)).isEmpty();
        now += 10;
        assertThat(liveness.verdicts(image, TERM + 1, now)).isEmpty();
        assertThat(passIn(TERM + 1, TIMEOUT)).isEmpty();
        assertThat(passIn(TERM + 1, 1)).containsExactly(new MetadataCommand.FenceNode(1, EPOCH));
    }

    @Test
    void aLeaderThatSleptItselfBlamesNobody() {
        judge();
        beat(1, EPOCH);
        now += 60_000;
        assertThat(judge()).isEmpty();
        assertThat(pass(TIMEOUT)).isEmpty();
        assertThat(pass(1)).containsExactly(new MetadataCommand.FenceNode(1, EPOCH));
    }

    @Test
    void aNodeThatRegistersAnewHasANewTimeout() {
        judge();
        pass(TIMEOUT - 1);
        image = MetadataImage.EMPTY.withNode(node(1, EPOCH + 5, false));
        assertThat(pass(TIMEOUT)).isEmpty();
        assertThat(pass(TIMEOUT + 1)).containsExactly(new MetadataCommand.FenceNode(1, EPOCH + 5));
    }

    @Test
    void aNodeThatIsGoneIsForgotten() {
        judge();
        image = MetadataImage.EMPTY;
        assertThat(pass(TIMEOUT + 1)).isEmpty();
    }

    private List<MetadataCommand> judge() {
        return liveness.verdicts(image, TERM, now);
    }

    private boolean beat(int node, long epoch) {
        return liveness.heartbeat(image, node, epoch, now);
    }

    private List<MetadataCommand> pass(long ms) {
        return passIn(TERM, ms);
    }

    /** Time goes by while the leader judges every 100 ms; the last verdicts. */
    private List<MetadataCommand> passIn(long term, long ms) {
        List<MetadataCommand> verdicts = List.of();
        for (long left = ms; left > 0; left -= 100) {
            now += Math.min(100, left);
            verdicts = liveness.verdicts(image, term, now);
        }
        return verdicts;
    }

    private static NodeInfo node(int id, long epoch, boolean fenced) {
        return new NodeInfo(id, new UUID(0, epoch), epoch, List.of(), "h:1", "h:2", Optional.empty(), !fenced, fenced);
    }
}
