package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.Seeds;
import org.junit.jupiter.api.Test;

/** Classic groups under members that come, go, stall and crash, and coordinators that fail over. */
class GroupInterleavingTest {

    @Test
    void promisesHoldHoweverEventsInterleave() throws Exception {
        Seeds.run("group interleavings", 150, random -> new RandomGroups(random).run(300));
    }
}
