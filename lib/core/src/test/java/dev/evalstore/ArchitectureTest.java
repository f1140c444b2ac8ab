package dev.evalstore;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.schema.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String JDBC = "dev.evalstore.internal.jdbc";

    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.evalstore");

    @Test
    void statements_are_opened_only_in_internal_jdbc() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JDBC)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(java.sql.Statement.class)
                .orShould()
                .callMethodWhere(describe(
                        "opens a statement",
                        call -> call.getTargetOwner().isAssignableTo(Connection.class)
                                && Set.of("createStatement", "prepareStatement", "prepareCall")
                                        .contains(call.getName())))
                .check(LIBRARY);
    }

    @Test
    void only_internal_jdbc_takes_a_connection_from_a_pool() {
        noClasses()
                .that()
                .resideOutsideOfPackage(JDBC)
                .should()
                .callMethodWhere(describe(
                        "takes a connection",
                        call -> call.getName().equals("getConnection")
                                && call.getTargetOwner().isAssignableTo(javax.sql.DataSource.class)))
                .check(LIBRARY);
    }

    @Test
    void no_internal_type_stands_in_a_public_signature() {
        classes()
                .that()
                .resideOutsideOfPackage("dev.evalstore.internal..")
                .and()
                .arePublic()
                .should(new ArchCondition<>("show no internal type") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getMembers().stream()
                                .filter(ArchitectureTest::isSeen)
                                .filter(member -> !isRepositoryConstructor(member))
                                .flatMap(member -> shown(member)
                                        .filter(shown -> shown.getPackageName().startsWith("dev.evalstore.internal"))
                                        .map(shown -> member.getFullName() + " shows " + shown.getName()))
                                .forEach(message -> events.add(SimpleConditionEvent.violated(type, message)));
                    }
                })
                .check(LIBRARY);
    }

    private static boolean isSeen(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    /** {@code Repositories} stands in another package, so it needs a public door. */
    private static boolean isRepositoryConstructor(JavaMember member) {
        return member instanceof JavaConstructor constructor
                && constructor.getOwner().getSimpleName().matches(".*(Repository|Service|StateBackend)")
                && !constructor.getRawParameterTypes().isEmpty()
                && constructor.getRawParameterTypes().get(0).isEquivalentTo(Jdbc.class);
    }

    private static Stream<JavaClass> shown(JavaMember member) {
        if (member instanceof JavaField field) {
            return field.getType().getAllInvolvedRawTypes().stream();
        }
        JavaCodeUnit code = (JavaCodeUnit) member;
        return Stream.concat(
                code.getReturnType().getAllInvolvedRawTypes().stream(),
                code.getParameterTypes().stream().flatMap(type -> type.getAllInvolvedRawTypes().stream()));
    }

    @Test
    void repositories_are_made_only_by_repositories() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Repositories.class)
                .should()
                .callConstructorWhere(describe(
                        "makes a repository",
                        call -> call.getTargetOwner().getSimpleName().matches(".*(Repository|Service|StateBackend)")
                                && !call.getOriginOwner().equals(call.getTargetOwner())))
                .check(LIBRARY);
    }

    @Test
    void each_foreign_library_has_its_one_place() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(JsonCodec.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .check(LIBRARY);
        noClasses()
                .that()
                .doNotBelongToAnyOf(Migrations.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.flywaydb..")
                .check(LIBRARY);
    }

    @Test
    void nothing_is_bound_to_a_thread_or_locked_by_a_monitor() throws IOException {
        noClasses()
                .should()
                .dependOnClassesThat(assignableTo(ThreadLocal.class))
                .check(LIBRARY);
        methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(LIBRARY);
        // A synchronized block leaves no trace in what ArchUnit reads.
        List<Path> blocks = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                if (Files.readString(file).matches("(?s).*\\bsynchronized\\s*\\(.*")) {
                    blocks.add(file);
                }
            }
        }
        assertThat(blocks).isEmpty();
    }

    @Test
    void nothing_reflects() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect")
                .check(LIBRARY);
    }

    /** The database's clock decides; ids need one of their own, and so does a store that has no database. */
    @Test
    void no_wall_clock_is_read_beside_the_databases() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Uuids.class)
                .and(describe(
                        "not a memory store", type -> !type.getSimpleName().startsWith("Memory")))
                .should()
                .callMethodWhere(describe(
                        "reads the wall clock",
                        call -> call.getTargetOwner().isEquivalentTo(System.class)
                                        && call.getName().equals("currentTimeMillis")
                                || call.getTargetOwner().isEquivalentTo(Instant.class)
                                        && call.getName().equals("now")
                                || call.getTargetOwner().isAssignableTo(Clock.class)))
                .check(LIBRARY);
    }

    @Test
    void what_is_internal_is_used_by_the_library_and_not_by_its_values() {
        noClasses()
                .that()
                .areRecords()
                .and()
                .arePublic()
                .and()
                .resideOutsideOfPackage("dev.evalstore.internal..")
                .should()
                .dependOnClassesThat(
                        nameMatching("dev\\.evalstore\\.internal\\.jdbc\\.(Jdbc|Row|Table|Source|Statements).*"))
                .check(LIBRARY);
    }
}
