package dev.evalstore.analysis;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.evalstore.Database;
import dev.evalstore.analysis.report.Report;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnalysisArchitectureTest {
    private static final String ROOT = "dev.evalstore.analysis";
    private static final JavaClasses ANALYSIS = new ClassFileImporter().importPath(root(Report.class));

    /** Those that give the same bits everywhere; the others may differ between JDKs and processors. */
    private static final Set<String> EXACT = Set.of(
            "abs",
            "addExact",
            "ceil",
            "ceilDiv",
            "clamp",
            "copySign",
            "floor",
            "floorDiv",
            "floorMod",
            "fma",
            "getExponent",
            "max",
            "min",
            "multiplyExact",
            "nextDown",
            "nextUp",
            "rint",
            "round",
            "scalb",
            "signum",
            "sqrt",
            "subtractExact",
            "toIntExact",
            "ulp");

    /** They look at the bits of a character, not at what Unicode says of it. */
    private static final Set<String> FIXED_OF_CHARACTERS = Set.of(
            "charCount",
            "codePointAt",
            "codePointBefore",
            "isHighSurrogate",
            "isISOControl",
            "isLowSurrogate",
            "isSurrogate",
            "toString",
            "valueOf");

    private static Path root(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
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
                .check(ANALYSIS);
        classes().should().resideInAPackage(ROOT + "..").check(ANALYSIS);
    }

    @Test
    void statistics_know_nothing_of_the_store() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".stats..")
                .should()
                .dependOnClassesThat(describe(
                        "belong to the store",
                        type -> type.getPackageName().startsWith("dev.evalstore")
                                && !type.getPackageName().startsWith(ROOT + ".stats")
                                && !type.getPackageName().startsWith(ROOT + ".internal")))
                .check(ANALYSIS);
    }

    @Test
    void what_is_shared_knows_nothing_of_what_shares_it() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".internal..")
                .should()
                .dependOnClassesThat(describe(
                        "are above it",
                        type -> type.getPackageName().startsWith("dev.evalstore")
                                && !type.getPackageName().startsWith(ROOT + ".internal")))
                .check(ANALYSIS);
    }

    @Test
    void each_foreign_library_has_its_one_place() {
        place("org.apache.pdfbox..", ROOT + ".report..");
        place("org.apache.fontbox..", ROOT + ".report..");
        place("de.siegmar.fastcsv..", ROOT + ".export..");
        place("org.apache.commons.rng..", ROOT + ".stats..");
    }

    private static void place(String library, String place) {
        noClasses()
                .that()
                .resideOutsideOfPackage(place)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(ANALYSIS);
    }

    /** A reader of both would not know which is meant. */
    @Test
    void no_public_class_is_called_as_one_of_the_core_is() throws IOException {
        JavaClasses core = core();
        Set<String> names = api(core).collect(Collectors.toSet());
        assertThat(names).contains("Database", "Evaluation", "Tier").doesNotContain("Report");
        assertThat(api(ANALYSIS)).isNotEmpty().doesNotContainAnyElementsOf(names);
    }

    /** A folder, or a jar if the build has come so far. */
    private static JavaClasses core() throws IOException {
        Path root = root(Database.class);
        if (Files.isDirectory(root)) {
            return new ClassFileImporter().importPath(root);
        }
        try (JarFile jar = new JarFile(root.toFile())) {
            return new ClassFileImporter().importJar(jar);
        }
    }

    /** The names of the public classes outside of internal packages. */
    private static Stream<String> api(JavaClasses classes) {
        return classes.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
                .filter(type -> !type.getPackageName().contains(".internal"))
                .map(JavaClass::getSimpleName);
    }

    @Test
    void no_type_of_a_library_or_of_internal_stands_in_a_public_signature() {
        classes()
                .that()
                .arePublic()
                .and()
                .resideOutsideOfPackage(ROOT + ".internal..")
                .should(new ArchCondition<>("show types of the JDK, the core and this artifact alone") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getMembers().stream()
                                .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC)
                                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                                .flatMap(member -> shown(member)
                                        .filter(shown -> !isApi(shown))
                                        .map(shown -> member.getFullName() + " shows " + shown.getName()))
                                .forEach(message -> events.add(SimpleConditionEvent.violated(type, message)));
                    }
                })
                .check(ANALYSIS);
    }

    private static boolean isApi(JavaClass type) {
        String name = type.getPackageName();
        return type.isPrimitive()
                || type.isArray()
                || name.startsWith("java.")
                || name.startsWith("dev.evalstore") && !name.contains(".internal");
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
    void nothing_is_bound_to_a_thread_locked_by_a_monitor_or_reflected() {
        noClasses()
                .should()
                .dependOnClassesThat(assignableTo(ThreadLocal.class))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect")
                .check(ANALYSIS);
        methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED).check(ANALYSIS);
    }

    /** The same rows give the same bytes on every JDK and processor. */
    @Test
    void functions_that_may_differ_in_their_last_bit_are_those_of_strict_math() {
        noClasses()
                .should()
                .callMethodWhere(describe(
                        "is no exact function",
                        call -> call.getTargetOwner().isEquivalentTo(Math.class) && !EXACT.contains(call.getName())))
                .check(ANALYSIS);
    }

    /** The same rows give the same bytes in every place and at any time. */
    @Test
    void nothing_depends_on_the_locale_the_time_zone_or_the_time() {
        noClasses()
                .should()
                .callMethodWhere(describe("depends on where or when it runs", AnalysisArchitectureTest::depends))
                .check(ANALYSIS);
    }

    /** A later JDK knows more characters. What is written but the PDF is the same on all of them. */
    @Test
    void tables_of_characters_are_those_of_this_artifact_but_in_a_pdf() {
        noClasses()
                .that(doNotMakePdf())
                .should()
                .accessTargetWhere(describe(
                        "asks the JDK for what differs with its release", AnalysisArchitectureTest::asksForCharacters))
                .check(ANALYSIS);
        noClasses()
                .that(doNotMakePdf().and(not(equivalentTo(Report.class))))
                .should()
                .dependOnClassesThat(not(doNotMakePdf()).and(resideInAPackage(ROOT + "..")))
                .check(ANALYSIS);
    }

    private static DescribedPredicate<JavaClass> doNotMakePdf() {
        return describe(
                "do not make PDF",
                type -> !type.getPackageName().equals(ROOT + ".report")
                        || !outermost(type).startsWith("Pdf")
                                && !Set.of("LineBreaks", "VisualOrder").contains(outermost(type)));
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(AnalysisArchitectureTest::outermost).orElse(type.getSimpleName());
    }

    /** White space is left out: it has not changed since Unicode 6.3, of 2013. */
    private static boolean asksForCharacters(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        return owner.equals("java.lang.Character")
                        && !FIXED_OF_CHARACTERS.contains(access.getTarget().getName())
                || owner.startsWith("java.lang.Character$")
                || Set.of("java.text.Bidi", "java.text.Normalizer", "java.text.BreakIterator", "java.text.Collator")
                        .contains(owner)
                || owner.equals("java.lang.String")
                        && access.getTarget().getName().matches("(?i).*ignorecase|case_insensitive_order");
    }

    private static boolean depends(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
        boolean namesLocale = parameters.stream().anyMatch(type -> type.isEquivalentTo(Locale.class));
        boolean formats = owner.isEquivalentTo(String.class)
                && Set.of("format", "formatted", "toLowerCase", "toUpperCase").contains(call.getName());
        boolean asks = (owner.isEquivalentTo(Locale.class) && call.getName().equals("getDefault"))
                || (owner.isEquivalentTo(ZoneId.class) && call.getName().equals("systemDefault"))
                || (owner.isEquivalentTo(System.class) && call.getName().equals("currentTimeMillis"))
                || owner.isAssignableTo(Clock.class)
                || ((owner.isEquivalentTo(Instant.class) || owner.isEquivalentTo(LocalDate.class))
                        && call.getName().equals("now"));
        return formats && !namesLocale || asks;
    }
}
