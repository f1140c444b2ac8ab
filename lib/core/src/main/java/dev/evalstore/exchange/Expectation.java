package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.Comparator;
import java.util.List;

/**
 * What the outputs of a test case are checked against; {@link OutputCheck} checks them. A case has at most 100 expected
 * outputs and 100 constraints, of at most 10,000,000 characters together.
 *
 * @param outputs an output passes if it matches any of them, or there are none; those of higher priority first, and
 *     otherwise in the order given
 * @param constraints in the order given
 */
public record Expectation(List<ExpectedOutput> outputs, List<OutputConstraint> constraints) {
    private static final Comparator<ExpectedOutput> HIGHER_FIRST =
            Comparator.comparing(ExpectedOutput::priority, Comparator.reverseOrder());

    /** Every output passes. */
    public static final Expectation NONE = new Expectation(List.of(), List.of());

    public Expectation {
        outputs = Check.list("outputs", outputs).stream().sorted(HIGHER_FIRST).toList();
        constraints = Check.list("constraints", constraints);
    }
}
