package dev.evalstore.reliability;

import static dev.evalstore.reliability.Lab.SOME;
import static dev.evalstore.reliability.Write.Trait.ADDS;

import dev.evalstore.tracking.ComparisonMember;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.NewComparison;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.Pairing;
import java.util.List;

/** Of what comparisons came to. */
final class ComparisonWrites {
    private ComparisonWrites() {}

    static List<Write<?>> comparisons() {
        return List.of(
                Write.of(
                                "comparisons.create/1",
                                ComparisonWrites::compared,
                                (r, given) -> r.tracking().comparisons().create(given))
                        .which(ADDS),
                Write.of(
                        "comparisons.delete/1",
                        lab -> lab.db()
                                .tracking()
                                .comparisons()
                                .create(compared(lab))
                                .id(),
                        (r, id) -> r.tracking().comparisons().delete(id)));
    }

    private static NewComparison compared(Lab lab) {
        NewComparison.Setup setup =
                new NewComparison.Setup(ComparisonUnit.EXPERIMENT, "score", Pairing.ITEM, "paired t", SOME);
        return NewComparison.of(
                "a",
                setup,
                List.of(member(lab, "a"), member(lab, "b")),
                NewComparison.Outcome.of(10, SOME).winner(1).pValue(0.01),
                new NewComparison.Provenance("1.0.0", "0".repeat(64)));
    }

    private static ComparisonMember member(Lab lab, String name) {
        NewExperiment experiment = NewExperiment.of(name, ExperimentKind.EVALUATION);
        return ComparisonMember.of(
                lab.db().tracking().experiments().create(experiment).id(), name);
    }
}
