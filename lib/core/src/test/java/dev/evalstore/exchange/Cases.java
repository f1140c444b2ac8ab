package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Test cases for tests: of all shapes, and read back as they were given. */
final class Cases {
    static final List<String> TAGS = List.of("a", "b", "zero-shot", "5-shot", "null");

    private Cases() {}

    static NewTestCase of(String key) {
        return NewTestCase.of(key, "Name of " + key, "What is {{question}}?");
    }

    static List<NewTestCase> random(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> random(random, "case " + i))
                .toList();
    }

    /** Any field may be there or not. */
    static NewTestCase random(Random random, String key) {
        return new NewTestCase(
                key,
                text(random),
                perhaps(random, text(random)),
                TAGS.stream().filter(tag -> random.nextInt(3) == 0).toList(),
                new NewTestCase.Grade(
                        1 - random.nextDouble(), Difficulty.values()[random.nextInt(Difficulty.values().length)]),
                random.nextInt(7) - 3,
                new NewTestCase.Prompt(
                        text(random) + "{{x}}",
                        random.nextBoolean() ? Json.EMPTY : document(random),
                        perhaps(random, text(random)),
                        random.nextBoolean() ? Json.parse("[]") : Json.of(List.of(text(random))),
                        "format " + random.nextInt(3),
                        perhaps(random, document(random))),
                new NewTestCase.Answer(
                        expectation(random),
                        perhaps(random, random.nextBoolean() ? "" : text(random)),
                        perhaps(random, Json.of(random.nextBoolean() ? true : Map.of("type", "object"))),
                        random.nextBoolean() ? Json.EMPTY : document(random)));
    }

    static Expectation expectation(Random random) {
        List<ExpectedOutput> outputs = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String text = text(random);
            ExpectedOutput output = switch (random.nextInt(4)) {
                case 0 ->
                    ExpectedOutput.of(MatchKind.EXACT, random.nextBoolean() ? "" : text)
                            .matchConfig(Json.of(Map.of("trim", true)));
                case 1 -> ExpectedOutput.of(MatchKind.PATTERN, "a+$");
                case 2 -> ExpectedOutput.of(MatchKind.FUZZY, text).matchConfig(Json.of(Map.of("threshold", 0.75)));
                default -> ExpectedOutput.of(MatchKind.SEMANTIC, text).matchConfig(document(random));
            };
            outputs.add(new ExpectedOutput(
                    output.outputText(),
                    output.kind(),
                    output.matchConfig(),
                    random.nextInt(3),
                    perhaps(random, text)));
        }
        List<OutputConstraint> constraints = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            OutputConstraint constraint = switch (random.nextInt(6)) {
                case 0 -> OutputConstraint.of(ConstraintKind.LENGTH, Json.of(Map.of("max", 10)));
                case 1 -> OutputConstraint.of(ConstraintKind.CONTAINS, Json.of(Map.of("texts", TAGS)));
                case 2 -> OutputConstraint.of(ConstraintKind.NOT_CONTAINS, Json.of(Map.of("texts", TAGS)));
                case 3 -> OutputConstraint.of(ConstraintKind.PATTERN, Json.of(Map.of("pattern", "a+")));
                case 4 -> OutputConstraint.of(ConstraintKind.JSON, Json.EMPTY);
                default -> OutputConstraint.of(ConstraintKind.ONE_OF, Json.of(Map.of("values", TAGS)));
            };
            constraints.add(new OutputConstraint(
                    constraint.kind(),
                    constraint.config(),
                    random.nextBoolean(),
                    Severity.values()[random.nextInt(Severity.values().length)],
                    perhaps(random, text(random))));
        }
        return new Expectation(outputs, constraints);
    }

    private static String text(Random random) {
        List<String> odd = List.of("\"", "\\", "🦖", "ß", "{{y}}", "\n", "'", "\t", ",", "{", "}", "NULL");
        return "t" + random.nextInt(1_000) + odd.get(random.nextInt(odd.size())) + random.nextInt(10);
    }

    private static Json document(Random random) {
        return Json.of(
                Map.of("x" + random.nextInt(5), random.nextBoolean() ? text(random) : (Object) random.nextInt()));
    }

    private static <T> @Nullable T perhaps(Random random, T value) {
        return random.nextBoolean() ? value : null;
    }

    /** What would be given to store it again. */
    static NewTestCase given(TestCase stored) {
        return new NewTestCase(
                stored.caseKey(),
                stored.name(),
                stored.description(),
                stored.tags(),
                new NewTestCase.Grade(stored.weight(), stored.difficulty()),
                stored.sortOrder(),
                new NewTestCase.Prompt(
                        stored.promptTemplate(),
                        compact(stored.variables()),
                        stored.systemPrompt(),
                        compact(stored.fewShotExamples()),
                        stored.inputFormat(),
                        stored.inputConfig() == null ? null : compact(stored.inputConfig())),
                new NewTestCase.Answer(
                        stored.expectation(),
                        stored.referenceOutput(),
                        stored.outputSchema() == null ? null : compact(stored.outputSchema()),
                        compact(stored.evaluationMethod())));
    }

    /** The server writes a space after each comma and colon; no text of these tests has one. */
    private static Json compact(Json stored) {
        return Json.parse(stored.text().replace(" ", ""));
    }
}
