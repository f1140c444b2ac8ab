package dev.evalstore.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code herd}: {@code jobs} ready, claimed a hundred at a time by 1, 16, 50 and 200 workers in a tight loop, each on a connection
 * of its own; and {@code plain} rows by 200 that claim with the plain {@code update … skip locked}.
 */
final class HerdBench {
    private static final int BATCH = 100;
    private static final List<Integer> SIZES = List.of(1, 16, 50, 200);
    private static final int LARGEST = 200;

    private static final String PLAIN = """
            update public.plain_jobs set status = 'running', worker = ?, started_at = now()
            where id in (
                select id from public.plain_jobs where status = 'pending' order by priority desc, id limit 100
                for update skip locked)
            returning id, payload""";

    private final Lab lab;
    private final Map<String, List<Double>> p50 = new LinkedHashMap<>();
    private final Map<String, List<Double>> p99 = new LinkedHashMap<>();

    private HerdBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        new HerdBench(lab).run();
    }

    private void run() throws Exception {
        int jobs = lab.settings().number("jobs", 100_000);
        int plain = lab.settings().number("plain", 20_000);
        lab.execute(
                """
                create table if not exists public.plain_jobs (
                    id bigint primary key, status text not null, priority int not null, payload jsonb not null, worker int,
                    started_at timestamptz)""",
                "create index if not exists idx_plain_jobs on public.plain_jobs (priority desc, id) where status = 'pending'");
        Rounds rounds = new Rounds(lab);
        try (HikariDataSource pool = lab.newPool(LARGEST);
                Database db = Database.using(pool)) {
            for (int size : SIZES) {
                rounds.side(Integer.toString(size), () -> claim(db, size, jobs));
            }
            rounds.side("plain-update", () -> claimPlainly(pool, plain));
            lab.report().progress("herd.claim, jobs a second");
            Map<String, Double> rates = rounds.medians();
            Map<String, Object> params = Map.of("jobs", jobs, "plain_jobs", plain, "batch", BATCH);
            lab.report().values("herd.claim", rates, "jobs/s", params);
            lab.report().values("herd.claim.p50", medians(p50), "ms", params);
            lab.report().values("herd.claim.p99", medians(p99), "ms", params);
            lab.report().ratio("herd.claim", rates, "200", "16");
            rates.put("evalstore", Objects.requireNonNull(rates.get("200")));
            lab.report().ratio("herd.claim", rates, "evalstore", "plain-update");
        }
    }

    private double claim(Database db, int size, int jobs) throws Exception {
        try (Queue queue = new EvalstoreQueue(lab, "bench", size, BATCH)) {
            queue.clear();
            queue.enqueue(jobs);
        }
        Worker[] workers = new Worker[size];
        Crowd.run(
                size,
                number -> workers[number] =
                        db.workers().register(NewWorker.of("herd-" + number).queues("bench")));
        Latencies latencies = new Latencies();
        double seconds = Crowd.run(size, number -> {
            List<ClaimedJob> claimed;
            do {
                claimed = latencies.time(() -> db.jobs().claim(workers[number], BATCH));
            } while (!claimed.isEmpty());
        });
        lab.execute("truncate evalstore.job_leases", "delete from evalstore.workers");
        note(Integer.toString(size), latencies);
        return jobs / seconds;
    }

    private double claimPlainly(HikariDataSource pool, int jobs) throws Exception {
        lab.execute(
                "truncate public.plain_jobs",
                "insert into public.plain_jobs select i, 'pending', 0, '{}' from generate_series(1, " + jobs + ") i",
                "vacuum (analyze) public.plain_jobs");
        Latencies latencies = new Latencies();
        double seconds = Crowd.run(LARGEST, number -> {
            int claimed;
            do {
                claimed = latencies.time(() -> claimPlainly(pool.getConnection(), number));
            } while (claimed > 0);
        });
        note("plain-update", latencies);
        return jobs / seconds;
    }

    private static int claimPlainly(Connection connection, int worker) throws SQLException {
        try (connection;
                PreparedStatement statement = connection.prepareStatement(PLAIN)) {
            statement.setInt(1, worker);
            try (ResultSet row = statement.executeQuery()) {
                int claimed = 0;
                while (row.next()) {
                    claimed++;
                }
                return claimed;
            }
        }
    }

    private void note(String side, Latencies latencies) {
        p50.computeIfAbsent(side, key -> new ArrayList<>()).add(latencies.millis(0.5));
        p99.computeIfAbsent(side, key -> new ArrayList<>()).add(latencies.millis(0.99));
    }

    /** Of all rounds but the warm-up. */
    private static Map<String, Double> medians(Map<String, List<Double>> figures) {
        Map<String, Double> medians = new LinkedHashMap<>();
        figures.forEach((side, all) -> medians.put(
                side,
                Rounds.median(
                        all.stream().skip(1).mapToDouble(Double::doubleValue).toArray())));
        return medians;
    }
}
