package dev.evalstore.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class TestingArchitectureTest {
    /** Those of the artifact, wherever they were compiled to. */
    private static final JavaClasses TESTING = new ClassFileImporter()
            .importUrl(TestStore.class.getProtectionDomain().getCodeSource().getLocation());

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
    void containers_are_named_in_one_class_alone() {
        noClasses()
                .that()
                .doNotHaveSimpleName("DockerServer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.testcontainers..")
                .check(TESTING);
    }
}
