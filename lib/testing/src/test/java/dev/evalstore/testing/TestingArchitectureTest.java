package dev.evalstore.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class TestingArchitectureTest {
    private static final JavaClasses TESTING = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.evalstore.testing");

    @Test
    void it_uses_the_public_api_alone() {
        assertThat(TESTING).hasSizeGreaterThan(8);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.evalstore.internal..")
                .check(TESTING);
    }

    @Test
    void containers_and_the_kit_stand_apart() {
        noClasses()
                .that()
                .doNotHaveSimpleName("DockerServer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.testcontainers..")
                .check(TESTING);
        noClasses()
                .that()
                .resideInAPackage("dev.evalstore.testing.faults")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.evalstore.testing")
                .check(TESTING);
    }
}
