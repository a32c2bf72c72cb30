package io.barnabas.net.kafka.testing;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Prints what all threads do, virtual ones too, when a test has failed: most of what fails here waits. Registers itself. */
public final class ThreadsOfFailures implements TestExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        try {
            Path directory = Files.createTempDirectory("threads");
            Path dump = directory.resolve("dump");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            System.out.println("threads after " + context.getDisplayName() + " failed:");
            System.out.println(Files.readString(dump));
            Files.delete(dump);
            Files.delete(directory);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }
}
