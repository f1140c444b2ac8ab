package dev.evalstore.examples.bench;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.benchmark.EvaluationFilter;
import java.util.List;
import java.util.Map;

/**
 * {@code stream}: reads {@code rows} evaluations in a JVM with a heap of {@code heap} MB, which they would fill many times over.
 */
final class StreamBench {
    private StreamBench() {}

    static void run(Lab lab) throws Exception {
        int rows = lab.settings().number("rows", 1_000_000);
        int heap = lab.settings().number("heap", 64);
        lab.report().progress("making " + rows + " evaluations");
        lab.execute(
                "truncate evalstore.evaluations",
                "insert into evalstore.evaluations (provider, model, input, output, metrics, score, latency_ms)"
                        + " select 'openai', 'gpt-4', repeat('question ', 20) || i, repeat('answer ', 20) || i,"
                        + " jsonb_build_object('exact', i % 2, 'f1', random()), random(), (random() * 2000)::int"
                        + " from generate_series(1, " + rows + ") i",
                "vacuum (freeze, analyze) evalstore.evaluations",
                "checkpoint");
        lab.report().progress("stream.evaluations, rows a second");
        String url = lab.server().url();
        Map<String, Double> rates = new Rounds(lab)
                .side(
                        "evalstore",
                        () -> Double.parseDouble(JavaProcess.output(
                                Child.class, List.of("-Xmx" + heap + "m"), url, Integer.toString(rows))))
                .medians();
        lab.report().values("stream.evaluations", rates, "rows/s", Map.of("rows", rows, "heap_mb", heap));
    }

    /** Reads all evaluations once and prints the rate. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            int expected = Integer.parseInt(args[1]);
            DatabaseConfig.Builder config =
                    DatabaseConfig.builder().url(args[0]).poolSize(1).slowStatement(null);
            try (Database db = Database.open(config.build())) {
                long[] read = {0, 0};
                long start = System.nanoTime();
                db.evaluations().stream(EvaluationFilter.ALL, evaluation -> {
                    read[0]++;
                    read[1] += evaluation.output().length();
                });
                double seconds = (System.nanoTime() - start) / 1e9;
                if (read[0] != expected) {
                    throw new IllegalStateException("read " + read[0] + " of " + expected);
                }
                System.out.println(read[0] / seconds);
            }
        }
    }
}
