package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.GroupRequest.ConsumerHeartbeat;
import io.barnabas.metadata.rules.group.GroupResponse.ConsumerHeartbeatDone;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/** A consumer of {@code group.protocol=consumer}. */
final class SimulatedConsumer extends SimulatedClient {

    final Optional<String> instanceId;
    private final String memberId;
    private final Optional<String> assignor;
    private int epoch;
    private boolean everything = true;
    private Optional<Map<UUID, Set<Integer>>> told = Optional.empty();

    SimulatedConsumer(
            Network network,
            Set<String> topics,
            Optional<String> regex,
            Optional<String> instanceId,
            Optional<String> assignor) {
        super(network, topics, regex);
        this.instanceId = instanceId;
        this.assignor = assignor;
        this.memberId = network.newId();
    }

    @Override
    String memberId() {
        return memberId;
    }

    @Override
    boolean settled() {
        return epoch > 0 && told.isEmpty() && !isWaiting();
    }

    @Override
    void act(SplittableRandom random) {
        boolean reconciles = told.isPresent() && random.nextInt(3) > 0;
        if (!reconciles) {
            beat(everything || random.nextInt(3) > 0);
        } else if (!reconcile()) {
            beat(true);
        }
    }

    @Override
    void actWhileWaiting() {
        reconcile();
    }

    /** Gives up what it is to give up, or else takes what is new; false when there is something that it dare not take. */
    private boolean reconcile() {
        if (told.isEmpty()) {
            return true;
        }
        if (!PartitionSets.without(owned, told.get()).isEmpty()) {
            owned = PartitionSets.common(owned, told.get());
            return true;
        } else if (everything) {
            return false;
        }
        owned = told.get();
        told = Optional.empty();
        return true;
    }

    private void beat(boolean sayOwned) {
        boolean full = everything || epoch == 0;
        send(heartbeat(epoch, full, sayOwned || full));
    }

    private ConsumerHeartbeat heartbeat(int withEpoch, boolean full, boolean sayOwned) {
        return new ConsumerHeartbeat(
                GROUP,
                memberId,
                withEpoch,
                instanceId,
                Optional.empty(),
                "consumer",
                "/host",
                full ? OptionalInt.of(60_000) : OptionalInt.empty(),
                full ? Optional.of(topics) : Optional.empty(),
                full ? regex : Optional.empty(),
                full ? assignor : Optional.empty(),
                sayOwned ? Optional.of(owned) : Optional.empty());
    }

    @Override
    void answered(GroupResponse response) {
        switch (response) {
            case ConsumerHeartbeatDone done -> {
                epoch = done.memberEpoch();
                everything = false;
                if (done.assignment().isPresent()) {
                    told = done.assignment();
                }
            }
            case GroupResponse.Failed failed -> {
                if (failed.error() != GroupError.UNRELEASED_INSTANCE_ID) {
                    owned = Map.of();
                    told = Optional.empty();
                    epoch = 0;
                }
                everything = true;
            }
            default -> throw new AssertionError(response);
        }
    }

    @Override
    void missedAnswer() {
        everything = true;
    }

    @Override
    void leave() {
        owned = Map.of();
        told = Optional.empty();
        network.send(this, heartbeat(-1, false, false));
    }

    /** Stops as a static member that will be back. */
    void leaveForNow() {
        owned = Map.of();
        told = Optional.empty();
        network.send(this, heartbeat(-2, false, false));
    }
}
