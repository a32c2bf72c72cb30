package io.barnabas.net.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.net.raft.RaftTransportConfig.ServerKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandshakeTest {

    @TempDir
    Path directory;

    private LocalServers servers;

    @BeforeEach
    void start() throws IOException {
        servers = LocalServers.started(directory, null);
    }

    @AfterEach
    void stop() throws IOException {
        servers.close();
    }

    @Test
    void aNodeOfThisClusterIsWelcome() throws IOException {
        assertThat(answer(hello(Hello.VERSION, LocalServers.CLUSTER, "1", ServerKind.PARTITIONS)))
                .isEqualTo("WELCOME");
    }

    @Test
    void strangersAreToldWhyTheyAreRefused() throws IOException {
        assertThat(answer(hello(Hello.VERSION, "another", "1", ServerKind.PARTITIONS)))
                .contains("it belongs to cluster another, this node to " + LocalServers.CLUSTER);
        assertThat(answer(hello((short) 7, LocalServers.CLUSTER, "1", ServerKind.PARTITIONS)))
                .contains("it speaks version 7");
        assertThat(answer(hello(Hello.VERSION, LocalServers.CLUSTER, "2", ServerKind.PARTITIONS)))
                .contains("it looks for node 2, here is node 1");
        assertThat(answer(hello(Hello.VERSION, LocalServers.CLUSTER, "1", ServerKind.METADATA)))
                .contains("it looks for the Raft server of METADATA");
    }

    @Test
    void garbageEndsTheConnectionAndNothingElse() throws IOException {
        Random random = new Random(20);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[200];
            random.nextBytes(garbage);
            assertThat(isClosedAfter(garbage)).isTrue();
        }
        // A length that would not fit anywhere.
        assertThat(isClosedAfter(new byte[] {0x7f, -1, -1, -1, 1})).isTrue();
        await().atMost(Duration.ofSeconds(20)).until(() -> servers.leader().isPresent());
    }

    @Test
    void garbageAfterTheHandshakeEndsTheConnection() throws IOException {
        try (Socket socket = connect()) {
            send(socket, hello(Hello.VERSION, LocalServers.CLUSTER, "1", ServerKind.PARTITIONS));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(read(in)).isEqualTo("WELCOME");
            socket.getOutputStream().write(new byte[] {0, 0, 0, 3, FrameType.APPEND.code(), 1, 2});
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    private static ByteBuf hello(short version, String cluster, String to, ServerKind kind) {
        return Frames.hello(
                UnpooledByteBufAllocator.DEFAULT, new Hello(version, cluster, "2", to, kind, ChannelKind.DATA));
    }

    private Socket connect() throws IOException {
        String address = servers.group.getPeers().iterator().next().getAddress();
        Socket socket = new Socket("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, ByteBuf frame) throws IOException {
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        socket.getOutputStream().write(bytes);
    }

    private String answer(ByteBuf frame) throws IOException {
        try (Socket socket = connect()) {
            send(socket, frame);
            return read(new DataInputStream(socket.getInputStream()));
        }
    }

    private static String read(DataInputStream in) throws IOException {
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return body[0] == FrameType.WELCOME.code()
                ? "WELCOME"
                : new String(body, 1, body.length - 1, StandardCharsets.UTF_8);
    }

    private boolean isClosedAfter(byte[] garbage) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(garbage);
            return socket.getInputStream().read() == -1;
        } catch (SocketException e) {
            return true;
        }
    }
}
