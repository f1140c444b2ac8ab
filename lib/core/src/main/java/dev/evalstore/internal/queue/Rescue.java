package dev.evalstore.internal.queue;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes workers out, and requeues expired leases: leases past their deadline, and leases of dead workers. To
 * declare a worker dead, or to let it leave, is one act over all kinds: one commit, behind the gates, in the order of locks that
 * {@link Gates} has.
 *
 * <p>A rescue waits for no worker row and no lease row that a transaction has locked. The next rescue finds what was passed over,
 * because its worker is dead or its deadline is past.
 */
public final class Rescue {
    private static final int BATCH = 1_000;
    private static final int MAX_BATCHES = 100;
    private static final List<Kind> KINDS = Kinds.ALL.stream().map(Leases::kind).toList();
    private static final Shared<Texts> TEXTS = Shared.of(Texts::of);

    private final Jdbc jdbc;

    public Rescue(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The statements over all kinds, as the options have them. */
    private record Texts(String collectAll, String leave) {
        static Texts of(Jdbc jdbc) {
            return new Texts(
                    RescueSql.collect(KINDS, kind -> kind.isAsked(jdbc)),
                    RescueSql.leave(KINDS, kind -> kind.isAsked(jdbc)));
        }
    }

    /** What a rescue of one kind would find to do. */
    private record Probe(boolean stale, boolean expired) {}

    /**
     * Requeues up to {@code limit} expired leases of a kind, and returns their number. Where there are workers past their time
     * to live it declares them dead, and then requeues up to {@code limit} of each kind. Most of the time there is nothing to
     * do, and no gate is touched.
     */
    int requeueExpired(Leases kind, int limit) {
        Probe found = probe(kind);
        if (found.stale()) {
            return declareStale(null, limit).getOrDefault(kind.kind(), 0);
        }
        return found.expired() ? collectOne(kind, limit) : 0;
    }

    private Probe probe(Leases kind) {
        return jdbc.one(Sql.of(kind.probe(), (Object) null), row -> new Probe(row.bool("stale"), row.bool("expired")));
    }

    private int collectOne(Leases kind, int limit) {
        Sql sql = Sql.of("/* " + kind.kind().verbs() + ".rescue */")
                .and(kind.texts(jdbc).collect(), limit);
        return sum(collect(sql, List.of(kind.kind())));
    }

    /**
     * Requeues the expired leases of every kind, in batches, as {@link #requeueExpired(Leases, int)} does for one kind.
     *
     * @return how many leases were requeued
     */
    public Cleanup requeueExpired() {
        long all = 0;
        for (int batch = 0; batch < MAX_BATCHES; batch++) {
            Map<Kind, Integer> taken = requeueExpiredOfEach();
            all += sum(taken);
            if (Collections.max(taken.values()) < BATCH) {
                return new Cleanup(all, false);
            }
        }
        return new Cleanup(all, true);
    }

    private Map<Kind, Integer> requeueExpiredOfEach() {
        Map<Kind, Integer> taken = new HashMap<>();
        for (Leases kind : Kinds.ALL) {
            Probe found = probe(kind);
            if (found.stale()) {
                // All kinds at once, beside those of the kinds before.
                declareStale(null, BATCH).forEach((one, n) -> taken.merge(one, n, Integer::sum));
                return taken;
            }
            taken.put(kind.kind(), found.expired() ? collectOne(kind, BATCH) : 0);
        }
        return taken;
    }

    private static int sum(Map<Kind, Integer> counts) {
        return counts.values().stream().mapToInt(n -> n).sum();
    }

    /**
     * Declares workers dead whose last heartbeat is older than that, and requeues the expired leases of all kinds, in batches.
     *
     * @return how many leases were requeued
     */
    public int removeStale(Duration olderThan) {
        if (!jdbc.one(Sql.of(RescueSql.ANY_STALE, olderThan), row -> row.bool("found"))) {
            return 0;
        }
        int all = 0;
        for (int batch = 0; batch < MAX_BATCHES; batch++) {
            Map<Kind, Integer> taken = batch == 0
                    ? declareStale(olderThan, BATCH)
                    : collect(
                            Sql.of("/* workers.rescue */")
                                    .and(jdbc.shared(TEXTS).collectAll(), limits(BATCH)),
                            KINDS);
            all += sum(taken);
            if (Collections.max(taken.values()) < BATCH) {
                break;
            }
        }
        return all;
    }

    /** @param olderThan the age of a heartbeat at which its worker is stale, or null for each worker's own time to live */
    private Map<Kind, Integer> declareStale(@Nullable Duration olderThan, int limit) {
        return collect(
                Sql.of("/* workers.declare_dead */")
                        .and(Gates.all(jdbc.options().schema()))
                        .and(RescueSql.DECLARE_STALE, olderThan)
                        .and(jdbc.shared(TEXTS).collectAll(), limits(limit)),
                KINDS);
    }

    private static Object[] limits(int each) {
        return Collections.nCopies(KINDS.size(), each).toArray();
    }

    private Map<Kind, Integer> collect(Sql sql, List<Kind> kinds) {
        Supplier<List<Map<Kind, Integer>>> collecting = () -> Gates.run(jdbc, sql, row -> counts(row, kinds));
        for (Kind kind : kinds) {
            if (kind.isTold(jdbc)) {
                Supplier<List<Map<Kind, Integer>>> inner = collecting;
                collecting = () ->
                        EventRows.inserting(jdbc, inner, taken -> taken.get(0).getOrDefault(kind, 0) > 0);
            }
            String history = kind.history();
            if (history != null) {
                Supplier<List<Map<Kind, Integer>>> inner = collecting;
                collecting = () -> Partitions.inserting(jdbc, history, Set.of(), inner);
            }
        }
        return collecting.get().get(0);
    }

    private static Map<Kind, Integer> counts(Row row, List<Kind> kinds) throws SQLException {
        Map<Kind, Integer> counts = new HashMap<>();
        for (Kind kind : kinds) {
            counts.put(kind, row.integer(kind.prefix()));
        }
        return counts;
    }

    /**
     * Takes a worker out and releases what it holds of all kinds, no attempt spent, behind its gates: so its claims under way are
     * committed and seen. Does nothing where the worker was declared dead before: its leases, and those past their deadline, are
     * left to {@link #requeueExpired}.
     *
     * @return how many leases were released
     */
    public int leave(long generation) {
        Sql sql = Sql.of("/* workers.leave */")
                .and(Gates.ofWorker(jdbc.options().schema(), Kinds.ALL, generation))
                .and(jdbc.shared(TEXTS).leave(), generation);
        Supplier<List<Map<Kind, Integer>>> leaving = () -> Gates.run(jdbc, sql, row -> counts(row, KINDS));
        return sum(EventRows.inserting(jdbc, leaving, released -> sum(released.get(0)) > 0)
                .get(0));
    }

    /** How many workers were declared dead, and how many leases were released, by the prefix of the kind's tables. */
    public record AllReleased(int workers, Map<String, Integer> leases) {}

    /**
     * Declares every worker dead and releases whatever is leased, no attempt spent, also what is past its deadline or a person's: of
     * a store that was restored, whose workers were another store's. The transaction must keep everybody else out.
     */
    public AllReleased releaseAll() {
        int workers = jdbc.update(Sql.of(RescueSql.DECLARE_ALL));
        Sql sql = Sql.of("/* workers.release_all */").and(RescueSql.releaseAll(KINDS, kind -> kind.isAsked(jdbc)));
        Supplier<List<Map<Kind, Integer>>> releasing = () -> jdbc.returning(sql, row -> counts(row, KINDS));
        Map<String, Integer> leases = new TreeMap<>();
        EventRows.inserting(jdbc, releasing, released -> sum(released.get(0)) > 0)
                .get(0)
                .forEach((kind, count) -> leases.put(kind.prefix(), count));
        return new AllReleased(workers, leases);
    }
}
