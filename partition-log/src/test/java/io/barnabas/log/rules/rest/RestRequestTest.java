package io.barnabas.log.rules.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.rules.Seeds;
import io.barnabas.log.rules.rest.RestRequest.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestRequestTest {

    @Test
    void comesBackAsItWas() throws Exception {
        Seeds.run("requests", 100, random -> {
            List<RestRequest> requests = IntStream.range(0, random.nextInt(20))
                    .mapToObj(i -> request(random))
                    .toList();
            assertThat(RestRequest.decode(RestRequest.encode(requests))).isEqualTo(requests);
            List<Boolean> answers =
                    requests.stream().map(each -> random.nextBoolean()).toList();
            assertThat(RestRequest.decodeAnswers(RestRequest.encodeAnswers(answers)))
                    .isEqualTo(answers);
        });
    }

    @Test
    void whatIsNoMessageIsRefused() throws Exception {
        Seeds.run("garbage", 300, random -> {
            byte[] message = RestRequest.encode(List.of(request(random), request(random)));
            byte[] cut = Arrays.copyOf(message, random.nextInt(message.length));
            assertThatThrownBy(() -> RestRequest.decode(cut)).isInstanceOf(IllegalArgumentException.class);
            message[random.nextInt(message.length)] = (byte) random.nextInt();
            try {
                RestRequest.decode(message);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        });
    }

    private static RestRequest request(SplittableRandom random) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        List<Integer> members = new ArrayList<>();
        IntStream.range(0, 1 + random.nextInt(4)).forEach(i -> members.add(10 * i + random.nextInt(10)));
        return new RestRequest(
                kind,
                new UUID(random.nextLong(), random.nextLong()),
                kind == Kind.WAKE
                        ? Optional.empty()
                        : Optional.of(new RestPoint(
                                random.nextLong(1L << 40), random.nextLong(1L << 50), members.getFirst(), members)));
    }
}
