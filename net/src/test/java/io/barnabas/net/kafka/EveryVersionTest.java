package io.barnabas.net.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.Requests;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.IOException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

/** Every version that ApiVersions promises can be asked, and its response reads back to the last byte. */
class EveryVersionTest extends ServedBrokerTest {

    @Test
    void everyVersionOfEveryApiIsAnswered() throws IOException {
        TopicInfo topic = broker.createTopic("typical", 1);
        int answered = 0;
        for (Api<?, ?> api : ApiTable.of(broker).served()) {
            for (int version = api.minVersion(); version <= api.maxVersion(); version++) {
                ApiMessage response =
                        client.call(api.key(), version, Requests.typical(api.key(), version, topic), ApiMessage.class);
                assertThat(response.apiKey()).as("%s v%d", api.key(), version).isEqualTo(api.key().id);
                answered++;
            }
        }
        assertThat(answered).isGreaterThan(80);
    }

    @Test
    void apiVersionsAdvertisesTheTableAndProduceFromZero() throws IOException {
        for (int version = 0; version <= 4; version++) {
            ApiVersionsResponseData response = client.call(
                    ApiKeys.API_VERSIONS,
                    version,
                    Requests.typical(ApiKeys.API_VERSIONS, version, null),
                    ApiVersionsResponseData.class);
            assertThat(response.errorCode()).isZero();
            assertThat(response.apiKeys()).hasSize(ApiTable.of(broker).served().size());
            for (Api<?, ?> api : ApiTable.of(broker).served()) {
                var told = response.apiKeys().find(api.key().id);
                assertThat(told.maxVersion()).as("%s", api.key()).isEqualTo(api.maxVersion());
                assertThat(told.minVersion())
                        .as("%s", api.key())
                        .isEqualTo(api.key() == ApiKeys.PRODUCE ? 0 : api.minVersion());
            }
            assertThat(response.finalizedFeatures()).hasSize(version >= 3 ? 1 : 0);
        }
    }
}
