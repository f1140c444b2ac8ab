package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A test case to create; {@link TestCase} describes the fields. {@link #of} makes one of a prompt alone, and each
 * further method adds one thing to it. A document has at most 1,000,000 characters.
 *
 * @param caseKey not blank, at most 200 characters
 * @param name not blank, at most 200 characters
 * @param description not blank, at most 5,000 characters, or null
 * @param tags at most 20, each of lower-case letters and digits in parts joined by single hyphens, at most 100
 *     characters
 */
public record NewTestCase(
        String caseKey,
        String name,
        @Nullable String description,
        List<String> tags,
        Grade grade,
        int sortOrder,
        Prompt prompt,
        Answer answer) {
    public NewTestCase {
        CaseRules.caseKey(caseKey);
        CaseRules.name(name);
        CaseRules.description(description);
        tags = CaseRules.tags(tags);
        Objects.requireNonNull(grade, "grade");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(answer, "answer");
    }

    /** A case of medium difficulty and weight 1, that every output passes. */
    public static NewTestCase of(String caseKey, String name, String promptTemplate) {
        return new NewTestCase(
                caseKey, name, null, List.of(), Grade.DEFAULT, 0, Prompt.of(promptTemplate), Answer.NONE);
    }

    public NewTestCase caseKey(String value) {
        return new NewTestCase(value, name, description, tags, grade, sortOrder, prompt, answer);
    }

    public NewTestCase description(String value) {
        return new NewTestCase(caseKey, name, value, tags, grade, sortOrder, prompt, answer);
    }

    public NewTestCase tags(String... values) {
        return new NewTestCase(
                caseKey, name, description, Check.list("tags", values), grade, sortOrder, prompt, answer);
    }

    public NewTestCase weight(double value) {
        return new NewTestCase(
                caseKey, name, description, tags, new Grade(value, grade.difficulty), sortOrder, prompt, answer);
    }

    public NewTestCase difficulty(Difficulty value) {
        return new NewTestCase(
                caseKey, name, description, tags, new Grade(grade.weight, value), sortOrder, prompt, answer);
    }

    public NewTestCase sortOrder(int value) {
        return new NewTestCase(caseKey, name, description, tags, grade, value, prompt, answer);
    }

    public NewTestCase prompt(Prompt value) {
        return new NewTestCase(caseKey, name, description, tags, grade, sortOrder, value, answer);
    }

    /** The same with these variables and their defaults; see {@link TestCaseRepository#render}. */
    public NewTestCase variables(Json value) {
        return prompt(prompt.variables(value));
    }

    public NewTestCase answer(Answer value) {
        return new NewTestCase(caseKey, name, description, tags, grade, sortOrder, prompt, value);
    }

    /** The same that accepts this output, besides those that it accepts already. */
    public NewTestCase accept(ExpectedOutput output) {
        List<ExpectedOutput> outputs = new ArrayList<>(answer.expectation.outputs());
        outputs.add(Objects.requireNonNull(output, "output"));
        return answer(answer.expectation(new Expectation(outputs, answer.expectation.constraints())));
    }

    /** The same with one constraint more. */
    public NewTestCase constrain(OutputConstraint constraint) {
        List<OutputConstraint> constraints = new ArrayList<>(answer.expectation.constraints());
        constraints.add(Objects.requireNonNull(constraint, "constraint"));
        return answer(answer.expectation(new Expectation(answer.expectation.outputs(), constraints)));
    }

    /** The same with this JSON Schema for outputs. */
    public NewTestCase outputSchema(Json value) {
        return answer(answer.outputSchema(value));
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewTestCase[caseKey=" + caseKey + ", grade=" + grade + "]";
    }

    /** How much a case counts and how hard it is. */
    public record Grade(double weight, Difficulty difficulty) {
        /** Weight 1, medium. */
        public static final Grade DEFAULT = new Grade(1, Difficulty.MEDIUM);

        public Grade {
            CaseRules.weight(weight);
            Objects.requireNonNull(difficulty, "difficulty");
        }
    }

    /**
     * What the model is asked.
     *
     * @param promptTemplate not blank, at most 1,000,000 characters
     * @param variables an object of at most 1,000 variables; a name has letters, digits and underscores, does not begin
     *     with a digit, and has at most 64 characters
     * @param systemPrompt not blank, at most 1,000,000 characters, or null
     * @param fewShotExamples an array
     * @param inputFormat not blank, at most 100 characters
     * @param inputConfig an object, or null
     */
    public record Prompt(
            String promptTemplate,
            Json variables,
            @Nullable String systemPrompt,
            Json fewShotExamples,
            String inputFormat,
            @Nullable Json inputConfig) {
        private static final Json NO_EXAMPLES = Json.parse("[]");

        public Prompt {
            CaseRules.promptTemplate(promptTemplate);
            CaseRules.variables(variables);
            CaseRules.systemPrompt(systemPrompt);
            CaseRules.fewShotExamples(fewShotExamples);
            CaseRules.inputFormat(inputFormat);
            CaseRules.inputConfig(inputConfig);
        }

        /** Plain text, without variables that have defaults. */
        public static Prompt of(String promptTemplate) {
            return new Prompt(promptTemplate, Json.EMPTY, null, NO_EXAMPLES, "plain_text", null);
        }

        public Prompt variables(Json value) {
            return new Prompt(promptTemplate, value, systemPrompt, fewShotExamples, inputFormat, inputConfig);
        }

        public Prompt systemPrompt(String value) {
            return new Prompt(promptTemplate, variables, value, fewShotExamples, inputFormat, inputConfig);
        }

        public Prompt fewShotExamples(Json value) {
            return new Prompt(promptTemplate, variables, systemPrompt, value, inputFormat, inputConfig);
        }

        public Prompt inputFormat(String value) {
            return new Prompt(promptTemplate, variables, systemPrompt, fewShotExamples, value, inputConfig);
        }

        public Prompt inputConfig(Json value) {
            return new Prompt(promptTemplate, variables, systemPrompt, fewShotExamples, inputFormat, value);
        }

        /** The fields that may be logged: none of the texts. */
        @Override
        public String toString() {
            return "Prompt[inputFormat=" + inputFormat + "]";
        }
    }

    /**
     * What the output must be, and how it is scored.
     *
     * @param referenceOutput at most 1,000,000 characters, or null
     * @param outputSchema an object, {@code true} or {@code false}, or null; {@link OutputCheck} says which schemas
     * @param evaluationMethod an object
     */
    public record Answer(
            Expectation expectation,
            @Nullable String referenceOutput,
            @Nullable Json outputSchema,
            Json evaluationMethod) {
        /** Every output passes. */
        public static final Answer NONE = new Answer(Expectation.NONE, null, null, Json.EMPTY);

        public Answer {
            CaseRules.expectation(expectation);
            CaseRules.referenceOutput(referenceOutput);
            CaseRules.outputSchema(outputSchema);
            CaseRules.evaluationMethod(evaluationMethod);
        }

        public Answer expectation(Expectation value) {
            return new Answer(value, referenceOutput, outputSchema, evaluationMethod);
        }

        public Answer referenceOutput(String value) {
            return new Answer(expectation, value, outputSchema, evaluationMethod);
        }

        public Answer outputSchema(Json value) {
            return new Answer(expectation, referenceOutput, value, evaluationMethod);
        }

        public Answer evaluationMethod(Json value) {
            return new Answer(expectation, referenceOutput, outputSchema, value);
        }

        /** The fields that may be logged: none of the texts. */
        @Override
        public String toString() {
            return "Answer[expectation=" + expectation + "]";
        }
    }
}
