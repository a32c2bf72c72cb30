package io.barnabas.net.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.ClientFactory;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.TimeDuration;

/**
 * Clients of all groups: some ask a division in this process, as partitions do, others over the network, with retries.
 * Remembers what was asked and what was acknowledged.
 */
final class LedgerWriter implements AutoCloseable {

    private static final int MOST_UNANSWERED = 200;
    private static final int ATTEMPTS = 4;
    private static final TimeDuration TIMEOUT = TimeDuration.valueOf(500, TimeUnit.MILLISECONDS);

    private final LedgerCluster cluster;
    private final Violations violations;
    private final SplittableRandom random;
    private final RaftClientRpc rpc;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Set<String> submitted = ConcurrentHashMap.newKeySet();
    private final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
    private final Map<String, CompletableFuture<RaftClientReply>> direct = new ConcurrentHashMap<>();

    LedgerWriter(LedgerCluster cluster, SplittableRandom random) throws IOException {
        this.cluster = cluster;
        this.violations = cluster.violations;
        this.random = random;
        RaftProperties raft = new RaftProperties();
        RaftClientConfigKeys.Rpc.setRequestTimeout(raft, TIMEOUT);
        RaftTransport transport = new RaftTransport(
                LedgerCluster.config(LedgerCluster.CLUSTER, "client", 1, EntryPayloads.NONE), cluster.network);
        rpc = ((ClientFactory) new NettyRpcType().newFactory(transport.parameters())).newRaftClientRpc(client, raft);
        rpc.addRaftPeers(cluster.peers());
    }

    /** Something acknowledged. */
    record Ack(RaftGroupId group, String line, long index) {}

    List<Ack> acks() {
        return new ArrayList<>(acks);
    }

    boolean wasSubmitted(String line) {
        return submitted.contains(line);
    }

    /** Lines that were asked of a division here, which must answer whatever happens. */
    List<String> neverAnswered() {
        return direct.entrySet().stream()
                .filter(request -> !request.getValue().isDone())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Asks one thing of somebody who may well lead. */
    void write() {
        if (unanswered.get() >= MOST_UNANSWERED) {
            return;
        }
        RaftGroup group = cluster.groups.get(random.nextInt(cluster.groups.size()));
        String node =
                cluster.leader(group).filter(leader -> random.nextInt(10) > 0).orElseGet(this::anyNode);
        if (random.nextInt(4) > 0) {
            write(group, node, line(size()));
        } else {
            overNetwork(request(group, node, line(size())), 1);
        }
    }

    private int size() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> 0;
            case 3 -> random.nextInt(20_000);
            case 4 -> random.nextInt(3) == 0 ? random.nextInt(200_000) : 40_000;
            default -> random.nextInt(500);
        };
    }

    private String anyNode() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    String line(int payloadBytes) {
        String line = LedgerPayloads.line("line-" + callIds.incrementAndGet(), payloadBytes);
        submitted.add(line);
        return line;
    }

    private RaftClientRequest request(RaftGroup group, String node, String line) {
        return request(group, node, line, callIds.incrementAndGet());
    }

    private RaftClientRequest request(RaftGroup group, String node, String line, long callId) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(LedgerCluster.id(node))
                .setGroupId(group.getGroupId())
                .setCallId(callId)
                .setMessage(Message.valueOf(ByteString.copyFromUtf8(line)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    /** Asks a division of this process. */
    CompletableFuture<RaftClientReply> write(RaftGroup group, String node, String line) {
        CompletableFuture<RaftClientReply> reply;
        try {
            RaftServer.Division division = cluster.division(node, group);
            reply = ((RaftClientAsynchronousProtocol) division).submitClientRequestAsync(request(group, node, line));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        unanswered.incrementAndGet();
        direct.put(line, reply);
        return reply.whenComplete((done, error) -> {
            unanswered.decrementAndGet();
            direct.remove(line);
            if (done != null && done.isSuccess()) {
                acks.add(new Ack(group.getGroupId(), line, done.getLogIndex()));
            }
        });
    }

    private void overNetwork(RaftClientRequest request, int attempt) {
        unanswered.incrementAndGet();
        rpc.sendRequestAsyncUnordered(request).whenComplete((done, error) -> {
            unanswered.decrementAndGet();
            String line = request.getMessage().getContent().toStringUtf8();
            if (done != null && done.isSuccess()) {
                acks.add(new Ack(request.getRaftGroupId(), line, done.getLogIndex()));
            } else if (attempt < ATTEMPTS) {
                RaftGroup group = cluster.groups.stream()
                        .filter(of -> of.getGroupId().equals(request.getRaftGroupId()))
                        .findFirst()
                        .orElseThrow();
                String next = cluster.nodes().get(attempt % cluster.nodes().size());
                overNetwork(request(group, next, line, request.getCallId()), attempt + 1);
            }
            if (done != null && done.getCallId() != request.getCallId()) {
                violations.add("the answer of call " + done.getCallId() + " came for call " + request.getCallId());
            }
        });
    }

    @Override
    public void close() throws IOException {
        rpc.close();
    }
}
