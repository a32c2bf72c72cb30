package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.net.node.NodeKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The manual and the example settings tell of everything there is, and tell it right. */
class ManualTest {

    /** Tests run in their module's directory. */
    private static final Path ROOT = Path.of("..");

    @Test
    void theManualListsEverySettingWithDefaultAndRange() throws IOException {
        String manual = Files.readString(ROOT.resolve("docs/operations.md"));

        NodeKeys.all().forEach((name, key) -> {
            String value = key.required()
                    ? "required"
                    : key.defaultValue().map(text -> "`" + text + "`").orElse("not set");
            assertThat(manual)
                    .contains("| `" + name + "` | " + value + " | " + key.rule().allowed() + " |");
        });
    }

    @Test
    void theExampleSettingsShowEverySetting() throws IOException {
        String example = Files.readString(ROOT.resolve("conf/node.properties"));

        // The older name of log.dirs is left out on purpose.
        assertThat(NodeKeys.all().keySet())
                .filteredOn(name -> !name.equals(NodeKeys.LOG_DIR.name()))
                .allSatisfy(name -> assertThat(example).containsPattern("(?m)^#?" + name.replace(".", "\\.") + "="));
    }

    @Test
    void theManualNamesEveryCommand() throws IOException {
        String manual = Files.readString(ROOT.resolve("docs/operations.md"));

        assertThat(BarnabasTest.allCommands())
                .filteredOn(path -> path.size() == 2
                        || (path.size() == 1
                                && Barnabas.commandLine()
                                        .getSubcommands()
                                        .get(path.getFirst())
                                        .getSubcommands()
                                        .isEmpty()))
                .allSatisfy(path -> assertThat(manual).contains("`" + String.join(" ", path)));
    }
}
