package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.CommandEnvelope;
import io.barnabas.metadata.proto.ImageMessage;
import io.barnabas.metadata.proto.InitClusterCommand;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Coordinator;
import io.barnabas.metadata.rules.CoordinatorPlacement;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.RandomCommands;
import io.barnabas.metadata.rules.Refusal;
import io.barnabas.metadata.rules.Seeds;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CodecTest {

    @Test
    void commandsResultsAndImagesComeBackAsTheyWere() throws Exception {
        Set<Class<?>> commands = new HashSet<>();
        Set<Class<?>> replies = new HashSet<>();
        Seeds.run("codec round trips", 40, random -> {
            RandomCommands draw = new RandomCommands(random);
            MetadataImage image = MetadataImage.EMPTY;
            for (long index = 0; index < 150; index++) {
                MetadataCommand command = draw.next(image);
                commands.add(command.getClass());
                assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
                Outcome outcome = MetadataRules.apply(image, command, index);
                CommandResult result =
                        ResultCodec.decode(ResultCodec.encode(outcome, index).toByteArray());
                switch (outcome) {
                    case Outcome.Changed changed -> {
                        replies.add(changed.reply().getClass());
                        assertThat(result).isEqualTo(new CommandResult.Accepted(changed.reply(), index));
                        image = changed.image();
                    }
                    case Outcome.Refused refused ->
                        assertThat(result).isEqualTo(new CommandResult.Refused(refused.reason(), refused.message()));
                }
            }
            assertThat(ImageCodec.decode(ImageCodec.encode(image))).isEqualTo(image);
        });
        // One seed alone need not meet every kind.
        if (System.getProperty("seed", "").isBlank()) {
            assertThat(commands).containsExactlyInAnyOrder(MetadataCommand.class.getPermittedSubclasses());
            assertThat(replies).containsExactlyInAnyOrder(CommandReply.class.getPermittedSubclasses());
        }
    }

    @Test
    void everyRefusalComesBack() throws Exception {
        for (Refusal reason : Refusal.values()) {
            byte[] bytes =
                    ResultCodec.encode(new Outcome.Refused(reason, "why"), 3).toByteArray();
            assertThat(ResultCodec.decode(bytes)).isEqualTo(new CommandResult.Refused(reason, "why"));
        }
    }

    @Test
    void theEmptyImageComesBack() throws Exception {
        assertThat(ImageCodec.decode(ImageCodec.encode(MetadataImage.EMPTY))).isEqualTo(MetadataImage.EMPTY);
    }

    @Test
    void anImageFromBeforeThereWereGroupsGetsCoordinators() throws Exception {
        MetadataImage image = after(MetadataImage.EMPTY, new MetadataCommand.InitCluster("c"), 0);
        for (int node = 1; node <= 3; node++) {
            image = after(
                    image,
                    new MetadataCommand.RegisterNode(
                            "c", node, new UUID(0, node), List.of(), "h:1", "h:2", Optional.empty()),
                    node);
        }
        byte[] old = ImageMessage.parseFrom(ImageCodec.encode(image)).toBuilder()
                .clearCoordinators()
                .build()
                .toByteArray();
        MetadataImage decoded = ImageCodec.decode(old);
        assertThat(decoded.nodes()).isEqualTo(image.nodes());
        assertThat(decoded.coordinators())
                .isEqualTo(
                        CoordinatorPlacement.place(image.nodes().values(), CoordinatorPlacement.NOBODY, image.index()))
                .doesNotContain(new Coordinator(Coordinator.NONE, -1));
    }

    private static MetadataImage after(MetadataImage image, MetadataCommand command, long index) {
        return ((Outcome.Changed) MetadataRules.apply(image, command, index)).image();
    }

    @Test
    void versionsOfTheFutureAndOfNobodyAreRefusedInWords() {
        byte[] newer = CommandEnvelope.newBuilder()
                .setVersion(CommandCodec.VERSION + 1)
                .setInitCluster(InitClusterCommand.newBuilder().setClusterId("c"))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> CommandCodec.decode(newer))
                .isInstanceOf(InvalidProtocolBufferException.class)
                .hasMessageContaining("version 2");
        byte[] unknown = CommandEnvelope.newBuilder()
                .setVersion(CommandCodec.VERSION)
                .build()
                .toByteArray();
        assertThatThrownBy(() -> CommandCodec.decode(unknown))
                .isInstanceOf(InvalidProtocolBufferException.class)
                .hasMessageContaining("does not know");
        byte[] image = ImageMessage.newBuilder()
                .setVersion(ImageCodec.VERSION + 1)
                .build()
                .toByteArray();
        assertThatThrownBy(() -> ImageCodec.decode(image))
                .isInstanceOf(InvalidProtocolBufferException.class)
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> ResultCodec.decode(new byte[0])).isInstanceOf(InvalidProtocolBufferException.class);
        assertThatThrownBy(() -> ImageCodec.decode(new byte[0])).isInstanceOf(InvalidProtocolBufferException.class);
    }

    @Test
    void brokenBytesNeverDoWorseThanAnInvalidProtocolBuffer() throws Exception {
        Seeds.run("broken commands", 2_000, random -> {
            byte[] bytes = CommandCodec.encode(new RandomCommands(random).next(MetadataImage.EMPTY));
            byte[] broken = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            for (int i = random.nextInt(4); i > 0 && broken.length > 0; i--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(CommandCodec.decode(broken)).isNotNull();
            } catch (InvalidProtocolBufferException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        });
    }
}
