package dev.evalstore.bench.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a soak came to, for people. */
public final class Summary {
    private Summary() {}

    /** Prints the faults, the operations, the recoveries and the violations. */
    public static void print(SoakRun run, PrintStream out) throws IOException {
        Map<Fault.Kind, Integer> faults = new EnumMap<>(Fault.Kind.class);
        run.strikes().forEach(strike -> faults.merge(strike.fault().kind(), 1, Integer::sum));
        out.printf("%nfaults: %d%n", run.strikes().size());
        faults.forEach((kind, count) -> out.printf(
                "  %-20s %,7d%n", kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), count));
        Map<String, Integer> done = new TreeMap<>(run.journals().acknowledged());
        out.printf(
                Locale.ROOT,
                "acknowledged operations: %,d%n",
                done.values().stream().mapToInt(Integer::intValue).sum());
        done.forEach((what, count) -> out.printf(Locale.ROOT, "  %-20s %,7d%n", what, count));
        out.printf("worst time from the end of a fault to the next acknowledged operation:%n");
        Recovery.worst(run.journals(), run.strikes())
                .forEach(worst -> out.printf(
                        Locale.ROOT, "  %-20s %,7d ms  after %s%n", worst.room(), worst.millis(), worst.after()));
        out.printf("lock waits in the server's log: %d%n", ServerLog.lockWaits(run.log()));
        out.printf("violations: %d%n", run.violations().size());
        run.violations().forEach(violation -> out.println("  " + violation));
    }
}
