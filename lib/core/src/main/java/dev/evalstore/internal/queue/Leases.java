package dev.evalstore.internal.queue;

import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The claim engine of one kind of work: claims, and everything that becomes of a lease afterwards. The statements of the kinds
 * differ in their tables and in the pieces that a {@link Kind} declares.
 *
 * <p>Order of reading: {@link Kind} and {@link JobKind}, {@link ClaimSql} and {@link Claims}, {@link OutcomeSql}, {@link Gates} for
 * the locks, {@link Rescue}.
 */
public final class Leases {
    /** The condition that a lease {@code l} of a worker is held under a pair of {@code given}. */
    public static final String HELD = OutcomeSql.HELD;

    private final Kind kind;
    private final LeaseTexts quiet;
    private final LeaseTexts telling;
    private final String promote;
    private final String extend;
    private final String probe;

    Leases(Kind kind) {
        this.kind = kind;
        this.quiet = LeaseTexts.of(kind, false);
        this.telling = kind.isEverAsked() ? LeaseTexts.of(kind, true) : quiet;
        this.promote = kind.fill(ClaimSql.PROMOTE);
        this.extend = kind.fill(OutcomeSql.EXTEND);
        this.probe = RescueSql.probe(kind);
    }

    /** The statements that move items, as the options have them. */
    LeaseTexts texts(Jdbc jdbc) {
        return kind.isAsked(jdbc) ? telling : quiet;
    }

    /** Runs statements of which one may append events that are asked for. */
    private <T> T inserting(Jdbc jdbc, Supplier<T> work) {
        return kind.isAsked(jdbc) ? EventRows.inserting(jdbc, work) : work.get();
    }

    Kind kind() {
        return kind;
    }

    Sql promote(int max) {
        return Sql.of(promote, max);
    }

    /** The texts that are made here, for a test that has the server prepare them. */
    List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(extend, probe));
        texts.addAll(quiet.all());
        texts.addAll(telling.all());
        if (kind.isScheduled()) {
            texts.add(promote);
        }
        return texts;
    }

    String probe() {
        return probe;
    }

    /**
     * Claims items: lowest rank first, then oldest. Their order in the answer means nothing.
     *
     * @throws WorkerGoneException if nothing could be claimed because the worker is unknown or dead
     * @throws IllegalStateException if nothing could be claimed because the isolation level is not read committed
     */
    public <V> Granted<V> claim(Jdbc jdbc, ClaimMemory<V> memory, Ask<V> ask) {
        return next(jdbc, Ends.NONE, memory, ask);
    }

    /**
     * Ends attempts and claims, in one commit. Outside of a transaction alone. It throws like {@link #claim}, where no attempt was
     * ended either.
     */
    public <V> Granted<V> next(Jdbc jdbc, Ends ends, ClaimMemory<V> memory, Ask<V> ask) {
        Claims<V> claims = new Claims<>(jdbc, this, memory, ask);
        try {
            return inserting(jdbc, () -> claims.claim(ends));
        } catch (IllegalStateException e) {
            // Nothing was done. The server's default level may have become another one a moment ago.
            if (jdbc.inTransaction() || !jdbc.isolation().isNew(jdbc)) {
                throw e;
            }
            return inserting(jdbc, () -> claims.claim(ends));
        }
    }

    /**
     * Waits until the worker's claims under way are done. A claim whose client is gone may wait at the gate, and its server process
     * notices nothing before it has committed. Outside of a transaction the gate is not kept.
     */
    public void awaitClaims(Jdbc jdbc, long worker) {
        Sql gate = Gates.ofWorker(jdbc.options().schema(), List.of(this), worker);
        Sql sql = Sql.of("/* " + kind.verbs() + ".pass_gate */").and(gate);
        if (jdbc.inTransaction()) {
            Gates.run(jdbc, sql, row -> true);
        } else {
            jdbc.list(sql, row -> true);
        }
    }

    /** A feature's statement, with the condition that a lease {@code l} is held under a pair of {@code given} for {@code {held}}. */
    public String text(String statement) {
        return kind.fill(statement);
    }

    /**
     * A statement of a feature that ends attempts; see {@link #end}.
     *
     * @param verb the statement's name behind the kind's
     * @param given a query whose first columns are {@code seq} and {@code token}
     * @param writes common table expressions over {@code done}: the columns of {@code given}, and the lease's worker, lane, rank,
     *     timeout_seconds, attempt, claimed_at and cancelled
     */
    public String ending(String verb, String given, String writes) {
        return OutcomeSql.ending(kind, verb, given, writes);
    }

    /**
     * The same, appending events where they are asked for.
     *
     * @param moves a query of {@code seq}, {@code happened}, {@code status}, {@code attempt} and {@code more} over the rows of {@code
     *     writes}: what became of items that were there before the statement
     */
    public Told ending(String verb, String given, String writes, String moves) {
        return OutcomeSql.ending(kind, verb, given, writes, moves);
    }

    /**
     * A statement of a feature that moves items otherwise, in both forms.
     *
     * @param statement has {@code {tell}} behind the last of its common table expressions, and no arguments after that
     * @param moves as for {@link #ending(String, String, String, String)}
     */
    public Told told(String statement, String moves) {
        return Told.of(
                kind.aggregateType(),
                kind.fill(statement),
                kind.fill(EventRows.tellingOfActor("{t}", kind.events(moves))));
    }

    /**
     * A statement that {@link #ending} made, with its arguments.
     *
     * @param columns the arguments behind numbers and tokens, for the ends in the order in which they are given
     */
    public <E> Sql statement(
            String text,
            List<E> all,
            Function<E, Lease> lease,
            Function<List<E>, List<? extends @Nullable Object>> columns) {
        List<E> sorted = inOrder(all, lease);
        return Sql.of(
                        text,
                        SqlArray.bigints(sorted, e -> lease.apply(e).seq()),
                        SqlArray.bigints(sorted, e -> lease.apply(e).token()))
                .and(Sql.args(columns.apply(sorted)));
    }

    /** Runs such statements in one transaction, and returns the tokens of the leases that are not held. */
    public Set<Long> end(Jdbc jdbc, List<Sql> statements) {
        return inserting(jdbc, () -> endInOne(jdbc, statements));
    }

    private Set<Long> endInOne(Jdbc jdbc, List<Sql> statements) {
        if (statements.size() == 1) {
            return new HashSet<>(jdbc.returning(statements.get(0), row -> row.bigint("token")));
        }
        Sql all = Sql.of("/* " + kind.verbs() + ".end */");
        for (Sql statement : statements) {
            all = all.and(statement).and(";");
        }
        return statements.isEmpty()
                ? Set.of()
                : new HashSet<>(jdbc.returningEach(all, (result, row) -> row.bigint("token")));
    }

    /**
     * Ends attempts by one statement.
     *
     * @return the leases that are not held, for which nothing was written
     */
    public <E> List<Lease> end(
            Jdbc jdbc,
            String text,
            List<E> all,
            Function<E, Lease> lease,
            Function<List<E>, List<? extends @Nullable Object>> columns) {
        if (all.isEmpty()) {
            return List.of();
        }
        return lost(all, lease, end(jdbc, List.of(statement(text, all, lease, columns))));
    }

    /** The leases with one of these tokens, in the order of their ends. */
    public static <E> List<Lease> lost(List<E> all, Function<E, Lease> lease, Set<Long> tokens) {
        return tokens.isEmpty()
                ? List.of()
                : all.stream()
                        .map(lease)
                        .filter(one -> tokens.contains(one.token()))
                        .distinct()
                        .toList();
    }

    /** Ends one attempt; false where its lease is not held, and nothing was written. */
    public boolean endOne(Jdbc jdbc, String text, Lease lease, List<? extends @Nullable Object> columns) {
        return end(jdbc, List.of(statement(text, List.of(lease), one -> one, all -> columns)))
                .isEmpty();
    }

    /** In the order of their numbers, in which everybody locks them; of two for one lease the first. */
    private static <E> List<E> inOrder(List<E> all, Function<E, Lease> lease) {
        if (all.size() == 1) {
            return all;
        }
        List<E> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingLong((E e) -> lease.apply(e).seq())
                .thenComparingLong(e -> lease.apply(e).token()));
        for (int i = sorted.size() - 1; i > 0; i--) {
            if (lease.apply(sorted.get(i)).token()
                    == lease.apply(sorted.get(i - 1)).token()) {
                sorted.remove(i);
            }
        }
        return sorted;
    }

    /** Releases one lease, no attempt spent; false where it is not held. */
    public boolean releaseOne(Jdbc jdbc, Lease lease) {
        return endOne(jdbc, texts(jdbc).release(), lease, List.of());
    }

    /** Releases leases, no attempt spent, and returns those that are not held. */
    public List<Lease> release(Jdbc jdbc, List<Lease> leases) {
        return end(jdbc, texts(jdbc).release(), leases, lease -> lease, all -> List.of());
    }

    /** Moves the deadline to so long from now where that is later; false where the lease is not held. */
    public boolean extend(Jdbc jdbc, Lease lease, Duration time) {
        return endOne(jdbc, extend, lease, List.of(time));
    }

    /** Releases what a worker holds, no attempt spent, behind its gate: so its claims under way are committed and seen. */
    public int releaseHeldBy(Jdbc jdbc, long worker) {
        Sql sql = Sql.of("/* " + kind.verbs() + ".release_held_by */")
                .and(Gates.ofWorker(jdbc.options().schema(), List.of(this), worker))
                .and(texts(jdbc).releaseHeldBy(), worker);
        Supplier<Integer> releasing =
                () -> Gates.run(jdbc, sql, row -> row.integer(kind.prefix())).get(0);
        return kind.isTold(jdbc) ? EventRows.inserting(jdbc, releasing) : releasing.get();
    }

    /** See {@link Rescue#requeueExpired}. */
    public int requeueExpired(Jdbc jdbc, int limit) {
        return new Rescue(jdbc).requeueExpired(this, limit);
    }

    /**
     * Refuses a claim that could claim nothing, whatever is there.
     *
     * @throws WorkerGoneException if the worker is unknown or dead
     * @throws IllegalStateException if the isolation level is not read committed
     */
    public static void requireAble(Jdbc jdbc, long worker) {
        Claims.requireAble(jdbc, worker);
    }

    /** Throws where the lease was not held. */
    public static void requireHeld(Lease lease, boolean held) {
        if (!held) {
            throw new LeaseLostException(List.of(lease.id()));
        }
    }
}
