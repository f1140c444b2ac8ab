package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreeScanner;
import dev.evalstore.testkit.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way into the tables, as {@link MapperContractTest} holds the way out: a column is written from what is called like it. Two
 * texts that are swapped compile, and a test with equal values would not see it.
 */
class WrittenColumnsTest {
    /** What a column is written from, by {@code Class.column}, where that has another name. */
    private static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("ApiKeyRepository.key_hash", "hash"),
            Map.entry("DefinitionRows.citation_bibtex", "bibtex"),
            Map.entry("DefinitionRows.citation_doi", "doi"),
            Map.entry("DefinitionRows.citation_title", "title"),
            Map.entry("DefinitionRows.citation_venue", "venue"),
            Map.entry("DefinitionRows.citation_year", "year"),
            Map.entry("DefinitionVersionRows.primary_metric_description", "description"),
            Map.entry("DefinitionVersionRows.primary_metric_higher_is_better", "higherIsBetter"),
            Map.entry("DefinitionVersionRows.primary_metric_kind", "kind"),
            Map.entry("DefinitionVersionRows.primary_metric_name", "name"),
            Map.entry("DefinitionVersionRows.primary_metric_range_max", "rangeMax"),
            Map.entry("DefinitionVersionRows.primary_metric_range_min", "rangeMin"),
            Map.entry("DefinitionVersionRows.primary_metric_unit", "unit"),
            Map.entry("DefinitionVersionRows.semver_build", "build"),
            Map.entry("DefinitionVersionRows.semver_major", "major"),
            Map.entry("DefinitionVersionRows.semver_minor", "minor"),
            Map.entry("DefinitionVersionRows.semver_patch", "patch"),
            Map.entry("DefinitionVersionRows.semver_prerelease", "prerelease"),
            Map.entry("ExperimentRepository.total_cost_usd", "costUsd"),
            Map.entry("ModelVersionRepository.input_cost_per_1k", "inputPer1k"),
            Map.entry("ModelVersionRepository.output_cost_per_1k", "outputPer1k"),
            Map.entry("UserTokenRepository.token_hash", "hash"),
            Map.entry("VerifierKeyRepository.verifier_label", "worker"),
            Map.entry("VerifierKeyRepository.verifier_ref", "worker"));

    private static final Set<String> WRITES = Set.of("set", "setIfGiven", "patch");

    @Test
    void a_column_is_written_from_the_component_of_its_name() {
        assertThat(Sources.main().stream().flatMap(file -> writes(file).stream()))
                .isEmpty();
    }

    @Test
    void an_update_assigns_the_column_that_its_method_is_named_after() {
        assertThat(Sources.main().stream().flatMap(file -> assignments(file).stream()))
                .isEmpty();
    }

    /** {@code set("name", framework.version())}. */
    private static List<String> writes(Sources.File file) {
        List<String> faults = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            private String owner = "";

            @Override
            public Void visitClass(ClassTree type, Void nothing) {
                String outer = owner;
                owner = type.getSimpleName().toString();
                super.visitClass(type, nothing);
                owner = outer;
                return null;
            }

            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
                String column = column(call);
                if (WRITES.contains(name(call.getMethodSelect())) && column != null) {
                    String component = component(call.getArguments().get(1));
                    if (component != null && !fits(owner, column, component)) {
                        faults.add(file.at(call) + " writes " + column + " from " + component);
                    }
                }
                return super.visitMethodInvocation(call, nothing);
            }
        }.scan(file.unit(), null);
        return faults;
    }

    /** {@code name(…) { return with("version", …); }}. */
    private static List<String> assignments(Sources.File file) {
        List<String> faults = new ArrayList<>();
        ClassTree type = file.type();
        if (type == null
                || type.getExtendsClause() == null
                || !type.getExtendsClause().toString().startsWith("Assignments<")) {
            return faults;
        }
        for (var member : type.getMembers()) {
            if (member instanceof MethodTree method && method.getReturnType() != null) {
                String component = method.getName().toString();
                method.accept(
                        new TreeScanner<Void, Void>() {
                            @Override
                            public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
                                String column = column(call);
                                if (name(call.getMethodSelect()).equals("with")
                                        && column != null
                                        && !fits(type.getSimpleName().toString(), column, component)) {
                                    faults.add(file.at(call) + " " + method.getName() + " assigns " + column);
                                }
                                return super.visitMethodInvocation(call, nothing);
                            }
                        },
                        null);
            }
        }
        return faults;
    }

    private static boolean fits(String owner, String column, String component) {
        String expected = RENAMED.getOrDefault(owner + "." + column, column.replace("_", ""));
        return expected.equalsIgnoreCase(component);
    }

    private static String name(ExpressionTree method) {
        return method instanceof MemberSelectTree member
                ? member.getIdentifier().toString()
                : method.toString();
    }

    /** The first of two arguments, if it is a literal. */
    private static @Nullable String column(MethodInvocationTree call) {
        return call.getArguments().size() == 2
                        && call.getArguments().get(0) instanceof LiteralTree literal
                        && literal.getValue() instanceof String column
                ? column
                : null;
    }

    /** The last name of {@code user.address().email()}; null for anything else. */
    private static @Nullable String component(ExpressionTree value) {
        return value instanceof MethodInvocationTree call
                        && call.getArguments().isEmpty()
                        && call.getMethodSelect() instanceof MemberSelectTree member
                ? member.getIdentifier().toString()
                : null;
    }

    @Test
    void two_that_are_swapped_would_be_found(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("UpdateThing.java"), """
                final class UpdateThing extends Assignments<UpdateThing> {
                    UpdateThing firstName(String value) {
                        return with("last_name", value);
                    }
                    UpdateThing lastName(String value) {
                        return with("last_name", value);
                    }
                    static Columns columns(Thing thing) {
                        return new Columns().set("first_name", thing.lastName()).set("last_name", thing.lastName());
                    }
                }
                """);
        Sources.File file = Sources.parse(folder).get(0);
        assertThat(assignments(file)).containsExactly("UpdateThing.java:3 firstName assigns last_name");
        assertThat(writes(file)).containsExactly("UpdateThing.java:9 writes first_name from lastName");
    }
}
