package io.barnabas.net.raft;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of mutual TLS between nodes, all PEM. Each end must show a certificate that the other's trusted ones vouch
 * for.
 *
 * @param certificateChain {@code raft.ssl.certificate.chain.location}, this node's certificate first
 * @param privateKey {@code raft.ssl.private.key.location}, PKCS#8, not encrypted
 * @param trusted {@code raft.ssl.trust.certificates.location}, who vouches for nodes
 */
public record RaftTls(Path certificateChain, Path privateKey, Path trusted) {

    private static final String PROTOCOL = "TLSv1.3";

    SslContext accepting() throws IOException {
        return SslContextBuilder.forServer(file(certificateChain), file(privateKey))
                .trustManager(file(trusted))
                .clientAuth(ClientAuth.REQUIRE)
                .protocols(PROTOCOL)
                .build();
    }

    SslContext connecting() throws IOException {
        return SslContextBuilder.forClient()
                .keyManager(file(certificateChain), file(privateKey))
                .trustManager(file(trusted))
                // Certificates name nodes, not hosts; who is at the other end is asked in the handshake.
                .endpointIdentificationAlgorithm(null)
                .protocols(PROTOCOL)
                .build();
    }

    private static File file(Path path) throws IOException {
        if (!Files.isReadable(path)) {
            throw new IOException("cannot read " + path + ", which raft.ssl.* names");
        }
        return path.toFile();
    }
}
