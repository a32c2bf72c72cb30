package io.barnabas.cli;

import java.io.IOException;

/** The kernel's memory of files, of this machine as a whole. */
final class PageCache {

    private PageCache() {}

    /**
     * Waits until all that was written to any file is on its disk. Otherwise the kernel writes it half a minute later, and
     * every fsync of whoever is measured then waits for it: a few hundred megabytes are 200 ms.
     */
    static void writeOut() {
        try {
            int code = new ProcessBuilder("sync").start().waitFor();
            if (code != 0) {
                throw new CommandFailedException("sync, which writes out the page cache, ended with " + code);
            }
        } catch (IOException e) {
            throw new CommandFailedException("needs sync on the PATH to write out the page cache before a round", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
