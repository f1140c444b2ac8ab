package dev.evalstore.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SpringArchitectureTest {
    private static final JavaClasses SPRING = new ClassFileImporter().importPath(root());

    private static Path root() {
        try {
            return Path.of(SpringTransactions.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** If it needs more, the API of the core lacks something. */
    @Test
    void the_artifact_uses_the_public_api_of_the_core_alone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.evalstore.internal..")
                .check(SPRING);
        classes().should().resideInAPackage("dev.evalstore.spring").check(SPRING);
    }

    /** Boot 4 moved both, and no service has both. */
    @Test
    void only_the_health_of_its_own_boot_knows_a_health_indicator() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Boot3HealthAutoConfiguration")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.boot.actuate..")
                .check(SPRING);
        noClasses()
                .that()
                .doNotHaveSimpleName("Boot4HealthAutoConfiguration")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.boot.health..")
                .check(SPRING);
    }

    @Test
    void only_the_search_for_annotated_beans_reflects() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.AnnotatedBeans.*")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.reflect.Method")
                .check(SPRING);
    }
}
