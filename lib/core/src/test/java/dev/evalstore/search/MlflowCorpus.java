package dev.evalstore.search;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Filters of MLflow's documentation ("Search Runs" and "Search Syntax", versions 1.23 to 3) and of its tests, with the runs
 * that they find. The runs are those of the guide's script, with names, statuses, users and times. What each filter finds was
 * written down from the documentation: a comparison with a key that a run does not have is false, {@code LIKE} heeds the case
 * of letters, params and tags are texts and a missing value is the text "None".
 */
public final class MlflowCorpus {
    /** When run 5 started, in milliseconds: the documentation's own example. */
    public static final long START = 1_664_067_852_747L;

    /** Runs 0 to 4 are of this user, the others of nobody. */
    public static final UUID USER = UUID.fromString("0198c0de-0000-7000-8000-000000000001");

    /** The SHA-256 of nothing, and of the letter a. */
    public static final String DIGEST_0 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public static final String DIGEST_1 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afeebb48";

    private static final int RUNS = 10;
    private static final int[] ALL = IntStream.range(0, RUNS).toArray();
    private static final int[] NONE = {};

    private MlflowCorpus() {}

    /** A filter, and the numbers of the runs that it finds. */
    public record Case(String filter, int... runs) {
        @Override
        public String toString() {
            return filter + " " + Arrays.toString(runs);
        }
    }

    /** A filter that is refused, and where. */
    public record Refusal(String filter, int position) {}

    /** The id of a run. */
    public static UUID id(int run) {
        return new UUID(0x0198_c0de_0000_7000L, 0x8000_0000_0000_1000L + run);
    }

    private static String hex(int run) {
        return id(run).toString().replace("-", "");
    }

    /** Filters that MLflow accepts, which are accepted as they are. */
    public static List<Case> accepted() {
        List<Case> cases = new ArrayList<>(List.of(
                new Case("", ALL),
                // Metrics.
                new Case("metrics.loss > 0.8", 0, 1),
                new Case("metrics.accuracy > 0.72", 8, 9),
                new Case("metrics.\"accuracy\" > 0.72", 8, 9),
                new Case("metrics.accuracy>0.72", 8, 9),
                new Case("metrics.loss <= 0.15", 9),
                new Case("metrics.accuracy != 0.15", ALL),
                new Case("metrics.accuracy = 0.5", 5),
                new Case("metrics.`log-scale-loss` <= 0", ALL),
                new Case("metrics.`f1 score` >= 0.5", 5, 6, 7, 8, 9),
                new Case("metric.accuracy < .25", 0, 1, 2),
                new Case("`metric`.accuracy <= 1e-1", 0, 1),
                new Case("metrics.accuracy > -1", ALL),
                new Case("metrics.accuracy > 0.72 AND metrics.loss <= 0.15", 9),
                new Case("metrics.accuracy > 0.72 AND metrics.batch_size != 0", NONE),
                new Case("metrics.\"X//Y#$$@&Z\" = 3", 3),
                new Case("metrics.\"accuracy.2.0\" > 5", 6, 7, 8, 9),
                new Case("metrics.\"2019-04-02 error rate\" = 2", 2),
                new Case("metrics.noSuchMetric != 1", NONE),
                // Params.
                new Case("params.batch_size = \"2\"", 0, 1, 2, 3, 4),
                new Case("params.batch_size='2'", 0, 1, 2, 3, 4),
                new Case("parameters.batch_size = '2'", 0, 1, 2, 3, 4),
                new Case("param.batch_size != '2'", 5, 6, 7, 8, 9),
                new Case("`params`.batch_size = '4'", 5, 6, 7, 8, 9),
                new Case("parameter.`learning rate` = \"0.001\"", 0, 2, 4, 6, 8),
                new Case("params.model = \"GPT-4o\"", NONE),
                new Case("params.model LIKE \"GPT%\"", 0, 1, 2, 3),
                new Case("params.model like 'gpt%'", NONE),
                new Case("params.model ILIKE \"gPt%\"", 0, 1, 2, 3),
                new Case("params.model LIKE 'GPT-_'", 0, 1, 3),
                new Case("params.model LIKE \"GPT%\" AND params.batch_size = \"2\"", 0, 1, 2, 3),
                new Case("params.batch_size != \"None\"", ALL),
                new Case("params.model != \"None\"", 0, 1, 2, 3),
                new Case("params.alpha = \"0.3\" and params.lambda = \"0.001\" and metrics.error <= 0.05", 4),
                new Case("params.noSuchParam != 'x'", NONE),
                new Case("params.m = \"L'Hosp\"", 7),
                new Case("params.lambda IS NULL", 0, 1, 2, 3, 5, 6, 7, 8, 9),
                new Case("params.lambda IS NOT NULL", 4),
                // Tags.
                new Case("tags.\"environment\" = \"notebook\"", 0, 1, 2, 3, 4),
                new Case("tags.environment = \"notebook\"", 0, 1, 2, 3, 4),
                new Case("tag.environment != 'notebook'", 5, 6, 7, 8, 9),
                new Case("tags.task = \"Classification\"", NONE),
                new Case("tags.task ILIKE \"classif%\"", 0),
                new Case("tags.`mlflow.user` = 'john@mlflow.com'", 1),
                new Case("tags.mlflow.user = 'john@mlflow.com'", 1),
                new Case("tags.\"mlflow.user\" LIKE '%@%'", 1),
                new Case("tags.`type` ILIKE '%Logistic%'", 8),
                new Case("tags.noSuchTag != 'x'", NONE),
                new Case("tags.type IS NULL AND params.batch_size = '4'", 5, 6, 7, 9)));
        cases.addAll(List.of(
                // Datasets.
                new Case("datasets.name LIKE \"custom\"", 0, 1, 2, 3, 4),
                new Case("dataset.name = 'custom'", 0, 1, 2, 3, 4),
                new Case("datasets.name != 'custom'", 5, 6, 7, 8, 9),
                new Case("datasets.name IN ('custom', 'also custom', 'another custom name')", ALL),
                new Case("datasets.name NOT IN ('also custom')", 0, 1, 2, 3, 4),
                new Case("datasets.digest IN ('" + DIGEST_0 + "', '" + DIGEST_1 + "')", 0, 1),
                new Case("datasets.digest IN ('s8ds293b', 'jks834s2')", NONE),
                new Case("datasets.name = 'custom' AND datasets.digest = '" + DIGEST_1 + "'", 1),
                // Attributes.
                new Case("attributes.status = \"FINISHED\"", 0, 1, 2, 3, 4, 5),
                new Case("attributes.status = \"FAILED\"", 6),
                new Case("attribute.status = 'KILLED'", 7),
                new Case("attr.status != 'FINISHED'", 6, 7, 8, 9),
                new Case("run.status = 'RUNNING'", 8),
                new Case("status = 'SCHEDULED'", 9),
                new Case("attributes.status = \"ACTIVE\"", NONE),
                new Case("attributes.status != \"ACTIVE\"", ALL),
                new Case("status LIKE 'F%'", 0, 1, 2, 3, 4, 5, 6),
                new Case("status ILIKE 'fin%'", 0, 1, 2, 3, 4, 5),
                new Case("status IN ('FAILED', 'KILLED')", 6, 7),
                new Case("status NOT IN ('FINISHED', 'RUNNING')", 6, 7, 9),
                new Case("attributes.run_name = \"my-run\"", 3),
                new Case("run_name LIKE '%a'", 0, 1, 2),
                new Case("attributes.`run_name` IN ('alpha', 'beta', 'gamma')", 0, 1, 2),
                new Case("attributes.`run name` IN ('alpha', 'beta', 'gamma')", 0, 1, 2),
                new Case("attributes.`Run name` IN ('alpha', 'beta', 'gamma')", 0, 1, 2),
                new Case("attributes.`Run Name` = 'alpha'", 0),
                new Case("`Run Name` = 'alpha'", 0),
                new Case("attributes.\"run_name\" != 'alpha'", 1, 2, 3, 4, 5, 6, 7, 8, 9),
                new Case("attributes.run_id = \"a1b2c3d4\"", NONE),
                new Case("attributes.run_id != \"a1b2c3d4\"", ALL),
                new Case("attributes.run_id = '" + hex(4) + "'", 4),
                new Case("run_id IN ('" + hex(2) + "', '" + id(3) + "', 'a1b2c3d4')", 2, 3),
                new Case("run_id NOT IN ('" + hex(0) + "')", 1, 2, 3, 4, 5, 6, 7, 8, 9),
                new Case("attributes.user_id = '" + USER + "'", 0, 1, 2, 3, 4),
                new Case("attributes.user_id LIKE \"user1\"", NONE),
                new Case("attributes.start_time >= " + START, 5, 6, 7, 8),
                new Case("attributes.start_time = " + START, 5),
                new Case("attributes.created > " + START, 6, 7, 8),
                new Case("attributes.Created > " + START, 6, 7, 8),
                new Case("start_time != " + START, 0, 1, 2, 3, 4, 6, 7, 8),
                new Case("attributes.end_time < " + START, 0, 1, 2, 3),
                new Case("end_time <= " + START, 0, 1, 2, 3, 4),
                new Case("attribute.start_time >= 0", 0, 1, 2, 3, 4, 5, 6, 7, 8),
                new Case("metrics.accuracy > 0.1 AND params.batch_size = '2' AND run_id IN ('" + hex(3) + "')", 3)));
        return cases;
    }

    /** What MLflow refuses, and has a meaning here. */
    public static List<Case> acceptedHere() {
        return List.of(
                new Case("metrics.accuracy > 0.85 OR params.model = 'GPT-2'", 0, 9),
                new Case("metrics.accuracy > 0.1 AND (params.model = 'GPT-2' or params.model = 'GPT-4')", 3),
                new Case("not params.batch_size = '2'", 5, 6, 7, 8, 9),
                new Case("params.batch_size = 2", 0, 1, 2, 3, 4),
                new Case("params.`learning rate` > 0.005", 1, 3, 5, 7, 9),
                new Case("params.model > 0", NONE),
                new Case("attributes.run_id IN (\"" + hex(1) + "\")", 1),
                new Case("params.model IN ('GPT-2', 'GPT-3')", 0, 1),
                new Case("metrics.error IS NULL", 0, 1, 2, 3, 5, 6, 7, 8, 9),
                new Case("end_time IS NULL", 8, 9),
                new Case("metrics.accuracy between 0.35 and 0.55", 4, 5),
                new Case("run_id IN ()", NONE),
                new Case("kind = 'evaluation'", ALL));
    }

    /** What MLflow's documentation and tests say is refused, and is refused here. */
    public static List<Refusal> refused() {
        return List.of(
                new Refusal("metric.acc >= 0.94; metrics.rmse < 1", 18),
                new Refusal("m.acc >= 0.94", 0),
                new Refusal("acc >= 0.94", 0),
                new Refusal("p.model >= 'LR'", 0),
                new Refusal("attri.x != 1", 0),
                new Refusal("Metrics.x != 1", 0),
                new Refusal("metrics.A > 0.1 NAND params.B = 'LR'", 16),
                new Refusal("`metrics.A > 0.1", 16),
                new Refusal("`metrics.A` > 0.1", 0),
                new Refusal("param`.A > 0.1", 0),
                new Refusal("dummy`.A > 0.1", 0),
                new Refusal("attribute.start != 1", 10),
                new Refusal("attribute.experiment_id != 1", 10),
                new Refusal("attribute.lifecycle_stage = 'ACTIVE'", 10),
                new Refusal("attribute.time != 1", 10),
                new Refusal("attribute._status != 'RUNNING'", 10),
                new Refusal("attribute.status = true", 19),
                new Refusal("dataset.status = 'true'", 8),
                new Refusal("dataset.profile = 'num_rows: 10'", 8),
                new Refusal("metric.model = 'LR'", 15),
                new Refusal("metric.model = '5'", 15),
                new Refusal("metrics.accuracy != \"None\"", 20),
                new Refusal("tags.acc = 5", 11),
                new Refusal("metrics.acc != metrics.acc", 15),
                new Refusal("1.0 > metrics.acc", 0),
                new Refusal("attribute.status = 1", 19),
                new Refusal("params.acc = LR", 13),
                new Refusal("params.acc = `LR`", 13),
                new Refusal("tag.`test` = `abc`", 13),
                new Refusal("tag.`test` = abc", 13),
                new Refusal("tag.'test' = 'abc'", 4),
                new Refusal("params.'acc = LR", 7),
                new Refusal("params.acc = 'LR", 16),
                new Refusal("params.acc = LR'", 13),
                new Refusal("params.acc = \"LR'", 17),
                new Refusal("tags.acc = = 'LR'", 11),
                new Refusal("attribute.status IS 'RUNNING'", 20),
                new Refusal("params.acc LR !=", 11),
                new Refusal("params.acc LR", 11),
                new Refusal("metric.acc !=", 13),
                new Refusal("foo is null", 0),
                new Refusal("1=1", 0),
                new Refusal("1==2", 0),
                new Refusal("metrics.abc ~ 1.0", 12),
                new Refusal("params.abc > 'my-param-value'", 13),
                new Refusal("tags.abc <= 'my-tag-value'", 9),
                new Refusal("attributes.status < 'FAILED'", 18),
                new Refusal("attributes.start_time LIKE 1234", 22),
                new Refusal("datasets.name > 'my-dataset-name'", 14),
                new Refusal("metrics.cross-entropy-loss < 0.5", 13),
                new Refusal("params.1st_iteration_timestamp = \"2022-01-01\"", 7),
                new Refusal("attributes.start_time = '1664067852747'", 24),
                new Refusal("attributes.start_time = 1.5", 24),
                new Refusal("tags.a = 'b' AND", 16),
                // What has no column.
                new Refusal("attribute.artifact_uri = '1/23/4'", 10),
                new Refusal("datasets.context = \"train\"", 9));
    }

    /** What results are sorted by, and the numbers of the runs in that order; runs that tie, by number. */
    public static List<Case> orders() {
        return List.of(
                new Case("metrics.accuracy", ALL),
                new Case("metrics.accuracy DESC", 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                new Case("metrics.\"accuracy\"  desc", 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                new Case("metrics.`f1 score` ASC", ALL),
                new Case("metrics.error", 4, 0, 1, 2, 3, 5, 6, 7, 8, 9),
                new Case("metrics.error desc", 4, 0, 1, 2, 3, 5, 6, 7, 8, 9),
                new Case("tags.noSuchTag", ALL),
                new Case("params.model aSc", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
                new Case("params.model DESC", 4, 5, 6, 7, 8, 9, 3, 2, 1, 0),
                new Case("params.batch_size DESC", 5, 6, 7, 8, 9, 0, 1, 2, 3, 4),
                new Case("attribute.start_time DESC", 8, 7, 6, 5, 4, 3, 2, 1, 0, 9),
                new Case("start_time", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
                new Case("attributes.end_time DESC", 7, 6, 5, 4, 3, 2, 1, 0, 8, 9),
                // MLflow takes these one by one.
                new Case("params.batch_size desc, metrics.loss", 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    }

    /** The runs of the guide's script. */
    public static List<Facts> runs() {
        return IntStream.range(0, RUNS).mapToObj(MlflowCorpus::run).toList();
    }

    private static Facts run(int i) {
        Map<String, Double> metrics = new HashMap<>(Map.of(
                "accuracy",
                i * 0.1,
                "loss",
                1 + i * -0.1,
                "log-scale-loss",
                Math.log(1 + i * -0.1),
                "f1 score",
                i * 0.1,
                "X//Y#$$@&Z",
                (double) i,
                "accuracy.2.0",
                (double) i,
                "2019-04-02 error rate",
                (double) i));
        Map<String, Facts.ParamFact> params = new HashMap<>(Map.of(
                "batch_size", number(i < 5 ? "2" : "4"),
                "learning rate", number(i % 2 == 0 ? "0.001" : "0.01"),
                "model",
                        text(
                                i < 4
                                        ? List.of("GPT-2", "GPT-3", "GPT-3.5", "GPT-4")
                                                .get(i)
                                        : "None")));
        Map<String, String> tags = new HashMap<>(Map.of(
                "task",
                        i < 3
                                ? List.of("classification", "regression", "causal lm")
                                        .get(i)
                                : "None",
                "environment", i < 5 ? "notebook" : "None"));
        if (i == 1) {
            tags.put("mlflow.user", "john@mlflow.com");
        } else if (i == 4) {
            metrics.put("error", 0.05);
            params.putAll(Map.of("alpha", number("0.3"), "lambda", number("0.001")));
        } else if (i == 7) {
            params.put("m", text("L'Hosp"));
        } else if (i == 8) {
            tags.put("type", "A logistic regression");
        }
        return new Facts(metrics, params, tags, attributes(i));
    }

    private static Map<Attribute, Object> attributes(int i) {
        Map<Attribute, Object> attributes = new EnumMap<>(Map.of(
                Attribute.ID,
                id(i),
                Attribute.NAME,
                i < 4 ? List.of("alpha", "beta", "gamma", "my-run").get(i) : "run-" + i,
                Attribute.PROJECT,
                "search-run-guide",
                Attribute.KIND,
                "evaluation",
                Attribute.STATUS,
                i < 6
                        ? "completed"
                        : List.of("failed", "cancelled", "running", "created").get(i - 6),
                Attribute.TOTAL_COST_USD,
                BigDecimal.ZERO,
                Attribute.INPUT_TOKENS,
                BigDecimal.ZERO,
                Attribute.OUTPUT_TOKENS,
                BigDecimal.ZERO,
                Attribute.DATASET_NAME,
                i < 5 ? "custom" : "also custom"));
        if (i < 2) {
            attributes.put(Attribute.DATASET_CHECKSUM, i == 0 ? DIGEST_0 : DIGEST_1);
        }
        if (i < 5) {
            attributes.put(Attribute.CREATED_BY, USER);
        }
        if (i < 9) {
            // A fraction of a millisecond, which MLflow does not have, and which its filters must not see.
            attributes.put(
                    Attribute.STARTED_AT, Instant.ofEpochMilli(START + i - 5).plusNanos(123_000));
        }
        if (i < 8) {
            attributes.put(
                    Attribute.COMPLETED_AT, Instant.ofEpochMilli(START + i - 4).plusNanos(123_000));
        }
        return attributes;
    }

    private static Facts.ParamFact number(String text) {
        return new Facts.ParamFact(text, Double.valueOf(text));
    }

    private static Facts.ParamFact text(String text) {
        return new Facts.ParamFact(text, null);
    }
}
