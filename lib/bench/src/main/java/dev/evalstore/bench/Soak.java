package dev.evalstore.bench;

import dev.evalstore.bench.soak.SoakRun;
import dev.evalstore.bench.soak.Summary;
import java.io.PrintStream;
import java.time.Duration;

/**
 * The whole house at once: processes run jobs, matrix, state, events, audit, locks and maintenance against one durable server,
 * while processes are killed and stopped, sessions ended, the server crashed and the network broken, by a schedule that the seed decides.
 * At the end what the clients were told is held against what is stored.
 */
public final class Soak {
    private Soak() {}

    /** Takes the minutes, which may be a fraction, and the seed; ends with 1 if something did not hold. */
    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: Soak <minutes> <seed>");
            System.exit(2);
        }
        Duration time = Duration.ofMillis((long) (Double.parseDouble(args[0]) * 60_000));
        System.exit(holds(time, Long.parseLong(args[1]), System.out) ? 0 : 1);
    }

    private static boolean holds(Duration time, long seed, PrintStream out) throws Exception {
        try (SoakRun run = SoakRun.of(time, seed, out)) {
            Summary.print(run, out);
            return run.violations().isEmpty();
        }
    }
}
