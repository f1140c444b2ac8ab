package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Completion;
import dev.evalstore.job.NewJob;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code backlog}: a claim of 100 where 10,000 jobs are ready and nothing else is there, and where {@code ready} are, beside
 * {@code finished} and {@code scheduled} ones; what is claimed is completed and replaced between the claims. Prints the plan.
 */
final class BacklogBench {
    private static final int SMALL = 10_000;
    private static final int BATCH = 100;

    private final Lab lab;

    private BacklogBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        new BacklogBench(lab).run();
    }

    private void run() throws Exception {
        int ready = lab.settings().number("ready", 1_000_000);
        int finished = lab.settings().number("finished", 5_000_000);
        int scheduled = lab.settings().number("scheduled", 1_000_000);
        int claims = Math.max(1, lab.settings().number("claims", 50));
        Database small = lab.db().withSchema("evalstore_small");
        small.migrate();
        fill("evalstore_small", SMALL, 0, 0);
        fill("evalstore", ready, finished, scheduled);
        Worker few = small.workers().register(NewWorker.of("few").queues("default"));
        Worker many = lab.db().workers().register(NewWorker.of("many").queues("default"));
        lab.report().progress("backlog.claim, ms a claim of " + BATCH);
        Map<String, Double> millis = new Rounds(lab)
                .side(Integer.toString(SMALL), () -> median(small, few, claims))
                .side(Integer.toString(ready), () -> median(lab.db(), many, claims))
                .medians();
        lab.report()
                .values(
                        "backlog.claim",
                        millis,
                        "ms",
                        Map.of("batch", BATCH, "claims", claims, "finished", finished, "scheduled", scheduled));
        lab.report().ratio("backlog.claim", millis, Integer.toString(ready), Integer.toString(SMALL));
        plan(many);
    }

    /** Rows as the library leaves them, made inside the server. */
    private void fill(String schema, int ready, int finished, int scheduled) throws SQLException {
        lab.report().progress("filling " + schema + ": " + ready + ", " + finished + ", " + scheduled);
        Database db = lab.db().withSchema(schema);
        try (Queue queue = new EvalstoreQueue(lab, "default", 1, BATCH)) {
            queue.clear();
        }
        lab.execute("truncate " + schema + ".jobs, " + schema + ".job_ready");
        db.jobs().create(NewJob.of("noop", Json.EMPTY));
        int all = ready + finished + scheduled;
        long step = 1_000; // of the sequence
        String numbers = " from " + schema + ".jobs where seq > (select max(seq) - ";
        lab.execute(
                "insert into " + schema + ".jobs (lane, job_type) select lane, 'noop' from " + schema
                        + ".job_lanes, generate_series(1, " + all + ") where queue = 'default' and fair_key = ''",
                "insert into " + schema + ".job_ready select lane, 0, seq, 300, 0" + numbers + ready * step + " from "
                        + schema + ".jobs)",
                "insert into " + schema + ".job_scheduled select now() + interval '1 day' + seq * interval '1 ms', seq,"
                        + " lane, 0, 300, 0" + numbers + (ready + scheduled) * step + " from " + schema
                        + ".jobs) and seq <= (select max(seq) - " + ready * step + " from " + schema + ".jobs)",
                "insert into " + schema + ".job_finished select seq, lane, 1, 'completed', now(), now()" + numbers
                        + all * step
                        + " from " + schema + ".jobs) and seq <= (select max(seq) - " + (ready + scheduled) * step
                        + " from "
                        + schema + ".jobs)",
                "analyze " + schema + ".jobs",
                "analyze " + schema + ".job_ready",
                "analyze " + schema + ".job_scheduled",
                "analyze " + schema + ".job_finished",
                "checkpoint");
    }

    private static double median(Database db, Worker worker, int claims) throws Exception {
        Latencies latencies = new Latencies();
        for (int i = 0; i < claims; i++) {
            List<ClaimedJob> claimed = latencies.time(() -> db.jobs().claim(worker, BATCH));
            if (claimed.size() != BATCH) {
                throw new IllegalStateException("a claim of " + claimed.size());
            }
            db.jobs()
                    .completeAll(claimed.stream()
                            .map(one -> Completion.of(one.lease(), null))
                            .toList());
            db.jobs().createAll(Collections.nCopies(BATCH, NewJob.of("noop", Json.EMPTY)));
        }
        return latencies.millis(0.5);
    }

    /** The plan of the claim's own statement, which is heard on the way to the driver. */
    private void plan(Worker worker) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            AtomicReference<String> last = new AtomicReference<>("");
            lab.db().join(hearing(connection, last)).jobs().claim(worker, 1);
            connection.rollback();
            statement.execute("set local enable_seqscan = off");
            statement.execute("set local enable_bitmapscan = off");
            String text = last.get();
            // The arguments stand in a table expression of their own, so that the plan does not depend on them.
            String claim = text.substring(text.lastIndexOf(';') + 1).replace("?", "null");
            try (ResultSet row = statement.executeQuery("explain (costs off) " + claim)) {
                while (row.next()) {
                    lab.report().progress(row.getString(1));
                }
            }
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Connection hearing(Connection connection, AtomicReference<String> claim) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getReturnType() == PreparedStatement.class
                            && arguments[0].toString().contains("leased")) {
                        claim.set(arguments[0].toString());
                    }
                    return method.invoke(connection, arguments);
                });
    }
}
