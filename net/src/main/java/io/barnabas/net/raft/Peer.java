package io.barnabas.net.raft;

import io.barnabas.net.raft.Frames.AppendAnswer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.ratis.protocol.RaftPeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Another node, as one Raft server here sees it: a connection for heartbeats and votes and one for entries. */
final class Peer {

    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    private final RaftPeerId id;
    private final RaftTransport transport;
    private final EventLoops loops;
    private final PeerLink control;
    private final PeerLink data;
    private final HeartbeatWheel heartbeats;
    private final LeadershipWatch leaderships;
    private final Map<Long, EventLogAppender> appenders = new ConcurrentHashMap<>();

    /** What others make of a node's fate. */
    interface Fate {

        /** Its process has ended. */
        void died();

        /** It has been away for long; it may have left the cluster. */
        void away();
    }

    /** @param electionTimeoutMs the shortest after which anybody misses a heartbeat */
    Peer(
            RaftPeerId id,
            String address,
            long electionTimeoutMs,
            RaftTransport transport,
            EventLoops loops,
            LeadershipWatch leaderships,
            Fate fate) {
        this.id = id;
        this.transport = transport;
        this.loops = loops;
        this.leaderships = leaderships;
        String name = id.toString();
        this.control = new PeerLink(
                transport, loops, loops.control(), name, address, ChannelKind.CONTROL, new ControlEvents(fate));
        this.data = new PeerLink(transport, loops, loops.nextData(), name, address, ChannelKind.DATA, new DataEvents());
        this.heartbeats = new HeartbeatWheel(this, electionTimeoutMs);
    }

    RaftTransportConfig config() {
        return transport.config();
    }

    PeerLink control() {
        return control;
    }

    PeerLink data() {
        return data;
    }

    HeartbeatWheel heartbeats() {
        return heartbeats;
    }

    Executor blocking() {
        return loops.blocking();
    }

    void readdress(String address) {
        control.readdress(address);
        data.readdress(address);
    }

    void add(EventLogAppender appender) {
        appenders.put(appender.id(), appender);
        heartbeats.add(appender);
    }

    void remove(EventLogAppender appender) {
        appenders.remove(appender.id());
    }

    /** The loop came to its heartbeats later than it should. */
    void late(long byMs) {
        leaderships.late(byMs);
    }

    void watchLeadership(EventLogAppender appender) {
        leaderships.check(appender);
    }

    /** A connection that a network took silently would otherwise wait for TCP's growing pauses when the network is back. */
    void closeSilentLinks() {
        control.closeIfSilent(config().requestTimeout());
        if (!control.isOpen()) {
            data.closeIfSilent(config().requestTimeout());
        }
    }

    void close() {
        heartbeats.stop();
        control.close();
        data.close();
    }

    private void received(Frame frame) throws GarbageException {
        if (frame.type() != FrameType.APPEND_REPLIES) {
            throw new GarbageException(frame.type() + " is no answer");
        }
        while (frame.hasMore()) {
            AppendAnswer answer = Frames.readReply(frame);
            EventLogAppender appender = appenders.get(answer.appender());
            if (appender != null) {
                try {
                    tell(appender, answer);
                } catch (RuntimeException e) {
                    // Ratis refuses what comes while a group changes its leader.
                    LOG.debug("{} did not take {}", appender, answer, e);
                }
            }
        }
    }

    private static void tell(EventLogAppender appender, AppendAnswer answer) {
        switch (answer) {
            case AppendAnswer.Reply reply -> appender.replied(reply.reply());
            case AppendAnswer.Failed failed -> appender.refused(failed.callId(), failed.heartbeat(), failed.reason());
        }
    }

    private final class ControlEvents implements PeerLink.Events {

        private final Fate fate;

        ControlEvents(Fate fate) {
            this.fate = fate;
        }

        @Override
        public void opened() {
            appenders.values().forEach(heartbeats::now);
            data.connect();
        }

        @Override
        public void lost() {
            LOG.info("the control connection to node {} broke", id);
        }

        @Override
        public void died() {
            fate.died();
        }

        @Override
        public void unreachable() {
            fate.away();
        }

        @Override
        public void received(Frame frame) throws GarbageException {
            Peer.this.received(frame);
        }

        @Override
        public void writable() {
            // Heartbeats are never held back.
        }
    }

    private final class DataEvents implements PeerLink.Events {

        @Override
        public void opened() {
            appenders.values().forEach(EventLogAppender::notifyLogAppender);
        }

        @Override
        public void lost() {
            appenders.values().forEach(EventLogAppender::disconnected);
        }

        @Override
        public void died() {
            // The control connection tells.
        }

        @Override
        public void unreachable() {
            // The control connection tells.
        }

        @Override
        public void received(Frame frame) throws GarbageException {
            Peer.this.received(frame);
        }

        @Override
        public void writable() {
            appenders.values().forEach(EventLogAppender::notifyLogAppender);
        }
    }
}
