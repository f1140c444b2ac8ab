package dev.evalstore.internal.queue;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Numbers;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Sql;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * The gates of each kind's claims: advisory locks that last until the transaction ends. They let a few claimers in at a time
 * instead of a herd, and they order claims against the removal of workers: who declares a worker dead takes all gates first, and
 * holds them until the worker's leases are collected. A claim that began before is then committed and seen; one that begins
 * after sees that its worker is dead.
 *
 * <p>A gate is a statement of its own before the one that it protects, in the same round trip. So the second statement's
 * snapshot is newer than the gate.
 *
 * <p>Lock order, for everybody: gates of the kinds in the order of {@link Kinds#ALL} and of each kind by number, then worker rows
 * by id, then scheduled rows, limits, ready or lease rows by number, and wide rows. Who holds a gate waits for no lease row, but
 * passes over those that others have locked. So a transaction that has ended attempts may still take a gate, as {@code
 * jobs().next} does.
 */
public final class Gates {
    /** Claimers of a kind that may be inside at once: about the number of cores that a database server can spare for it. */
    private static final int COUNT = 4;

    /**
     * Where the driver sends gate and claim apart, as it does the first time, the client commits. A client that is stopped just
     * then would keep the gate shut for everybody until it goes on: the server ends its session instead.
     */
    private static final String TIMEOUT = "set_config('idle_in_transaction_session_timeout', '5s', true) is null";

    /**
     * A queue is never as its statistics say: it was empty when they were made, and a million rows came since. A plan from then
     * reads a whole lane and sorts it, for every claim, until the next analyze, or all leases again for each that is released. The
     * indexes give the order and the row; these settings leave the planner nothing else, until the transaction ends. And no such
     * statement is worth compiling, whatever its estimated cost.
     */
    private static final String PLANS = """
            set_config('enable_bitmapscan', 'off', true) is null, set_config('enable_seqscan', 'off', true) is null,
            set_config('jit', 'off', true) is null""";

    /** The settings that the two above change. */
    private static final String SETTINGS = """
            /* leases.settings */ select current_setting('enable_bitmapscan') as bitmapscan,
                current_setting('enable_seqscan') as seqscan, current_setting('jit') as jit,
                current_setting('idle_in_transaction_session_timeout') as timeout""";

    private static final String RESTORE = """
            /* leases.restore */ select set_config('enable_bitmapscan', ?, true), set_config('enable_seqscan', ?, true),
                set_config('jit', ?, true), set_config('idle_in_transaction_session_timeout', ?, true)""";

    private static final String CLAIM_GATE = "select " + TIMEOUT + ", " + PLANS + ", pg_advisory_xact_lock(?, ?);";

    private Gates() {}

    /** A claimer's gate, and the planner settings for the claim that follows. Its columns have fixed lengths. */
    static Sql forClaim(String schema, Kind kind, long worker) {
        return Sql.of(CLAIM_GATE, lockClass(schema, kind), gate(worker));
    }

    /** A worker's gates of these kinds. */
    static Sql ofWorker(String schema, List<Leases> kinds, long worker) {
        List<Object> args = new ArrayList<>();
        for (Leases kind : kinds) {
            args.add(lockClass(schema, kind.kind()));
            args.add(gate(worker));
        }
        return locks(args);
    }

    /** All gates of all kinds: waits for the claims under way, and holds up those to come. */
    public static Sql all(String schema) {
        List<Object> args = new ArrayList<>();
        for (Leases kind : Kinds.ALL) {
            for (int gate = 0; gate < COUNT; gate++) {
                args.add(lockClass(schema, kind.kind()));
                args.add(gate);
            }
        }
        return locks(args);
    }

    /** The server evaluates the columns, and so takes the locks, in this order. */
    private static Sql locks(List<Object> args) {
        String text = IntStream.range(0, args.size() / 2)
                .mapToObj(i -> "pg_advisory_xact_lock(?, ?)")
                .collect(Collectors.joining(", ", "select " + TIMEOUT + ", " + PLANS + ", ", ";"));
        return Sql.of(text, args.toArray());
    }

    private static int gate(long worker) {
        return (int) ((worker >> Numbers.RANDOM_BITS) % COUNT);
    }

    /** By a checksum: hash codes of short names, as tenants have, are often the same. */
    private static int lockClass(String schema, Kind kind) {
        CRC32 sum = new CRC32();
        sum.update(("evalstore." + schema + "." + kind.prefix()).getBytes(StandardCharsets.UTF_8));
        return (int) sum.getValue();
    }

    /** Runs statements of which one takes a gate. Inside the caller's transaction the caller's settings are restored. */
    static <T> List<T> run(Jdbc jdbc, Sql sql, RowMapper<T> mapper) {
        if (!jdbc.inTransaction()) {
            return jdbc.returning(sql, mapper);
        }
        Object[] settings = jdbc.one(Sql.of(SETTINGS), row ->
                new Object[] {row.text("bitmapscan"), row.text("seqscan"), row.text("jit"), row.text("timeout")});
        List<T> rows = jdbc.returning(sql, mapper);
        jdbc.returning(Sql.of(RESTORE, settings), row -> true);
        return rows;
    }
}
