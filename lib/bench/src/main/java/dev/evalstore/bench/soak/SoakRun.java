package dev.evalstore.bench.soak;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.bench.soak.Faults.Strike;
import dev.evalstore.bench.soak.SoakClient.Kind;
import dev.evalstore.testing.faults.ServerProcess;
import dev.evalstore.testing.faults.TcpProxy;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One soak, from an empty server to the verdict: clients work, faults strike, everything is worked off, everybody leaves, and what
 * the clients wrote down is held against what the database holds. Until it is closed the server stays, to be looked at.
 */
public final class SoakRun implements AutoCloseable {
    private static final Map<String, Kind> CLIENTS = Map.of(
            "worker-1", Kind.WORKER,
            "worker-2", Kind.WORKER,
            "matrix-1", Kind.MATRIX,
            "matrix-2", Kind.MATRIX,
            "state-1", Kind.STATE,
            "office-1", Kind.OFFICE);

    /** One that the network's faults do not meet. */
    private static final String DIRECT = "matrix-2";

    private static final String UNFINISHED = "select (select count(*) from evalstore.jobs j where not exists ("
            + "select from evalstore.job_finished f where f.seq = j.seq))"
            + " + (select count(*) from evalstore.benchmark_configs where outcome is null)";

    /** The least of what was done of each kind. */
    private static final String DONE = "select least((select count(*) from soak.effects),"
            + " (select count(*) from soak.heard), (select count(*) from soak.said), (select count(*) from soak.turns),"
            + " (select count(*) from evalstore.state_changes))";

    private static final String CHANGES = "select " + FeedCheck.CHANGE + " from evalstore.state_changes";

    /** Rooms wait for nobody so long; what does, leaked. */
    private static final String IDLE = "select count(*) from pg_stat_activity where application_name like 'soak-%'"
            + " and state like 'idle in transaction%' and state_change < clock_timestamp() - interval '5 s'";

    private static final String SESSIONS = "select count(*) from pg_stat_activity where application_name like 'soak-%'";

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final PrintStream out;
    private final Path folder;
    private final ServerProcess server;
    private final TcpProxy proxy;
    private final Violations violations = new Violations();
    private List<Strike> strikes = List.of();
    private Journals journals = new Journals(List.of());
    private @Nullable MovedStore moved;

    private SoakRun(PrintStream out) throws IOException {
        this.out = out;
        this.folder = Files.createTempDirectory("evalstore-soak");
        Map<String, String> settings = new HashMap<>(ServerProcess.DURABLE);
        settings.putAll(ServerLog.SETTINGS);
        settings.put("max_connections", "200");
        this.server = ServerProcess.start(settings);
        this.proxy = TcpProxy.to("localhost", server.port());
    }

    /** Runs one to its end; the same seed is the same schedule of faults. */
    public static SoakRun of(Duration time, long seed, PrintStream out) throws Exception {
        SoakRun run = new SoakRun(out);
        try {
            Stage.prepare(run.server.port());
            run.soak(FaultPlan.of(seed, time, names()), seed);
            run.judge();
            return run;
        } catch (Throwable e) {
            run.close();
            throw e;
        }
    }

    static List<String> names() {
        return CLIENTS.keySet().stream().sorted().toList();
    }

    private void soak(List<Fault> plan, long seed) throws Exception {
        out.printf("seed %d: %d faults; journals and logs in %s%n", seed, plan.size(), folder);
        try (Fleet fleet = new Fleet(folder, seed)) {
            new TreeMap<>(CLIENTS)
                    .forEach((name, kind) -> fleet.add(name, kind, name.equals(DIRECT) ? server.port() : proxy.port()));
            Watch watch = new Watch(server.port(), fleet, out);
            try {
                strikes = new Faults(server, proxy, fleet, out).run(plan);
                await("a room did not come back", () -> Recovery.allBack(Journals.read(folder), strikes));
                await("nothing was done that a backup could show", () -> number(DONE) > 0);
                moved = MovedStore.take(server.port(), folder);
                out.println("no more faults; what was begun is worked off");
                Site.drain(folder);
                Stage.stopTicking(server.port());
                await(
                        "a client did not come to rest",
                        () -> fleet.lives().stream().allMatch(client -> Site.rests(folder, client)));
                await("work was left after the faults", () -> number(UNFINISHED) == 0);
                await("the follower did not reach the end", () -> watched().containsAll(changes()));
                await("an event was not delivered after the faults", () -> number(EventCheck.UNHEARD) == 0);
                await("a transaction was left idle", () -> number(IDLE) == 0);
            } finally {
                // From here on clients end by themselves.
                watch.end();
            }
            watch.check(violations);
            Site.finish(folder);
            await("a client did not leave", () -> fleet.alive().isEmpty());
            await("a session was left", () -> number(SESSIONS) == 0);
        }
    }

    /** Something that must become true, whatever the machine's speed. */
    private void await(String otherwise, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                violations.add(otherwise);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection admin = Stage.admin(server.port());
                var statement = admin.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private Set<String> watched() {
        return FeedCheck.given(Journals.read(folder)).stream()
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }

    private List<String> changes() throws SQLException {
        try (Connection admin = Stage.admin(server.port());
                var statement = admin.createStatement();
                var result = statement.executeQuery(CHANGES)) {
            List<String> changes = new ArrayList<>();
            while (result.next()) {
                changes.add(result.getString(1));
            }
            return changes;
        }
    }

    private void judge() throws SQLException, IOException {
        journals = Journals.read(folder);
        try (Connection admin = Stage.admin(server.port())) {
            admin.setAutoCommit(false);
            check(journals, admin).forEach(violations::add);
        }
        try (Connection admin = Stage.admin(moved().port())) {
            admin.setAutoCommit(false);
            moved().check(admin).forEach(found -> violations.add("in the restored backup: " + found));
        }
        ServerLog.check(server.log(), violations);
    }

    /** Holds journals against the database as the connection sees it, in its transaction. */
    List<String> check(Journals told, Connection admin) throws SQLException {
        return check(told, admin, server.port());
    }

    static List<String> check(Journals told, Connection admin, int port) throws SQLException {
        Violations found = new Violations();
        try (Database any = Database.open(DatabaseConfig.builder()
                .url(Stage.url(port, "evalstore_app"))
                .poolSize(1)
                .build())) {
            Evidence evidence = Evidence.of(told, any, admin);
            JobCheck.check(evidence, found);
            JobWritesCheck.check(evidence, found);
            EvaluationCheck.check(evidence, found);
            MatrixCheck.check(evidence, found);
            StateCheck.check(evidence, found);
            LockCheck.check(evidence, found);
            OfficeCheck.check(evidence, found);
            EventCheck.check(evidence, found);
        }
        return found.found();
    }

    /** What did not hold, each named; empty when all did. */
    public List<String> violations() {
        return violations.found();
    }

    List<Strike> strikes() {
        return strikes;
    }

    Journals journals() {
        return journals;
    }

    /** The backup that was taken under the clients, restored. */
    MovedStore moved() {
        return Objects.requireNonNull(moved);
    }

    int port() {
        return server.port();
    }

    Path log() {
        return server.log();
    }

    @Override
    public void close() {
        if (moved != null) {
            moved.close();
        }
        proxy.close();
        server.close();
        // What went wrong is to be read there.
        if (violations.found().isEmpty()) {
            delete();
        }
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
