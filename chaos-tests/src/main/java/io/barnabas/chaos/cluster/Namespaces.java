package io.barnabas.chaos.cluster;

import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Each node in a network namespace of its own, with one end of a veth pair; the other ends hang on a bridge, beside
 * which the clients are. Needs root, {@code ip} and {@code tc} (iproute2),
 * and {@code nsenter} (util-linux).
 *
 * <p>What befalls the link from A to B befalls packets with A's address on their way out of the bridge to B: an htb
 * queue there has a class that drops everything, a narrow one for each sender, and filters that lead into them. So the
 * sender's kernel never hears of a loss, as on a real network. Only IP packets are touched, and clients reach all nodes.
 */
final class Namespaces implements Network {

    private static final String SPACES = "/var/run/netns/";
    private static final String SPACE = "barnabas-chaos-";
    private static final String BRIDGE = "bb";
    private static final String VETH = "bv";
    private static final int LAST_SUBNET = 250;
    private static final int CLIENT_PORT = 9092;
    private static final int[] PORTS = {CLIENT_PORT, 9192, 9193};
    private static final String WHOLE = "1:1";
    private static final String DROPPED = "1:2";
    /** A filter's priority is its name: this much above the sender's id. */
    private static final int FIRST_PRIORITY = 100;
    /** A narrow class' number, in hexadecimal digits, is this much above the sender's id. */
    private static final int FIRST_NARROW_CLASS = 0x10;

    private final RunTag tag;
    private final int nodes;
    private final String subnet;
    private final Set<Link> filtered = new HashSet<>();

    private Namespaces(RunTag tag, int nodes, String subnet) {
        this.tag = tag;
        this.nodes = nodes;
        this.subnet = subnet;
    }

    /**
     * Makes the namespaces of nodes 1 and up.
     *
     * @throws HostCommandException when the host does not allow it
     */
    static Namespaces create(int nodes) {
        removeLeftovers();
        Namespaces made = new Namespaces(RunTag.next(), nodes, freeSubnet());
        try {
            made.build();
        } catch (HostCommandException e) {
            made.close();
            throw e;
        }
        return made;
    }

    private void build() {
        ip("link add " + bridge() + " type bridge");
        ip("addr add " + subnet + ".254/24 dev " + bridge());
        ip("link set " + bridge() + " up");
        for (int node = 1; node <= nodes; node++) {
            ip("netns add " + space(node));
            ip("link add " + veth(node) + " type veth peer name eth0 netns " + space(node));
            ip("link set " + veth(node) + " master " + bridge() + " up");
            ip("-n " + space(node) + " addr add " + host(node) + "/24 dev eth0");
            ip("-n " + space(node) + " link set lo up");
            ip("-n " + space(node) + " link set eth0 up");
            tc("qdisc add dev " + veth(node) + " root handle 1: htb default 1");
            tc("class add dev " + veth(node) + " parent 1: classid " + WHOLE + " htb rate 10gbit quantum 60000");
            tc("class add dev " + veth(node) + " parent 1: classid " + DROPPED + " htb rate 10gbit quantum 60000");
            tc("qdisc add dev " + veth(node) + " parent " + DROPPED + " handle 2: pfifo limit 0");
        }
    }

    private static String freeSubnet() {
        try {
            Set<String> taken = new HashSet<>();
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(address -> taken.add(address.getHostAddress()));
            int start = (int) (ProcessHandle.current().pid() % LAST_SUBNET);
            for (int i = 0; i < LAST_SUBNET; i++) {
                String subnet = "10.213." + ((start + i) % LAST_SUBNET + 1);
                if (taken.stream().noneMatch(address -> address.startsWith(subnet + "."))) {
                    return subnet;
                }
            }
        } catch (SocketException e) {
            throw new HostCommandException("cannot list the network interfaces: " + e.getMessage(), e);
        }
        throw new HostCommandException("no free subnet below 10.213.0.0/16");
    }

    @Override
    public boolean hasLinks() {
        return true;
    }

    @Override
    public String description() {
        return "each node in a network namespace of its own, " + subnet + ".0/24";
    }

    @Override
    public String host(int node) {
        return subnet + "." + node;
    }

    @Override
    public int port(int node, int which) {
        return PORTS[which];
    }

    @Override
    public List<String> inside(int node, List<String> words) {
        // It becomes the command itself: the process has the same id. "ip netns exec" would give it a namespace of
        // mounts too, in which other nodes' disks stay mounted.
        List<String> inside = new ArrayList<>(List.of("nsenter", "--net=" + SPACES + space(node)));
        inside.addAll(words);
        return inside;
    }

    @Override
    public void set(Link link, Optional<LinkCondition> condition) {
        String device = veth(link.to());
        String priority = " prio " + (FIRST_PRIORITY + link.from());
        if (filtered.remove(link)) {
            tc("filter del dev " + device + " parent 1: protocol ip" + priority);
        }
        condition.ifPresent(present -> {
            String filter = "filter add dev " + device + " parent 1: protocol ip" + priority + " u32 match ip src "
                    + host(link.from()) + "/32 ";
            switch (present) {
                case LinkCondition.Cut cut -> tc(filter + "flowid " + DROPPED);
                // Each packet of a connection has the next number in its IP header, one sent again has a new one.
                case LinkCondition.Lossy lossy ->
                    tc(filter + "match u16 0x0001 0x" + Integer.toHexString(lossy.oneIn() - 1) + " at 4 flowid "
                            + DROPPED);
                case LinkCondition.Slow slow -> {
                    String narrow = "1:" + Integer.toHexString(FIRST_NARROW_CLASS + link.from());
                    tc("class replace dev " + device + " parent 1: classid " + narrow + " htb rate "
                            + slow.kilobitsPerSecond() + "kbit burst 4k");
                    tc("qdisc replace dev " + device + " parent " + narrow + " pfifo limit 10000");
                    tc(filter + "flowid " + narrow);
                }
            }
            filtered.add(link);
        });
    }

    @Override
    public void close() {
        for (int node = 1; node <= nodes; node++) {
            remove(space(node));
            HostCommand.attempt("ip", "link", "del", veth(node));
        }
        HostCommand.attempt("ip", "link", "del", bridge());
    }

    /** Takes away what runs made whose process is gone: namespaces with all that runs inside, and their bridges. */
    private static void removeLeftovers() {
        Set<String> dead = new TreeSet<>();
        for (String line : HostCommand.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", 2)[0];
            if (name.startsWith(SPACE)) {
                RunTag.in(name).filter(RunTag::isDead).ifPresent(tag -> {
                    remove(name);
                    dead.add(tag.toString());
                });
            }
        }
        dead.forEach(tag -> HostCommand.attempt("ip", "link", "del", BRIDGE + tag));
    }

    private static void remove(String space) {
        if (!HostCommand.attempt("ip", "netns", "pids", space)) {
            return;
        }
        HostCommand.run("ip", "netns", "pids", space)
                .lines()
                .forEach(
                        pid -> ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly));
        HostCommand.attempt("ip", "netns", "del", space);
    }

    private String bridge() {
        return BRIDGE + tag;
    }

    private String veth(int node) {
        return VETH + tag + "-" + node;
    }

    private String space(int node) {
        return SPACE + tag + "-" + node;
    }

    private static void ip(String words) {
        HostCommand.run(("ip " + words).split(" "));
    }

    private static void tc(String words) {
        HostCommand.run(("tc " + words).split(" "));
    }
}
