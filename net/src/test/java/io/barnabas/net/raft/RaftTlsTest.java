package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftTlsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSWORD = "changeit";

    @TempDir
    Path directory;

    @Test
    void nodesWithCertificatesReplicate() throws Exception {
        List<RaftTls> tls = certified("1", "2", "3");
        try (LocalServers servers = servers(tls)) {
            servers.startAll();
            String leader = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(servers::leader, Optional::isPresent)
                    .orElseThrow();
            assertThat(servers.propose(leader, "secret")
                            .get(20, TimeUnit.SECONDS)
                            .isSuccess())
                    .isTrue();
            for (String id : List.of("1", "2", "3")) {
                await().atMost(PATIENCE).until(() -> servers.lines(id).equals(List.of("secret")));
            }
            assertThat(answersInTheClear(servers)).isFalse();
        }
    }

    @Test
    void aNodeWithoutATrustedCertificateTakesNoPart() throws Exception {
        List<RaftTls> tls = new ArrayList<>(certified("1", "2"));
        // It trusts the others, but they do not trust it.
        RaftTls own = stranger("3");
        tls.add(new RaftTls(
                own.certificateChain(), own.privateKey(), tls.getFirst().trusted()));
        try (LocalServers servers = servers(tls)) {
            servers.startAll();
            String leader = await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(servers::leader, Optional::isPresent)
                    .orElseThrow();
            assertThat(leader).isNotEqualTo("3");
            assertThat(servers.propose(leader, "secret")
                            .get(20, TimeUnit.SECONDS)
                            .isSuccess())
                    .isTrue();
            String other = leader.equals("1") ? "2" : "1";
            await().atMost(PATIENCE).until(() -> servers.lines(other).equals(List.of("secret")));
            assertThat(servers.lines("3")).isEmpty();
        }
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> new RaftTransport(LocalServers.config(
                        LocalServers.CLUSTER,
                        "1",
                        12_000,
                        Optional.of(new RaftTls(missing, missing, missing)),
                        EntryPayloads.NONE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing.toString());
    }

    private LocalServers servers(List<RaftTls> tls) throws IOException {
        return new LocalServers(
                directory.resolve("raft"),
                3,
                raft -> {},
                (id, port) -> LocalServers.transport(
                        LocalServers.config(
                                LocalServers.CLUSTER,
                                id,
                                port,
                                Optional.of(tls.get(Integer.parseInt(id) - 1)),
                                EntryPayloads.NONE),
                        null));
    }

    private static boolean answersInTheClear(LocalServers servers) throws IOException {
        String address = servers.group.getPeers().iterator().next().getAddress();
        try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {0, 0, 0, 1, FrameType.HELLO.code()});
            int first = socket.getInputStream().read();
            // An alert of TLS, or nothing.
            return first != -1 && first != 21;
        }
    }

    /** Nodes with keys of their own that trust each other's certificates and no others. */
    private List<RaftTls> certified(String... ids) throws IOException, GeneralSecurityException, InterruptedException {
        StringBuilder trusted = new StringBuilder();
        List<RaftTls> certified = new ArrayList<>();
        Path trust = directory.resolve("trusted.pem");
        for (String id : ids) {
            RaftTls own = stranger(id);
            trusted.append(Files.readString(own.certificateChain()));
            certified.add(new RaftTls(own.certificateChain(), own.privateKey(), trust));
        }
        Files.writeString(trust, trusted);
        return certified;
    }

    private RaftTls stranger(String id) throws IOException, GeneralSecurityException, InterruptedException {
        Path store = directory.resolve(id + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=node-" + id,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(id + ".log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Certificate certificate = keys.getCertificate("node");
        Path chain = pem(id + ".pem", "CERTIFICATE", certificate.getEncoded());
        Path key = pem(
                id + ".key",
                "PRIVATE KEY",
                keys.getKey("node", PASSWORD.toCharArray()).getEncoded());
        return new RaftTls(chain, key, chain);
    }

    private Path pem(String name, String what, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return Files.writeString(
                directory.resolve(name), "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n");
    }
}
