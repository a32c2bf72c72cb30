package io.barnabas.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Several faults on one link. */
class LinksTest {

    private static final LinkCondition CUT = new LinkCondition.Cut();
    private static final LinkCondition LOSSY = new LinkCondition.Lossy(8);
    private static final LinkCondition SLOW = new LinkCondition.Slow(256);
    private static final Link LINK = new Link(1, 2);

    private final RecordedNetwork network = new RecordedNetwork();
    private final Links links = new Links(network);

    @Test
    void theWorstConditionHolds() {
        links.impose(1, Set.of(LINK), SLOW);
        links.impose(2, Set.of(LINK), CUT);
        links.impose(3, Set.of(LINK), LOSSY);
        assertThat(network.now).containsExactly(Map.entry(LINK, CUT));

        links.lift(2);
        assertThat(network.now).containsExactly(Map.entry(LINK, LOSSY));

        links.lift(3);
        assertThat(network.now).containsExactly(Map.entry(LINK, SLOW));

        links.lift(1);
        assertThat(network.now).isEmpty();
    }

    @Test
    void ofTwoOfAKindTheWorseHolds() {
        links.impose(1, Set.of(LINK), new LinkCondition.Lossy(32));
        links.impose(2, Set.of(LINK), new LinkCondition.Lossy(4));

        assertThat(network.now).containsExactly(Map.entry(LINK, new LinkCondition.Lossy(4)));
    }

    @Test
    void eachDirectionIsALinkOfItsOwn() {
        links.impose(1, Set.of(LINK), CUT);

        assertThat(network.now).doesNotContainKey(LINK.back());
        assertThat(Link.between(Set.of(1), Set.of(2, 3)))
                .containsExactlyInAnyOrder(LINK, LINK.back(), new Link(1, 3), new Link(3, 1));
    }

    /** Remembers what it was told. */
    private static final class RecordedNetwork implements Network {
        private final Map<Link, LinkCondition> now = new HashMap<>();

        @Override
        public boolean hasLinks() {
            return true;
        }

        @Override
        public String description() {
            return "none";
        }

        @Override
        public String host(int node) {
            return "none";
        }

        @Override
        public int port(int node, int which) {
            return 0;
        }

        @Override
        public List<String> inside(int node, List<String> words) {
            return words;
        }

        @Override
        public void set(Link link, Optional<LinkCondition> condition) {
            condition.ifPresentOrElse(present -> now.put(link, present), () -> now.remove(link));
        }

        @Override
        public void close() {}
    }
}
