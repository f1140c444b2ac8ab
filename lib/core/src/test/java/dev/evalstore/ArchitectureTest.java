package dev.evalstore;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
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
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.evalstore.audit.AuditChanges;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.schema.Migrations;
import dev.evalstore.testkit.MainClasses;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String JDBC = "dev.evalstore.internal.jdbc";

    private static final JavaClasses LIBRARY = new ClassFileImporter().importPath(MainClasses.root());

    /** What the accessors of the facade give: flat repositories and rooms, the reading parts of both, and the rooms of {@code Database} alone. */
    private static final Set<String> GIVEN = Stream.concat(
                    Stream.of(Repositories.class, Reading.class)
                            .flatMap(given -> Stream.of(given.getDeclaredMethods()))
                            .filter(method -> Modifier.isPublic(method.getModifiers()))
                            .map(Method::getReturnType),
                    Stream.of(Database.class.getDeclaredMethods())
                            .map(Method::getReturnType)
                            .filter(type -> type.getPackageName().startsWith("dev.evalstore.")))
            .map(Class::getName)
            .collect(Collectors.toSet());

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
                                .filter(member -> !isMadeByRepositories(member))
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

    /** {@code Repositories} stands in another package, so it needs a public constructor. */
    private static boolean isMadeByRepositories(JavaMember member) {
        return member instanceof JavaConstructor constructor
                && takesJdbc(constructor)
                && GIVEN.contains(constructor.getOwner().getName());
    }

    private static boolean takesJdbc(JavaCodeUnit constructor) {
        return !constructor.getRawParameterTypes().isEmpty()
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

    /** A repository in a room has no constructor that a user could call; a flat one has the one that its accessor needs. */
    @Test
    void only_what_repositories_gives_has_a_public_constructor_and_only_one() {
        classes()
                .that()
                .resideOutsideOfPackage("dev.evalstore.internal..")
                .should(
                        new ArchCondition<>(
                                "have one public constructor with a Jdbc if it is given, and none otherwise") {
                            @Override
                            public void check(JavaClass type, ConditionEvents events) {
                                long open = type.getConstructors().stream()
                                        .filter(constructor -> isSeen(constructor) && takesJdbc(constructor))
                                        .count();
                                long fits =
                                        GIVEN.contains(type.getName()) && !type.isAssignableTo(Reading.class) ? 1 : 0;
                                events.add(new SimpleConditionEvent(
                                        type,
                                        open == fits,
                                        type.getName() + " has " + open + ", and should have " + fits));
                            }
                        })
                .check(LIBRARY);
    }

    @Test
    void public_constructors_of_repositories_and_rooms_are_called_by_the_facade_alone() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Repositories.class, Reading.class, Database.class)
                .should()
                .callConstructorWhere(describe(
                        "makes a repository or a room",
                        call -> GIVEN.contains(call.getTargetOwner().getName())
                                && !call.getTargetOwner().isAssignableTo(Reading.class)
                                && !call.getOriginOwner()
                                        .isAssignableTo(call.getTargetOwner().getName())))
                .check(LIBRARY);
    }

    @Test
    void each_foreign_library_has_its_one_place() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(JsonCodec.class)
                // Whose library takes Jackson's trees.
                .and()
                .haveNameNotMatching("dev\\.evalstore\\.exchange\\.JsonSchemas(\\$.*)?")
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
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.evalstore\\.exchange\\.TextPattern(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.re2j..")
                .check(LIBRARY);
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.evalstore\\.exchange\\.JsonSchemas(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.networknt..")
                .check(LIBRARY);
    }

    /** What the library stores for itself must not change with the host's mapping. */
    @Test
    void only_what_the_host_hands_over_goes_through_the_hosts_mapping() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Json.class, AuditChanges.class)
                .should()
                .callMethod(Json.class, "of", Object.class)
                .orShould()
                .callMethod(Json.class, "as", Class.class)
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

    /** A type may be named, so that Jackson reads it. */
    @Test
    void nothing_reflects() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("java.lang.reflect").and(not(type(Type.class))))
                .check(LIBRARY);
    }

    /**
     * The database's clock decides. Ids need one of their own, and so does a store that has no database; that a citation is of
     * no later than next year is checked before the database is asked. When a webhook was signed is compared by its receiver, which
     * has no database.
     */
    @Test
    void no_wall_clock_is_read_beside_the_databases() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Uuids.class)
                .and()
                .haveNameNotMatching("dev\\.evalstore\\.exchange\\.DefinitionRules")
                .and()
                .haveNameNotMatching("dev\\.evalstore\\.event\\.Webhook(Sender|Verifier)")
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

    /** If it needs more, the API lacks something. */
    @Test
    void what_stands_beside_the_core_uses_its_public_api_alone() throws IOException {
        List<Path> beyond = new ArrayList<>();
        for (String folder : List.of("../bench/src", "../testing/src", "../../examples/src")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    if (!file.getFileName().toString().endsWith("ArchitectureTest.java")
                            && Files.readString(file).contains("dev.evalstore.internal")) {
                        beyond.add(file);
                    }
                }
            }
        }
        assertThat(beyond).isEmpty();
    }
}
