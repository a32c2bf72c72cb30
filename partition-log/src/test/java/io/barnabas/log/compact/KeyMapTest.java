package io.barnabas.log.compact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.Seeds;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyMapTest {

    @Test
    void isAMapUntilItIsFull() throws Exception {
        Seeds.run("key map", 20, random -> {
            int slots = 2 + random.nextInt(500);
            try (KeyMap map = KeyMap.of(Long.MAX_VALUE / 2, (long) slots * KeyMap.SLOT + random.nextInt(KeyMap.SLOT))) {
                for (int round = 0; round < 2; round++) {
                    Map<String, Long> model = new HashMap<>();
                    for (long offset = 0; offset < 2_000; offset++) {
                        String key = "k" + random.nextInt(2 * slots);
                        boolean room = model.containsKey(key) || map.room() > 0;
                        assertThat(map.put(bytes(key), offset)).isEqualTo(room);
                        if (room) {
                            model.put(key, offset);
                        }
                        assertThat(map.size()).isEqualTo(model.size());
                    }
                    assertThat(map.size()).isEqualTo(Math.max(1, Math.min(slots - 1, (int) (slots * 0.9))));
                    for (int i = 0; i < 2 * slots; i++) {
                        assertThat(map.newest(bytes("k" + i))).isEqualTo(model.getOrDefault("k" + i, -1L));
                    }
                    map.clear();
                }
            }
        });
    }

    @Test
    void takesNoMoreMemoryThanTheKeysNeed() {
        try (KeyMap map = KeyMap.of(100, 1L << 40)) {
            assertThat(map.room()).isBetween(100L, 102L);
        }
    }

    @Test
    void doesNotMoveTheKeysBuffer() {
        try (KeyMap map = KeyMap.of(10, 1_000)) {
            ByteBuffer key = bytes("key");
            map.put(key, 3);
            assertThat(key.remaining()).isEqualTo(3);
            assertThat(map.newest(key)).isEqualTo(3);
        }
    }

    private static ByteBuffer bytes(String key) {
        return ByteBuffer.wrap(key.getBytes(UTF_8));
    }
}
