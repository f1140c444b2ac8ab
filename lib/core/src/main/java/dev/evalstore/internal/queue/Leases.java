package dev.evalstore.internal.queue;

import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
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
    private final @Nullable String lockLimits;
    private final String claim;
    private final @Nullable String claimPlain;
    private final String promote;
    private final String release;
    private final String releaseHeldBy;
    private final String extend;
    private final String probe;
    private final String collect;

    Leases(Kind kind) {
        this.kind = kind;
        this.lockLimits = kind.lockLimits() == null ? null : kind.fill(kind.lockLimits());
        this.claim = kind.fill(ClaimSql.CLAIM + ClaimSql.TAKE);
        this.claimPlain =
                kind.isLimited() ? kind.fill(ClaimSql.CLAIM_PLAIN + ClaimSql.TAKE.replace("{spend}", "")) : null;
        this.promote = kind.fill(ClaimSql.PROMOTE);
        this.release = OutcomeSql.release(kind);
        this.releaseHeldBy = RescueSql.releaseHeldBy(kind);
        this.extend = kind.fill(OutcomeSql.EXTEND);
        this.probe = RescueSql.probe(kind);
        this.collect = RescueSql.collect(List.of(kind));
    }

    Kind kind() {
        return kind;
    }

    Sql promote(int max) {
        return Sql.of(promote, max);
    }

    /**
     * A claim behind the locks of the limits that count it. No argument may be null: its type would be unknown, the driver would
     * have the statement described, and from then on would send it in a round trip of its own, after the gate's transaction has
     * ended.
     */
    Sql claim(Ask<?> ask, List<LaneCursors.Lane> lanes, int limit) {
        return (lockLimits == null ? Sql.NONE : Sql.of(lockLimits, LaneCursors.ids(lanes)))
                .and(
                        claim,
                        LaneCursors.ids(lanes),
                        LaneCursors.ranks(lanes),
                        LaneCursors.seqs(lanes),
                        LaneCursors.passes(lanes),
                        LaneCursors.strides(lanes),
                        ask.worker(),
                        limit,
                        ask.maxRank(),
                        ask.seconds());
    }

    /** The same from one lane, or nothing where there are limits; those need not be locked before. */
    Sql claimPlain(Ask<?> ask, LaneCursors.Lane lane, int limit) {
        return Sql.of(Objects.requireNonNull(claimPlain), lane.id(), lane.rank(), lane.seq(), ask.worker(), limit);
    }

    /** The texts that are made here, for a test that has the server prepare them. */
    List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(claim, release, releaseHeldBy, extend, probe, collect));
        if (kind.isScheduled()) {
            texts.add(promote);
        }
        if (claimPlain != null) {
            texts.add(claimPlain);
        }
        return texts;
    }

    String probe() {
        return probe;
    }

    String collect() {
        return collect;
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
            return claims.claim(ends);
        } catch (IllegalStateException e) {
            // Nothing was done. The server's default level may have become another one a moment ago.
            if (jdbc.inTransaction() || !jdbc.isolation().isNew(jdbc)) {
                throw e;
            }
            return claims.claim(ends);
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
        return endOne(jdbc, release, lease, List.of());
    }

    /** Releases leases, no attempt spent, and returns those that are not held. */
    public List<Lease> release(Jdbc jdbc, List<Lease> leases) {
        return end(jdbc, release, leases, lease -> lease, all -> List.of());
    }

    /** Moves the deadline to so long from now where that is later; false where the lease is not held. */
    public boolean extend(Jdbc jdbc, Lease lease, Duration time) {
        return endOne(jdbc, extend, lease, List.of(time));
    }

    /** Releases what a worker holds, no attempt spent, behind its gate: so its claims under way are committed and seen. */
    public int releaseHeldBy(Jdbc jdbc, long worker) {
        Sql sql = Sql.of("/* " + kind.verbs() + ".release_held_by */")
                .and(Gates.ofWorker(jdbc.options().schema(), List.of(this), worker))
                .and(releaseHeldBy, worker);
        return Gates.run(jdbc, sql, row -> row.integer(kind.prefix())).get(0);
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
