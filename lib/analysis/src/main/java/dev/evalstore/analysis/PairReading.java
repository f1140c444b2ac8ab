package dev.evalstore.analysis;

import dev.evalstore.Repositories;
import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.catalog.ModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.tracking.ComparisonRepository;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.ItemMetric;
import dev.evalstore.tracking.PairedValues;
import dev.evalstore.tracking.Pairing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * What is read for a comparison.
 *
 * @param leftOut why rows are not of all members
 * @param answers what the answers of each member came to
 * @param beyond how many values are beyond those that are compared
 * @param labels the members' names
 */
record PairReading(
        ValueTable table,
        PairedValues.LeftOut leftOut,
        List<PairedValues.Answers> answers,
        int beyond,
        List<String> labels) {
    static final String ABSENT = "not answered by all";
    static final String MISSING = "without a value";
    static final String NO_NUMBER = "not a number";
    static final String BEYOND = "beyond 1e140";
    static final String ALONE = "of one member alone";
    static final String PASSED_OVER = "left out of an average";
    static final String NO_ITEM = "without an item key";

    private static final int MAX_LABEL = 200;

    /** What is asked for, and of which answers. */
    record Source(
            ComparisonUnit unit,
            List<UUID> members,
            ItemMetric metric,
            Pairing pairing,
            EvaluationFilter filter,
            Viewer viewer) {}

    static PairReading of(Repositories db, Source source) {
        ComparisonRepository comparisons = db.tracking().comparisons();
        PairedValues values = switch (source.unit()) {
            case EXPERIMENT -> comparisons.pairExperiments(source.members(), source.metric(), source.pairing());
            case MODEL_VERSION ->
                comparisons.pairModelVersions(source.members(), source.metric(), source.pairing(), source.filter());
            case SUBMISSION -> comparisons.pairSubmissions(source.members(), source.metric(), source.viewer());
        };
        int[] all = IntStream.range(0, source.members().size()).toArray();
        return new PairReading(
                table(values),
                values.pairs(all).leftOut(),
                IntStream.of(all).mapToObj(values::answers).toList(),
                beyond(values),
                source.members().stream().map(id -> label(db, source, id)).toList());
    }

    /** How many rows were left out, by reason, or how many values of members; and how many answers within rows, and in none. */
    Map<String, Integer> excluded(ItemRule items, int sampleSize) {
        Map<String, Integer> excluded = new TreeMap<>();
        if (items == ItemRule.OF_ALL) {
            excluded.put(ABSENT, leftOut.absent());
            excluded.put(MISSING, leftOut.missing());
            excluded.put(NO_NUMBER, leftOut.noNumbers());
            excluded.put(BEYOND, table.rows() - leftOut.total() - sampleSize);
        } else {
            excluded.put(MISSING, sum(PairedValues.Answers::missing));
            excluded.put(NO_NUMBER, sum(PairedValues.Answers::noNumbers));
            excluded.put(BEYOND, beyond);
            excluded.put(ALONE, table.heldBy(1) - sampleSize);
        }
        excluded.put(PASSED_OVER, sum(PairedValues.Answers::passedOver));
        excluded.put(NO_ITEM, sum(PairedValues.Answers::withoutItem));
        excluded.values().removeIf(count -> count == 0);
        return excluded;
    }

    /** Numbers that differ where what was left out does, though the rows are the same. */
    List<Integer> counts() {
        List<Integer> counts = new ArrayList<>(List.of(leftOut.absent(), leftOut.missing(), leftOut.noNumbers()));
        for (PairedValues.Answers of : answers) {
            counts.addAll(List.of(of.answers(), of.withoutItem(), of.passedOver()));
        }
        return counts;
    }

    private int sum(ToIntFunction<PairedValues.Answers> count) {
        return answers.stream().mapToInt(count).sum();
    }

    private static int beyond(PairedValues values) {
        int beyond = 0;
        for (int member = 0; member < values.ids().size(); member++) {
            for (int row = 0; row < values.size(); row++) {
                beyond += Math.abs(values.value(member, row)) > Numbers.MAX_FIGURE ? 1 : 0;
            }
        }
        return beyond;
    }

    private static ValueTable table(PairedValues values) {
        int rows = values.size();
        int members = values.ids().size();
        String[] items = new String[rows];
        int[] repeats = new int[rows];
        double[][] columns = new double[members][rows];
        for (int row = 0; row < rows; row++) {
            items[row] = values.item(row);
            repeats[row] = values.repeat(row);
            for (int member = 0; member < members; member++) {
                double value = values.value(member, row);
                columns[member][row] = Math.abs(value) <= Numbers.MAX_FIGURE ? value : Double.NaN;
            }
        }
        return new ValueTable(items, repeats, columns);
    }

    private static String label(Repositories db, Source source, UUID id) {
        String label = switch (source.unit()) {
            case EXPERIMENT -> db.tracking().experiments().get(id).name();
            case MODEL_VERSION -> {
                ModelVersion version = db.catalog().modelVersions().get(id);
                String quantization = version.quantization() == Quantization.NONE ? "" : " " + version.quantization();
                yield db.catalog().models().get(version.modelId()).name() + " " + version.versionLabel() + quantization;
            }
            case SUBMISSION -> {
                SubmittedModel model =
                        db.exchange().submissions().get(id, source.viewer()).model();
                String version = model.version();
                yield model.provider() + "/" + model.name() + (version == null ? "" : " " + version);
            }
        };
        int length = label.codePointCount(0, label.length());
        return length <= MAX_LABEL ? label : label.substring(0, label.offsetByCodePoints(0, MAX_LABEL - 1)) + "…";
    }
}
