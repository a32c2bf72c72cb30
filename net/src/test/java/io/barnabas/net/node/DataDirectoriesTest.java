package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.directory.LogDirectoryConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoriesTest {

    @TempDir
    Path home;

    private final String clusterId = ClusterId.random();
    private NodeConfig config;

    @BeforeEach
    void chooseThree() throws Exception {
        config = config("a,b,c", Map.of());
    }

    private NodeConfig config(String logDirs, Map<String, String> more) throws InvalidNodeConfigException {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("node.id", "4");
        settings.put("log.dirs", logDirs);
        settings.put("quorum.voters", "4@127.0.0.1:9192");
        return NodeConfig.of(home, settings);
    }

    private static List<LogDirectoryConfig> open(NodeConfig config) throws DataDirectoryException {
        try (DataDirectories directories = DataDirectories.open(config)) {
            assertThat(directories.metadata().metadata()).isDirectory();
            return directories.logDirectories();
        }
    }

    @Test
    void allAreFormattedOnceWithIdsOfTheirOwn() throws Exception {
        assertThat(DataDirectories.format(config, clusterId)).isEqualTo(config.logDirs());
        assertThat(DataDirectories.format(config, clusterId)).isEmpty();
        List<LogDirectoryConfig> opened = open(config);
        assertThat(opened).extracting(LogDirectoryConfig::path).isEqualTo(config.logDirs());
        assertThat(opened).extracting(LogDirectoryConfig::id).doesNotHaveDuplicates();
        assertThat(opened).allSatisfy(each -> assertThat(each.offline()).isEmpty());
        assertThat(open(config)).isEqualTo(opened);
    }

    @Test
    void aNewEmptyDirectoryIsFormattedAtTheStart() throws Exception {
        DataDirectories.format(config, clusterId);
        open(config);
        Files.createDirectories(home.resolve("d").resolve("lost+found"));
        List<LogDirectoryConfig> opened = open(config("a,b,c,d,e", Map.of()));
        assertThat(opened)
                .hasSize(5)
                .allSatisfy(each -> assertThat(each.offline()).isEmpty());
        assertThat(DataDirectory.identityOf(home.resolve("e"))).contains(new DataDirectory.Identity(clusterId, 4));
    }

    @Test
    void anEmptyDirectoryThatWasUsedBeforeIsNotMounted() throws Exception {
        DataDirectories.format(config, clusterId);
        List<LogDirectoryConfig> before = open(config);
        Files.move(home.resolve("b"), home.resolve("unmounted"));
        Files.createDirectory(home.resolve("b"));
        List<LogDirectoryConfig> without = open(config);
        assertThat(without.get(1).id()).isEqualTo(before.get(1).id());
        assertThat(without.get(1).offline().orElseThrow()).contains("not mounted");
        assertThat(home.resolve("b")).isEmptyDirectory();

        Files.delete(home.resolve("b"));
        Files.move(home.resolve("unmounted"), home.resolve("b"));
        assertThat(open(config)).isEqualTo(before);
    }

    @Test
    void aDirectoryThatCannotBeUsedIsLeftOut() throws Exception {
        DataDirectories.format(config, clusterId);
        open(config);
        Files.move(home.resolve("c"), home.resolve("elsewhere"));
        Files.createFile(home.resolve("c"));
        Files.createDirectory(home.resolve("d"));
        Files.createFile(home.resolve("d").resolve("somebody's file"));
        List<LogDirectoryConfig> opened = open(config("a,b,c,d", Map.of()));
        assertThat(opened).extracting(each -> each.offline().isPresent()).containsExactly(false, false, true, true);
        assertThat(opened.get(3).offline().orElseThrow()).contains("not empty");
    }

    @Test
    void aReplacedDirectoryHasAnotherId() throws Exception {
        DataDirectories.format(config, clusterId);
        List<LogDirectoryConfig> before = open(config);
        Files.move(home.resolve("b"), home.resolve("broken"));
        assertThat(DataDirectories.format(config, clusterId)).containsExactly(home.resolve("b"));
        List<LogDirectoryConfig> after = open(config);
        assertThat(after.get(1).offline()).isEmpty();
        assertThat(after.get(1).id()).isNotEqualTo(before.get(1).id());
    }

    @Test
    void anotherNodesDirectoryStopsTheStart() throws Exception {
        DataDirectories.format(config, clusterId);
        DataDirectory.format(home.resolve("d"), new DataDirectory.Identity(clusterId, 5));
        NodeConfig mistaken = config("a,b,d", Map.of());
        assertThatThrownBy(() -> DataDirectories.open(mistaken))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("belongs to node 5");
        DataDirectories.open(config).close();
    }

    @Test
    void aDirectoryInUseStopsTheStart() throws Exception {
        DataDirectories.format(config, clusterId);
        try (DataDirectory held = DataDirectory.open(home.resolve("c"), 4)) {
            assertThatThrownBy(() -> DataDirectories.open(config)).hasMessageContaining(held.path() + " is in use");
        }
    }

    @Test
    void theMetadataDirectoryMustBeWell() throws Exception {
        DataDirectories.format(config, clusterId);
        open(config);
        Files.move(home.resolve("a"), home.resolve("lost"));
        assertThatThrownBy(() -> DataDirectories.open(config)).hasMessageContaining("a is not formatted");
    }

    @Test
    void theMetadataIsNotForgottenWhenTheDirectoriesAreSortedOtherwise() throws Exception {
        DataDirectories.format(config, clusterId);
        open(config);
        assertThatThrownBy(() -> DataDirectories.open(config("b,a,c", Map.of())))
                .hasMessageContaining("set metadata.log.dir=" + home.resolve("a"));
        assertThat(open(config("b,a,c", Map.of("metadata.log.dir", "a")))).hasSize(3);
    }

    @Test
    void theMetadataMayHaveADirectoryOfItsOwn() throws Exception {
        NodeConfig apart = config("a,b", Map.of("metadata.log.dir", "m"));
        assertThat(DataDirectories.format(apart, clusterId)).hasSize(3);
        assertThat(open(apart)).extracting(LogDirectoryConfig::path).isEqualTo(apart.logDirs());
        assertThat(home.resolve("m").resolve("metadata")).isDirectory();
        assertThat(home.resolve("a").resolve("metadata")).doesNotExist();
    }

    @Test
    void aDirectoryFormattedBeforeThereWereSeveralGetsItsId() throws Exception {
        Files.createDirectories(home.resolve("a"));
        Files.writeString(
                home.resolve("a").resolve("meta.properties"), "version=1\ncluster.id=" + clusterId + "\nnode.id=4\n");
        NodeConfig single = config("a", Map.of());
        List<LogDirectoryConfig> first = open(single);
        assertThat(first.getFirst().id()).hasSize(36);
        assertThat(open(single)).isEqualTo(first);
    }
}
