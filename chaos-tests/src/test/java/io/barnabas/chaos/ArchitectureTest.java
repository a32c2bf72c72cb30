package io.barnabas.chaos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the arrows between modules and packages. */
@AnalyzeClasses(packages = "io.barnabas", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule metadataStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.barnabas.metadata..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.barnabas.log..", "io.barnabas.net..", "io.barnabas.cli..", "io.netty..", "org.apache.kafka..")
            .because("the metadata quorum knows Ratis and its own rules; net puts the parts together");

    @ArchTest
    static final ArchRule logStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.barnabas.log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.barnabas.metadata..",
                    "io.barnabas.net..",
                    "io.barnabas.cli..",
                    "io.netty..",
                    "org.apache.kafka.clients..",
                    "org.apache.kafka.common.message..",
                    "org.apache.kafka.common.requests..")
            .because("a partition knows records and bytes, not requests; handlers in net translate");

    @ArchTest
    static final ArchRule netDoesNotKnowTheCli = noClasses()
            .that()
            .resideInAPackage("io.barnabas.net..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.barnabas.cli..", "io.barnabas.chaos..")
            .because("arrows point from cli to net");

    @ArchTest
    static final ArchRule kafkaDoesNotKnowTheNode = noClasses()
            .that()
            .resideInAPackage("io.barnabas.net.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.barnabas.net.node..")
            .because("only net.node sees all parts; handlers see it as a Broker");

    @ArchTest
    static final ArchRule theCliUsesTheProtocol = noClasses()
            .that()
            .resideInAPackage("io.barnabas.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.barnabas.metadata..", "io.barnabas.log..", "io.barnabas.net.kafka..")
            .because("commands talk to a cluster as any Kafka client does");

    @ArchTest
    static final ArchRule rulesArePure = classes()
            .that()
            .resideInAPackage("..rules..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                    "java.util.concurrent..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.net..",
                    "org.slf4j..",
                    "org.apache.ratis..",
                    "org.rocksdb..",
                    "io.netty..")
            .because("decisions are replayed exactly; threads, files and time belong to their callers");
}
