package dev.evalstore.internal.queue;

import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.LaneCursors.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A claim of one kind, which takes one round trip or two. The first round goes on from where the worker has read to. Where that
 * falls short, a second round is thorough: it looks at new lanes, at what has become due, and where that is worth its time also
 * from the beginning of each lane.
 *
 * <p>What is decided behind the gate and the limits' locks must be read after they were taken. That holds in read committed
 * alone, where each statement has a snapshot of its own. At any other level nothing is claimed.
 */
final class Claims<V> {
    /** Ten thousand items a second are made ready for each worker that claims. */
    static final long NANOS_TO_PROMOTE_ONE = 100_000L;

    static final int MAX_PROMOTED = 20_000;

    private static final int MIN_PROMOTED = 1_000;
    private static final long VIEW_FRESH = 1_000_000_000L;
    private static final long PROMOTION_FRESH = 100_000_000L;

    private static final String MAY_CLAIM = """
            /* leases.may_claim */ select current_setting('transaction_isolation') as isolation,
                exists (select from evalstore.workers where generation = ? and gone_at is null) as alive""";

    private final Jdbc jdbc;
    private final Leases leases;
    private final ClaimMemory<V> memory;
    private final Ask<V> ask;

    Claims(Jdbc jdbc, Leases leases, ClaimMemory<V> memory, Ask<V> ask) {
        this.jdbc = jdbc;
        this.leases = leases;
        this.memory = memory;
        this.ask = ask;
    }

    /** What one round was given. */
    private record Round(List<Grant> grants, Set<Long> lost) {
        static final Round NOTHING = new Round(List.of(), Set.of());
    }

    /**
     * Ends attempts and claims, in one commit. A second round is a commit of its own, and what the first one did stays whatever
     * becomes of the second.
     */
    Granted<V> claim(Ends ends) {
        boolean thorough = memory.wasShort;
        boolean looks = thorough && memory.cursors.worthLooking();
        Round first = round(ask.limit(), thorough, looks, ends.statements());
        boolean hasEnded = first.lost().size() < ends.leases();
        List<Grant> grants = new ArrayList<>(first.grants());
        if (grants.isEmpty() ? !looks : grants.size() < ask.limit() && !thorough) {
            boolean again = grants.isEmpty() || memory.cursors.worthLooking();
            grants.addAll(more(ask.limit() - grants.size(), again, hasEnded || !grants.isEmpty()));
        }
        memory.wasShort = grants.size() < ask.limit();
        if (grants.isEmpty() && !hasEnded) {
            requireAble(jdbc, ask.worker());
        }
        return new Granted<>(List.copyOf(grants), Objects.requireNonNull(memory.view), first.lost());
    }

    /**
     * A second round. Where the first one did something, a failure that claimed nothing only makes the answer shorter, and the next
     * claim will meet it.
     */
    private List<Grant> more(int limit, boolean looks, boolean hasDone) {
        try {
            return round(limit, true, looks, List.of()).grants();
        } catch (DatabaseException e) {
            boolean unknown = e instanceof TransientDatabaseException lost && lost.outcomeUnknown();
            if (!hasDone || unknown || jdbc.inTransaction()) {
                throw e;
            }
            return List.of();
        }
    }

    private Round round(int limit, boolean thorough, boolean looks, List<Sql> ends) {
        long now = System.nanoTime();
        V view = memory.view;
        if (view == null || thorough || now - memory.viewedAt >= VIEW_FRESH) {
            view = ask.look().get();
            memory.view = view;
            memory.viewedAt = now;
        }
        List<Covered> covered = ask.covered().apply(view);
        if (covered.isEmpty() && ends.isEmpty()) {
            return Round.NOTHING;
        }
        Kind kind = leases.kind();
        Sql sql = Gates.forClaim(jdbc.options().schema(), kind, ask.worker());
        if (kind.isScheduled() && (thorough || now - memory.promotedAt >= PROMOTION_FRESH)) {
            sql = sql.and(leases.promote(promotable(now - memory.promotedAt)));
            memory.promotedAt = now;
        }
        List<Lane> lanes = memory.cursors.next(covered, looks);
        LeaseTexts texts = leases.texts(jdbc);
        boolean plain = kind.isLimited() && lanes.size() == 1 && !ask.limited().test(view);
        sql = sql.and(plain ? texts.claimPlain(ask, lanes.get(0), limit) : texts.claim(ask, lanes, limit));
        Round round = ends.isEmpty() ? send(sql) : send(ends, sql, plain || !kind.isLimited() ? 1 : 2);
        memory.cursors.claimed(lanes, round.grants().stream().map(Grant::given).toList(), System.nanoTime() - now);
        return round;
    }

    /**
     * How many items are made ready with a claim that long after the last. What is due becomes ready in the order of its time, and
     * only then comes by its priority. So a worker that claims seldom makes more ready at a time: otherwise an urgent item would
     * wait for as many claims as there are thousands due before it. Each thousand takes some 8 ms, behind a gate.
     */
    private static int promotable(long nanos) {
        return (int) Math.max(MIN_PROMOTED, Math.min(MAX_PROMOTED, nanos / NANOS_TO_PROMOTE_ONE));
    }

    private Round send(Sql claim) {
        Sql sql = Sql.of("/* " + leases.kind().verbs() + ".claim */").and(claim);
        return new Round(Gates.run(jdbc, sql, Grant::of), Set.of());
    }

    /** A row of a text that ends attempts and claims: a lost token, a grant, or neither for a statement that takes locks. */
    private record Found(@Nullable Long lost, @Nullable Grant grant) {}

    private Round send(List<Sql> ends, Sql claim, int locks) {
        Sql sql = Sql.of("/* " + leases.kind().verbs() + ".next */");
        for (Sql end : ends) {
            sql = sql.and(end).and(";");
        }
        int claimAt = ends.size() + locks;
        List<Found> found = jdbc.returningEach(
                sql.and(claim),
                (result, row) -> new Found(
                        result < ends.size() ? (Long) row.bigint("token") : null,
                        result == claimAt ? Grant.of(row) : null));
        return new Round(
                found.stream().map(Found::grant).filter(Objects::nonNull).toList(),
                found.stream().map(Found::lost).filter(Objects::nonNull).collect(Collectors.toUnmodifiableSet()));
    }

    /** Throws where a worker could claim nothing, whatever is there. */
    static void requireAble(Jdbc jdbc, long worker) {
        boolean alive = jdbc.one(Sql.of(MAY_CLAIM, worker), row -> {
            if (!row.text("isolation").equals("read committed")) {
                throw new IllegalStateException(
                        "a claim needs the isolation level read committed, and was asked for in "
                                + row.text("isolation"));
            }
            return row.bool("alive");
        });
        if (!alive) {
            throw new WorkerGoneException(worker);
        }
    }
}
