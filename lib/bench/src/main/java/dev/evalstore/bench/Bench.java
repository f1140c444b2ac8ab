package dev.evalstore.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures: {@code Bench <subcommand> [name=value …]}. Each figure and each ratio is one line of JSON on standard output;
 * progress is on standard error. {@code url=…} takes a server that is there in place of an embedded one, {@code rounds=…} another
 * number of rounds; a subcommand's own settings stand in its class.
 */
public final class Bench {
    /** Something to measure. */
    @FunctionalInterface
    interface Subcommand {
        void run(Lab lab) throws Exception;
    }

    private static final Map<String, Subcommand> SUBCOMMANDS = new LinkedHashMap<>();

    static {
        SUBCOMMANDS.put("point", PointBench::run);
        SUBCOMMANDS.put("bulk", BulkBench::run);
        SUBCOMMANDS.put("page", PageBench::run);
        SUBCOMMANDS.put("stream", StreamBench::run);
        SUBCOMMANDS.put("accounts", AccountsBench::run);
        SUBCOMMANDS.put("matrix", MatrixBench::run);
        SUBCOMMANDS.put("queue", QueueBench::run);
        SUBCOMMANDS.put("herd", HerdBench::run);
        SUBCOMMANDS.put("backlog", BacklogBench::run);
        SUBCOMMANDS.put("horizon", HorizonBench::run);
        SUBCOMMANDS.put("latency", LatencyBench::run);
        SUBCOMMANDS.put("state", StateBench::run);
        SUBCOMMANDS.put("exchange", ExchangeBench::run);
        SUBCOMMANDS.put("leaderboard", LeaderboardBench::run);
        SUBCOMMANDS.put("cache", CacheBench::run);
        SUBCOMMANDS.put("events", EventBench::run);
        SUBCOMMANDS.put("tracking", TrackingBench::run);
        SUBCOMMANDS.put("backup", BackupBench::run);
        SUBCOMMANDS.put("tenants", TenantsBench::run);
        SUBCOMMANDS.put("analysis", AnalysisBench::run);
    }

    private Bench() {}

    /** Ends with 2 if there is no such subcommand. */
    public static void main(String[] args) throws Exception {
        if (args.length == 0 || !SUBCOMMANDS.containsKey(args[0])) {
            System.err.println("usage: Bench " + String.join("|", SUBCOMMANDS.keySet()) + " [name=value …]");
            System.exit(2);
        }
        run(List.of(args), new Report(System.out, System.err));
    }

    static void run(List<String> arguments, Report report) throws Exception {
        Subcommand subcommand = Objects.requireNonNull(SUBCOMMANDS.get(arguments.get(0)), "no such subcommand");
        Settings settings = Settings.parse(arguments.subList(1, arguments.size()));
        try (Lab lab = Lab.open(settings, report)) {
            subcommand.run(lab);
        }
        settings.refuseUnused();
    }
}
