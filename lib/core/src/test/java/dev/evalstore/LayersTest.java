package dev.evalstore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.evalstore.testkit.MainClasses;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What may use what: each part of the library uses those below it, and none beside or above it. */
class LayersTest {
    private static final String ROOT = "dev.evalstore";

    /** The parts, from the bottom to the top; those of one line know nothing of each other. */
    private static final List<Set<String>> LAYERS = List.of(
            Set.of("kernel"),
            Set.of("internal.jdbc"),
            Set.of("internal.config", "internal.replica"),
            Set.of("internal.schema"),
            Set.of("internal.audit", "internal.event"),
            Set.of("internal.organization", "internal.queue"),
            Set.of("search", "worker"),
            Set.of(
                    "account",
                    "audit",
                    "benchmark",
                    "catalog",
                    "event",
                    "exchange",
                    "job",
                    "lock",
                    "matrix",
                    "organization",
                    "state"),
            Set.of("governance", "tracking", "version"),
            Set.of("internal.maintenance"),
            Set.of("backup", "recovery"),
            Set.of("facade"),
            Set.of("runner"));

    /** The classes of the root package that stand on everything else; tenants are another way to a {@code Database}. */
    private static final Set<String> FACADE =
            Set.of("Database", "Tx", "TxWork", "Repositories", "Reading", "Maintenance");

    /** The classes of the job and event packages that work with a whole {@code Database}, as a user's own worker would. */
    private static final Pattern RUNNER = Pattern.compile(
            "JobRunner|Runner.*|OutcomeBuffer|RunningJob|DueJobs|EndedAttempt|JobContext|JobHandler|EventDispatcher|Dispatcher.*|EventHandler|EventContext|EventBatch.*");

    /** Classes of the root package that are the public face of an internal part. */
    private static final Map<String, String> FACES = Map.of("DatabaseConfig", "internal.config");

    /** Enums of a room that rows below it are filtered by too; they use nothing. */
    private static final Set<String> WORDS = Set.of("ExperimentStatus", "ExperimentKind");

    private static final JavaClasses LIBRARY = imported(importer -> importer.importPath(MainClasses.root()));

    /** Without the classes of others, about which no rule here asks. */
    private static JavaClasses imported(Function<ClassFileImporter, JavaClasses> from) {
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return from.apply(new ClassFileImporter());
        });
    }

    /** The name of the part that a class belongs to; nested classes belong to their outermost one's. */
    private static String part(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        if (outer.getPackageName().equals(ROOT)) {
            String name = outer.getSimpleName();
            return FACADE.contains(name) ? "facade" : FACES.getOrDefault(name, "kernel");
        }
        String name = outer.getPackageName().substring(ROOT.length() + 1);
        if (Set.of("job", "event").contains(name)
                && RUNNER.matcher(outer.getSimpleName()).matches()) {
            return "runner";
        }
        if (name.equals("tenant")) {
            return "facade";
        }
        return name.equals("internal") || WORDS.contains(outer.getSimpleName().replace("[]", "")) ? "kernel" : name;
    }

    private static int layer(String part) {
        for (int i = 0; i < LAYERS.size(); i++) {
            if (LAYERS.get(i).contains(part)) {
                return i;
            }
        }
        throw new AssertionError("the part " + part + " has no layer");
    }

    private static boolean isLibrary(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    private static ArchRule layers() {
        return classes().should(new ArchCondition<>("use what is below them") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = part(type);
                for (Dependency use : type.getDirectDependenciesFromSelf()) {
                    if (!isLibrary(use.getTargetClass())) {
                        continue;
                    }
                    String to = part(use.getTargetClass());
                    boolean fits = from.equals(to) || layer(to) < layer(from);
                    String message = from + " -> " + to + ": " + use.getDescription();
                    events.add(new SimpleConditionEvent(use, fits, message));
                }
            }
        });
    }

    @Test
    void every_part_uses_only_those_below_it() {
        layers().check(LIBRARY);
    }

    @Test
    void no_parts_use_each_other_in_a_circle() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return isLibrary(type) ? SliceIdentifier.of(part(type)) : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "parts of the library";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(LIBRARY);
    }

    @Test
    void every_package_has_a_layer() {
        assertThat(LIBRARY).extracting(LayersTest::part).allSatisfy(LayersTest::layer);
    }

    @Test
    void a_use_upwards_would_be_found() {
        assertThatThrownBy(() -> layers().check(imported(importer -> importer.importClasses(Upwards.class))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("kernel -> facade")
                .hasMessageContaining("kernel -> catalog");
    }

    /** It stands in the root package, so it belongs to the kernel. */
    @SuppressWarnings("unused")
    private static final class Upwards {
        private final Database facade;

        Upwards(Database facade) {
            this.facade = facade;
            facade.catalog().models();
        }
    }
}
