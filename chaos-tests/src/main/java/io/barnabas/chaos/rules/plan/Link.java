package io.barnabas.chaos.rules.plan;

import java.util.LinkedHashSet;
import java.util.Set;

/** The way of packets from one node to another; the way back is another link. */
public record Link(int from, int to) {

    public Link {
        if (from == to) {
            throw new IllegalArgumentException("node " + from + " has no link to itself");
        }
    }

    /** The link of the opposite direction. */
    public Link back() {
        return new Link(to, from);
    }

    /** All links from a node of {@code senders} to a node of {@code receivers}. */
    public static Set<Link> from(Set<Integer> senders, Set<Integer> receivers) {
        Set<Link> links = new LinkedHashSet<>();
        for (int sender : senders) {
            for (int receiver : receivers) {
                if (sender != receiver) {
                    links.add(new Link(sender, receiver));
                }
            }
        }
        return links;
    }

    /** All links between the two sets of nodes, in both directions. */
    public static Set<Link> between(Set<Integer> some, Set<Integer> others) {
        Set<Link> links = from(some, others);
        links.addAll(from(others, some));
        return links;
    }

    @Override
    public String toString() {
        return "link " + from + ">" + to;
    }
}
