package dev.evalstore.bench;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code page}: a page of 100 out of {@code rows} runs, the first and the last. */
final class PageBench {
    private static final int LIMIT = 100;

    private final Lab lab;

    private PageBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        new PageBench(lab).run();
    }

    private void run() throws Exception {
        int rows = lab.settings().number("rows", 1_000_000);
        lab.report().progress("making " + rows + " runs");
        lab.execute(
                "truncate evalstore.benchmarks cascade",
                "insert into evalstore.benchmarks (name, provider, model, dataset, created_at, updated_at)"
                        + " select 'run ' || i, 'provider ' || i % 7, 'model ' || i % 50, 'dataset ' || i % 20, at, at"
                        + " from generate_series(1, " + rows + ") i,"
                        + " lateral (select now() - make_interval(secs => i / 3)) as t (at)",
                "vacuum (freeze, analyze) evalstore.benchmarks",
                "checkpoint");
        Cursor deep = lastPage(rows);
        int last = rows / LIMIT;
        lab.report().progress("page.benchmarks, us a page");
        Map<String, Double> micros = new Calls(lab, lab.settings().number("calls", 1_000))
                .side("first", () -> page(null))
                .side("deep", () -> page(deep))
                .medianMicros();
        lab.report().values("page.benchmarks", micros, "us", Map.of("rows", rows, "limit", LIMIT, "deep", last));
        lab.report().ratio("page.benchmarks", micros, "deep", "first");
    }

    /** Walks there by the list's own cursors, mostly in the largest steps. */
    private Cursor lastPage(int rows) {
        lab.report().progress("walking to the last page");
        Cursor cursor = null;
        int read = 0;
        while (read < rows - LIMIT) {
            int step = Math.min(1_000, rows - LIMIT - read);
            Page<Benchmark> page = lab.db().benchmarks().list(BenchmarkFilter.ALL, step, cursor);
            read += page.items().size();
            cursor = page.next();
            if (cursor == null) {
                throw new IllegalStateException("the list ended after " + read + " rows");
            }
        }
        if (cursor == null
                || lab.db()
                                .benchmarks()
                                .list(BenchmarkFilter.ALL, LIMIT, cursor)
                                .next()
                        != null) {
            throw new IllegalStateException("that is not the last page");
        }
        return cursor;
    }

    private Page<Benchmark> page(@Nullable Cursor after) {
        Page<Benchmark> page = lab.db().benchmarks().list(BenchmarkFilter.ALL, LIMIT, after);
        if (page.items().size() != LIMIT) {
            throw new IllegalStateException("a page of " + page.items().size());
        }
        return page;
    }
}
