package io.barnabas.chaos.cluster;

import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.util.List;
import java.util.Optional;

/** Where the nodes of a cluster listen, and what lies between them. */
public interface Network extends AutoCloseable {

    /** Whether there are links that something can befall. */
    boolean hasLinks();

    /** In words, for who starts a run. */
    String description();

    /** The address of a node. */
    String host(int node);

    /** The port at which a node listens: 0 for clients, 1 and 2 for the others. */
    int port(int node, int which);

    /** The words that run a command where the node lives. */
    List<String> inside(int node, List<String> words);

    /** From now on the link is in this condition; whole when empty. */
    void set(Link link, Optional<LinkCondition> condition);

    /** Takes it away; what ran inside has ended before. */
    @Override
    void close();
}
