package dev.evalstore.analysis;

import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.PairedValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Comparisons of values that no database holds. Members are called a, b, c and so on. */
final class Compared {
    private Compared() {}

    static UUID id(int member) {
        return new UUID(7, member + 1L);
    }

    /** One value for each item and member. */
    static ComparisonResult of(ComparisonOptions options, double[]... values) {
        return of(options, true, values);
    }

    static ComparisonResult of(ComparisonOptions options, boolean higherIsBetter, double[]... values) {
        int n = values[0].length;
        String[] items = new String[n];
        Arrays.setAll(items, item -> String.format("item%07d", item));
        return of(options, higherIsBetter, new ValueTable(items, new int[n], values));
    }

    static ComparisonResult of(ComparisonOptions options, boolean higherIsBetter, ValueTable table) {
        List<UUID> ids = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<Integer> none = new ArrayList<>();
        List<PairedValues.Answers> answers = new ArrayList<>();
        for (int member = 0; member < table.values().length; member++) {
            ids.add(id(member));
            labels.add(String.valueOf((char) ('a' + member)));
            none.add(0);
            answers.add(new PairedValues.Answers(table.rows(), 0, 0, 0, 0, 0));
        }
        int[] all = new int[ids.size()];
        Arrays.setAll(all, member -> member);
        int absent = table.rows() - table.shared(all).size();
        PairedValues.LeftOut leftOut = new PairedValues.LeftOut(absent, none, 0, 0);
        return Comparison.of(ComparisonUnit.EXPERIMENT, ids)
                .higherIsBetter(higherIsBetter)
                .options(options)
                .compute(new PairReading(table, leftOut, answers, 0, labels));
    }
}
