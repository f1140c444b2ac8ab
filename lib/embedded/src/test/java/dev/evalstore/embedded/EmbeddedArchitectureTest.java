package dev.evalstore.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class EmbeddedArchitectureTest {
    private static final JavaClasses EMBEDDED = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.evalstore.embedded");

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
