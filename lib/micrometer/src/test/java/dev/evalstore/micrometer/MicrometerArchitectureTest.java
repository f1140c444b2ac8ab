package dev.evalstore.micrometer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class MicrometerArchitectureTest {
    /** Those of the artifact, wherever they were compiled to. */
    private static final JavaClasses MICROMETER = new ClassFileImporter()
            .importUrl(
                    EvalstoreMetrics.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void it_uses_the_public_api_of_the_core_alone() {
        assertThat(MICROMETER).hasSizeGreaterThan(4);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.evalstore.internal..")
                .check(MICROMETER);
    }

    @Test
    void it_opens_no_statement() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..")
                .check(MICROMETER);
    }
}
