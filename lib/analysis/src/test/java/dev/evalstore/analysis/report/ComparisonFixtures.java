package dev.evalstore.analysis.report;

import dev.evalstore.analysis.ComparedMember;
import dev.evalstore.analysis.ComparedPair;
import dev.evalstore.analysis.ComparisonOptions;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.MeanDifference;
import dev.evalstore.analysis.PairEffect;
import dev.evalstore.analysis.TestKind;
import dev.evalstore.analysis.TestOutcome;
import dev.evalstore.analysis.Verdict;
import dev.evalstore.tracking.ComparisonUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Results of comparisons for tests, without a database. */
final class ComparisonFixtures {
    private ComparisonFixtures() {}

    /** Five models, of which the first is better than all. */
    static ComparisonResult comparison() {
        List<String> names = List.of("pythia-1.4b-deduped", "pythia-1.4b", "pythia-410m", "Ωμέγα <b>", "pythia-70m");
        List<ComparedMember> members = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            double mean = 0.61 - 0.04 * i;
            members.add(new ComparedMember(
                    id(i),
                    names.get(i),
                    5_153,
                    5_153,
                    mean,
                    mean - 0.0132,
                    mean + 0.0132,
                    i + 1,
                    i + 1,
                    Math.min(5, i + 2),
                    i / 2 + 1));
        }
        List<ComparedPair> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                pairs.add(pair(i, j));
            }
        }
        pairs.set(
                pairs.size() - 1,
                new ComparedPair(
                        id(3), id(4), 1, null, null, null, null, List.of(), null, null, Verdict.NOT_COMPARABLE));
        return new ComparisonResult(
                ComparisonUnit.EXPERIMENT,
                "score",
                true,
                ComparisonOptions.DEFAULT,
                List.of(TestKind.PAIRED_T, TestKind.WILCOXON),
                5_153,
                Map.of("only_in_one", 12, "nan", 3),
                members,
                pairs,
                id(0),
                "1",
                "0123456789abcdef".repeat(4));
    }

    private static ComparedPair pair(int first, int second) {
        double difference = 0.04 * (second - first);
        boolean isShown = second - first > 1;
        double p = isShown ? 1e-9 : 0.0625;
        return new ComparedPair(
                id(first),
                id(second),
                5_153,
                0.61 - 0.04 * first,
                0.61 - 0.04 * second,
                new MeanDifference(difference, 0.01, difference - 0.041, difference + 0.041, null, null),
                new PairEffect(612, 4_341, 200, 0.1234567, 0.0456, 0.2, 0.013),
                List.of(
                        new TestOutcome(TestKind.PAIRED_T, 1.874123, 5_152.0, 5_153, p, Math.min(1, 4 * p), true, null),
                        new TestOutcome(TestKind.WILCOXON, 10_223.5, null, 812, null, null, false, "no pair differs")),
                TestKind.PAIRED_T,
                Math.min(1, 4 * p),
                isShown ? Verdict.FIRST_BETTER : Verdict.NOT_SHOWN);
    }

    private static UUID id(int number) {
        return new UUID(0x0190_0000_0000_7000L, 0x8000_0000_0000_0000L + number);
    }
}
