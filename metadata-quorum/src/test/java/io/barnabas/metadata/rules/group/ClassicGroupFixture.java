package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One group of classic members in a shard of its own, with the clock in the test's hand. */
abstract class ClassicGroupFixture {

    static final int INITIAL_MS = GroupSettings.DEFAULT.classic().initialRebalanceDelayMs();

    final TestShard shard = TestShard.withDefaults();

    ClassicClient client() {
        return new ClassicClient(shard, "g");
    }

    /** Brings the clients to a generation; the first of them that joined leads. */
    void stabilize(ClassicClient... clients) {
        List<Long> joins = new ArrayList<>();
        for (ClassicClient client : clients) {
            joins.add(client.join());
        }
        if (!shard.isAnswered(joins.getFirst())) {
            shard.pass(INITIAL_MS * 2L);
        }
        for (int i = 0; i < clients.length; i++) {
            clients[i].joined(joins.get(i));
        }
        for (ClassicClient client : clients) {
            if (client.leads()) {
                client.syncAsLeader();
            } else {
                client.sync(Map.of());
            }
        }
        assertThat(state()).isEqualTo("Stable");
    }

    String state() {
        return shard.machine().list().getFirst().state();
    }

    GroupResponse.ClassicDescription description() {
        return (GroupResponse.ClassicDescription) shard.call(new GroupRequest.DescribeClassic("g"));
    }

    static GroupSettings settings(int initialDelayMs, int maxSize) {
        return new GroupSettings(
                new GroupSettings.Classic(6_000, 1_800_000, initialDelayMs, maxSize),
                GroupSettings.DEFAULT.consumer(),
                GroupSettings.DEFAULT.offsets());
    }
}
