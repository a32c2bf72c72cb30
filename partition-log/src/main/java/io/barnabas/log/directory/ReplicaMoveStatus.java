package io.barnabas.log.directory;

import java.nio.file.Path;
import java.util.UUID;

/**
 * A replica that is being copied to another log directory.
 *
 * @param groupId its Raft group
 * @param target the directory that it shall live in
 * @param copiedBytes how much is there already
 * @param copiedOffset the copy holds all records below this offset that the replica holds
 */
public record ReplicaMoveStatus(UUID groupId, Path target, long copiedBytes, long copiedOffset) {}
