package dev.evalstore.opentelemetry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class OpentelemetryArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(
                    EvalstoreTracing.class.getProtectionDomain().getCodeSource().getLocation());

    /** The SDK is the host's to choose. */
    @Test
    void it_uses_the_public_api_of_the_core_and_the_api_of_opentelemetry_alone() {
        assertThat(CLASSES).hasSizeGreaterThan(4);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.evalstore.internal..", "io.opentelemetry.sdk..", "java.sql..")
                .check(CLASSES);
    }
}
