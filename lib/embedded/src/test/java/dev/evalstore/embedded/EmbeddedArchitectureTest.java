package dev.evalstore.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class EmbeddedArchitectureTest {
    /** Those of the artifact, wherever they were compiled to. */
    private static final JavaClasses EMBEDDED = new ClassFileImporter()
            .importUrl(EmbeddedStore.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void it_uses_the_public_api_and_nothing_that_breaks_things() {
        assertThat(EMBEDDED).hasSizeGreaterThan(4);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.evalstore.internal..", "dev.evalstore.testing..")
                .check(EMBEDDED);
    }

    @Test
    void it_opens_no_statement() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..")
                .check(EMBEDDED);
    }
}
