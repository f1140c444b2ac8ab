package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Maintenance;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.testing.LocalServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps a store in order until it is told to end: {@code MaintenanceDaemon [interval] [runs]}, such as {@code PT1H}, and for how many
 * runs; without a number until SIGTERM. Any number of them may run; one at a time does the work. In a deployment it runs as the
 * owner of the tables, who alone can drop a month of the audit log; the services need no such right.
 */
public final class MaintenanceDaemon {
    /** What a deployment would read from its configuration. */
    private static final MaintenanceOptions OPTIONS =
            MaintenanceOptions.DEFAULT.auditRetention(Duration.ofDays(7 * 365)).eventRetention(Duration.ofDays(90));

    private final Database db;
    private final PrintStream out;

    MaintenanceDaemon(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
    }

    /** {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws InterruptedException {
        Usage.require(
                args.length <= 2
                        && (args.length == 0 || Usage.isDuration(args[0]))
                        && (args.length < 2 || Usage.isCount(args[1])),
                "MaintenanceDaemon [<interval, such as PT1H or PT30S> [<number of runs>]]");
        Duration interval = args.length > 0 ? Duration.parse(args[0]) : Duration.ofHours(1);
        CountDownLatch runs = new CountDownLatch(args.length > 1 ? Integer.parseInt(args[1]) : Integer.MAX_VALUE);
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .applicationName("evalstore-maintenance")
                        .build())) {
            db.migrate();
            new MaintenanceDaemon(db, System.out).run(interval, runs);
        }
    }

    /** Returns when the latch has been counted down; a run that is under way is waited for, also when the JVM is told to end. */
    void run(Duration interval, CountDownLatch runs) throws InterruptedException {
        Maintenance.Schedule schedule = db.maintenance(OPTIONS).start(interval, report -> {
            print(report);
            runs.countDown();
        });
        Thread ending = new Thread(schedule::close);
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            runs.await();
        } finally {
            schedule.close();
        }
        Runtime.getRuntime().removeShutdownHook(ending);
    }

    private void print(MaintenanceReport report) {
        if (!report.ran()) {
            out.println("another process is at it");
        }
        for (MaintenanceReport.Step step : report.steps()) {
            String result = step.failure() == null ? step.count() + " done" : "failed: " + step.failure();
            out.printf(
                    Locale.ROOT,
                    "%-32s %s in %d ms%n",
                    step.name(),
                    result,
                    step.time().toMillis());
        }
        out.printf(Locale.ROOT, "%-32s %d%n", "months ahead", db.health().partitionsAhead());
    }
}
