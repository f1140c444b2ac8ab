package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import dev.evalstore.testkit.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The withers of records repeat the components, so a swapped pair would be easy to write and hard to see. Each is held against
 * the text that follows from the components: {@code return new X(a, b, changed, d);}.
 */
class WithersTest {
    private static final int MAX_COMPONENTS = 8;

    /** Views of something that is open, and no inputs. */
    private static final Set<String> WITH_A_PREFIX = Set.of("Database.withSchema");

    /** A record that is written as an input, and where it stands. */
    record Input(Sources.File file, ClassTree type) {
        String name() {
            return type.getSimpleName().toString();
        }

        List<String> components() {
            return type.getMembers().stream()
                    .filter(VariableTree.class::isInstance)
                    .map(VariableTree.class::cast)
                    .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                    .map(field -> field.getName().toString())
                    .toList();
        }

        @Override
        public String toString() {
            return name();
        }
    }

    static List<Input> inputs() {
        return inputs(Sources.main());
    }

    private static List<Input> inputs(List<Sources.File> files) {
        List<Input> inputs = new ArrayList<>();
        for (Sources.File file : files) {
            if (file.type() != null && !file.packageName().startsWith("dev.evalstore.internal")) {
                add(inputs, file, file.type());
            }
        }
        return inputs;
    }

    /** The type, if it is a record, and the records that are nested in it. */
    private static void add(List<Input> inputs, Sources.File file, ClassTree type) {
        if (type.getKind() == Tree.Kind.RECORD && isPublic(type.getModifiers())) {
            inputs.add(new Input(file, type));
        }
        for (Tree member : type.getMembers()) {
            if (member instanceof ClassTree nested) {
                add(inputs, file, nested);
            }
        }
    }

    private static boolean isPublic(ModifiersTree modifiers) {
        return modifiers.getFlags().contains(Modifier.PUBLIC);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void every_wither_is_what_the_components_make_of_it(Input input) {
        assertThat(faults(input)).isEmpty();
    }

    /** Where a wither is not of that form, with the text that it should be. */
    private static List<String> faults(Input input) {
        List<String> faults = new ArrayList<>();
        for (Tree member : input.type().getMembers()) {
            if (member instanceof MethodTree method && isWither(input, method)) {
                List<String> expected = expected(input, method);
                List<String> found =
                        call(method).getArguments().stream().map(Tree::toString).toList();
                if (!expected.equals(found)) {
                    faults.add(input.file().at(method) + " " + method.getName() + "\n  expected: "
                            + rendered(input, expected) + "\n  found:    " + rendered(input, found));
                }
            }
        }
        return faults;
    }

    private static String rendered(Input input, List<String> arguments) {
        return "return new " + input.name() + "(" + String.join(", ", arguments) + ");";
    }

    /** A public method that returns a new record of its own type, and does not combine two. */
    private static boolean isWither(Input input, MethodTree method) {
        return method.getReturnType() != null
                && method.getReturnType().toString().equals(input.name())
                && isPublic(method.getModifiers())
                && !method.getModifiers().getFlags().contains(Modifier.STATIC)
                && call(method) != null
                && method.getParameters().stream()
                        .noneMatch(parameter -> parameter.getType().toString().equals(input.name()));
    }

    /** The constructor's call that the method ends with. */
    private static @Nullable NewClassTree call(MethodTree method) {
        List<? extends StatementTree> statements = method.getBody().getStatements();
        StatementTree last = statements.get(statements.size() - 1);
        return last instanceof ReturnTree returned && returned.getExpression() instanceof NewClassTree made
                ? made
                : null;
    }

    /**
     * All components in order, and in the places that the wither changes what it writes there: as many places as it has
     * parameters, in their order, or one constant. A wither that is named after a component changes that one.
     */
    private static List<String> expected(Input input, MethodTree method) {
        List<String> components = input.components();
        List<String> given =
                call(method).getArguments().stream().map(Tree::toString).toList();
        List<String> parameters = method.getParameters().stream()
                .map(parameter -> parameter.getName().toString())
                .toList();
        String named = named(components, method.getName().toString());
        List<String> expected = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < components.size(); i++) {
            String component = components.get(i);
            String argument = i < given.size() ? given.get(i) : component;
            boolean mayChange = named == null || parameters.size() > 1 || named.equals(component);
            boolean usesNext = next < parameters.size() && mentions(argument, parameters.get(next));
            boolean isConstant = parameters.isEmpty() && next == 0 && mentionsNone(argument, components);
            if (mayChange && (usesNext || isConstant)) {
                expected.add(argument);
                next++;
            } else {
                expected.add(component);
            }
        }
        if (next != Math.max(1, parameters.size())) {
            int at = named == null ? 0 : components.indexOf(named);
            expected.set(at, parameters.isEmpty() ? "a constant" : String.join(", ", parameters));
        }
        return expected;
    }

    /** The component that the wither is named after, if there is one. */
    private static @Nullable String named(List<String> components, String wither) {
        String bare = wither.startsWith("with") && wither.length() > 4
                ? wither.substring(4, 5).toLowerCase(Locale.ROOT) + wither.substring(5)
                : wither;
        return components.contains(bare) ? bare : null;
    }

    private static boolean mentions(String expression, String name) {
        return expression.matches("(?s).*\\b" + name + "\\b.*");
    }

    private static boolean mentionsNone(String expression, List<String> names) {
        return names.stream().noneMatch(name -> mentions(expression, name));
    }

    /** {@code NewThing.name(…)} and {@code UpdateThing.name(…)}: a change is named after what it changes. */
    @Test
    void no_change_has_a_prefix() {
        assertThat(prefixed(Sources.main())).isEmpty();
    }

    /** Public methods that return their own type and are called {@code with…}. */
    private static List<String> prefixed(List<Sources.File> files) {
        return files.stream()
                .filter(file -> file.type() != null && !file.packageName().startsWith("dev.evalstore.internal"))
                .flatMap(file -> file.type().getMembers().stream()
                        .filter(MethodTree.class::isInstance)
                        .map(MethodTree.class::cast)
                        .filter(method -> isPublic(method.getModifiers())
                                && !WITH_A_PREFIX.contains(file.type().getSimpleName() + "." + method.getName())
                                && method.getReturnType() != null
                                && method.getReturnType()
                                        .toString()
                                        .contentEquals(file.type().getSimpleName())
                                && method.getName().toString().matches("with[A-Z].*"))
                        .map(method -> file.at(method) + " " + method.getName()))
                .toList();
    }

    @Test
    void inputs_have_at_most_eight_components() {
        assertThat(inputs())
                .filteredOn(input -> input.name().matches("New[A-Z].*|.*Options"))
                .filteredOn(input -> input.components().size() > MAX_COMPONENTS)
                .extracting(input -> input.name() + ": " + input.components().size())
                .isEmpty();
    }

    @Test
    void filters_and_updates_are_no_records() {
        assertThat(inputs())
                .extracting(Input::name)
                .filteredOn(name -> name.endsWith("Filter") || name.matches("Update[A-Z].*"))
                .isEmpty();
    }

    @Test
    void the_search_finds_the_inputs_that_are_known_to_be_there() {
        assertThat(inputs()).extracting(Input::name).contains("NewBenchmark", "Serving", "MaintenanceOptions");
        assertThat(inputs().stream()
                        .flatMap(input -> input.type().getMembers().stream()
                                .filter(member -> member instanceof MethodTree method && isWither(input, method)))
                        .count())
                .isGreaterThan(100);
    }

    @Test
    void a_wither_that_swaps_forgets_or_repeats_would_be_found(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("NewThing.java"), """
                package dev.evalstore;
                public record NewThing(String a, String b, boolean c) {
                    public NewThing a(String a) {
                        return new NewThing(a, b, c);
                    }
                    public NewThing withB(String value) {
                        return new NewThing(a, value.strip(), c);
                    }
                    public NewThing c() {
                        return new NewThing(a, b, true);
                    }
                    public NewThing b(String swapped) {
                        return new NewThing(swapped, b, c);
                    }
                    public NewThing withA(String forgotten) {
                        return new NewThing(a, b, c);
                    }
                    public NewThing withC(boolean c) {
                        return new NewThing(b, a, c);
                    }
                    public NewThing both(String first, String second) {
                        return new NewThing(first, second, c);
                    }
                    public NewThing crossed(String first, String second) {
                        return new NewThing(second, first, c);
                    }
                    public NewThing twice(String value) {
                        return new NewThing(value, value, c);
                    }
                }
                """);
        List<Input> inputs = inputs(Sources.parse(folder));
        assertThat(inputs).hasSize(1);
        assertThat(faults(inputs.get(0)))
                .extracting(fault ->
                        Stream.of(fault.split("\\s+")).skip(1).findFirst().orElseThrow())
                .containsExactly("b", "withA", "withC", "crossed", "twice");
    }
}
