package io.barnabas.net.node;

import io.barnabas.net.node.NodeKey.Type;
import io.barnabas.net.raft.RaftTls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The keys of {@code node.properties} about TLS between the nodes' Raft servers: all of them or none. */
final class RaftSslKeys {

    private static final NodeKey CERTIFICATE_CHAIN = file(
            "raft.ssl.certificate.chain.location",
            "PEM file with the node's certificate and those between it and a trusted one. With the other two keys of"
                    + " raft.ssl Raft servers talk TLS 1.3 to each other, and each must show a certificate. Set on"
                    + " every node or on none.");

    private static final NodeKey PRIVATE_KEY = file(
            "raft.ssl.private.key.location",
            "PEM file (PKCS#8, not encrypted) with the key of the node's certificate.");

    private static final NodeKey TRUSTED = file(
            "raft.ssl.trust.certificates.location",
            "PEM file with the certificates that vouch for those of the nodes. It must not vouch for anybody else.");

    private RaftSslKeys() {}

    private static NodeKey file(String name, String documentation) {
        return new NodeKey(
                name,
                Type.STRING,
                false,
                Optional.empty(),
                new NodeKey.Rule("a file", value -> !value.isEmpty()),
                documentation);
    }

    static List<NodeKey> all() {
        return List.of(CERTIFICATE_CHAIN, PRIVATE_KEY, TRUSTED);
    }

    /** What is wrong with the keys together. */
    static Optional<String> problem(Map<String, String> effective) {
        List<String> set =
                all().stream().map(NodeKey::name).filter(effective::containsKey).toList();
        return set.isEmpty() || set.size() == all().size()
                ? Optional.empty()
                : Optional.of(set.getFirst() + "=" + effective.get(set.getFirst())
                        + " is refused; allowed are all keys of raft.ssl or none");
    }

    /** What valid settings say. */
    static Optional<RaftTls> read(Map<String, String> effective, Function<String, Path> path) {
        return effective.containsKey(CERTIFICATE_CHAIN.name())
                ? Optional.of(new RaftTls(
                        path.apply(effective.get(CERTIFICATE_CHAIN.name())),
                        path.apply(effective.get(PRIVATE_KEY.name())),
                        path.apply(effective.get(TRUSTED.name()))))
                : Optional.empty();
    }
}
