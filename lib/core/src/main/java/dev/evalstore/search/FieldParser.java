package dev.evalstore.search;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what a search can ask about: an attribute, or an entity's word, a point and a name. */
final class FieldParser {
    private static final Set<String> METRICS = Set.of("metrics", "metric");
    private static final Set<String> PARAMS = Set.of("params", "param", "parameters", "parameter");
    private static final Set<String> TAGS = Set.of("tags", "tag");
    private static final Set<String> ATTRIBUTES = Set.of("attributes", "attribute", "attr", "run");
    private static final Set<String> DATASETS = Set.of("datasets", "dataset");

    private static final String DATASET = "datasets.";

    /** The names of attributes, among them MLflow's. Those of datasets begin with {@link #DATASET}. */
    private static final Map<String, Attribute> NAMES = names();

    /** What MLflow's users know, and no column holds. */
    private static final Map<String, String> WITHOUT_COLUMN = Map.of(
            "artifact_uri",
            "experiments have no artifact_uri",
            "lifecycle_stage",
            "experiments have no lifecycle_stage, ask for archived_at",
            "experiment_id",
            "the project of a query takes the place of an experiment_id",
            DATASET + "context",
            "datasets of experiments have no context");

    private final Scanner scanner;

    FieldParser(Scanner scanner) {
        this.scanner = scanner;
    }

    private static Map<String, Attribute> names() {
        Map<String, Attribute> names = new TreeMap<>(Map.ofEntries(
                Map.entry("run_id", Attribute.ID),
                Map.entry("run_name", Attribute.NAME),
                Map.entry("run name", Attribute.NAME),
                Map.entry("Run name", Attribute.NAME),
                Map.entry("Run Name", Attribute.NAME),
                Map.entry("start_time", Attribute.STARTED_AT),
                Map.entry("created", Attribute.STARTED_AT),
                Map.entry("Created", Attribute.STARTED_AT),
                Map.entry("end_time", Attribute.COMPLETED_AT),
                Map.entry("user_id", Attribute.CREATED_BY),
                Map.entry(DATASET + "digest", Attribute.DATASET_CHECKSUM)));
        for (Attribute attribute : Attribute.values()) {
            names.put(attribute.toString(), attribute);
        }
        return names;
    }

    Field field() {
        int start = scanner.position();
        String first = scanner.isQuote("`") ? scanner.quoted() : scanner.word();
        if (first.isEmpty()) {
            throw scanner.error(start, "the name of a field");
        }
        if (!scanner.acceptHere('.')) {
            return attribute(start, first);
        }
        int keyStart = scanner.here();
        if (METRICS.contains(first)) {
            return new Field.Metric(name(keyStart));
        }
        if (PARAMS.contains(first)) {
            return new Field.Param(name(keyStart));
        }
        if (TAGS.contains(first)) {
            return new Field.Tag(name(keyStart));
        }
        if (ATTRIBUTES.contains(first)) {
            return attribute(keyStart, key());
        }
        if (DATASETS.contains(first)) {
            return attribute(keyStart, DATASET + key());
        }
        throw scanner.error(start, "metrics, params, tags, attributes or datasets before a point");
    }

    private String name(int start) {
        String name = key();
        if (name.isBlank() || name.codePointCount(0, name.length()) > Field.MAX_NAME) {
            throw scanner.error(start, "a name that is not blank and has at most " + Field.MAX_NAME + " characters");
        }
        return name;
    }

    /** A name after a point: in quotes, or of words joined by points. */
    private String key() {
        if (scanner.isNext('`') || scanner.isNext('"')) {
            return scanner.quoted();
        }
        StringBuilder key = new StringBuilder();
        do {
            String word = scanner.word();
            if (word.isEmpty()) {
                throw scanner.error(
                        scanner.here(), "a name that begins with a letter, or one in double quotes or back-ticks");
            }
            key.append(key.isEmpty() ? "" : ".").append(word);
        } while (scanner.acceptHere('.'));
        return key.toString();
    }

    private Attribute attribute(int start, String name) {
        @Nullable Attribute attribute = NAMES.get(name);
        if (attribute == null) {
            String reason = WITHOUT_COLUMN.get(name);
            throw scanner.error(
                    start,
                    reason == null
                            ? "one of " + known(name.startsWith(DATASET)) + ", or an entity such as metrics and a point"
                            : "an attribute that has a column: " + reason);
        }
        return attribute;
    }

    private static String known(boolean ofDatasets) {
        return Arrays.stream(Attribute.values())
                .map(Attribute::toString)
                .filter(name -> name.startsWith(DATASET) == ofDatasets)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
    }
}
