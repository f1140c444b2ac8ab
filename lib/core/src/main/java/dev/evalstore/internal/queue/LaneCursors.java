package dev.evalstore.internal.queue;

import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One worker's memory of its lanes, kept between claims: how far it has read in each, and how many items each gave.
 *
 * <p>The cursor keeps a claim from walking again over the dead rows of all earlier claims. A held snapshot (one idle transaction, a
 * pg_dump) keeps those rows from being removed: without the cursor a claim grows from 2 ms to 70 ms in a minute. Items may come to
 * lie behind the cursor: released work, late commits. They are found when a claim falls short, and by a look from the beginning. Such
 * a look is made at most once a second, and then so rarely that it takes one hundredth of the time, but at least every five seconds:
 * the time of a claim is also the wait for its gate.
 *
 * <p>The share among lanes of equal rank is stride scheduling (Waldspurger and Weihl, 1995). Each claim from a lane moves the lane's
 * pass on by one over its weight, and the item that would end at the lowest pass is next. A lane that had items to give is at most
 * one stride behind the last one served. A lane further behind was empty or blocked; it resumes one stride behind, so idle time earns
 * no credit.
 */
public final class LaneCursors {
    private static final long MIN_INTERVAL = 1_000_000_000L;
    private static final long MAX_INTERVAL = 5_000_000_000L;
    private static final long CHEAP = 2_000_000L;
    private static final Position BEGINNING = new Position(Integer.MIN_VALUE, Long.MIN_VALUE);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Position> positions = new HashMap<>();
    private final Map<Integer, Double> passes = new HashMap<>();
    private long lookedFromBeginning = System.nanoTime() - MIN_INTERVAL;
    private long interval = MIN_INTERVAL;
    private double served;
    private double ordinary;
    private final long[] looks = new long[3];
    private int looked;

    private record Position(int rank, long seq) {
        Position max(Position other) {
            return other.rank > rank || other.rank == rank && other.seq > seq ? other : this;
        }
    }

    /** A lane as a claim asks for it. */
    public record Lane(int id, double stride, int rank, long seq, double pass) {
        private boolean fromBeginning() {
            return rank == BEGINNING.rank && seq == BEGINNING.seq;
        }
    }

    /** A lane that the worker covers. */
    public record Covered(int id, double weight) {}

    /** An item that was claimed. */
    public record Given(int lane, int rank, long seq) {}

    /** The lanes with their cursors; from the beginning where that is asked for or due. */
    public List<Lane> next(List<Covered> covered, boolean fromBeginning) {
        lock.lock();
        try {
            if (fromBeginning || System.nanoTime() - lookedFromBeginning >= interval) {
                positions.clear();
                lookedFromBeginning = System.nanoTime();
            }
            List<Lane> lanes = new ArrayList<>(covered.size());
            for (Covered lane : covered) {
                Position at = positions.getOrDefault(lane.id(), BEGINNING);
                double stride = 1 / lane.weight();
                double behind = served - stride;
                double pass = Math.max(behind, passes.getOrDefault(lane.id(), behind));
                lanes.add(new Lane(lane.id(), stride, at.rank(), at.seq(), pass));
            }
            return lanes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a claim that falls short, but is not empty, should look from the beginning too. Where the queue is kept nearly empty
     * every claim falls short, and under a held snapshot each of them would walk over all dead rows after all; then the looks that
     * are due anyway must do.
     */
    public boolean worthLooking() {
        lock.lock();
        try {
            long shortest = Math.min(looks[0], Math.min(looks[1], looks[2]));
            return looked < looks.length || ordinary == 0 || shortest < CHEAP || shortest < 3 * ordinary;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records what a claim was given, and how long it took. How far the lanes were served follows from the passes that the claim
     * asked with: the passes to which several claims at a time add up are further than any lane was compared with.
     */
    public void claimed(List<Lane> asked, List<Given> given, long nanos) {
        lock.lock();
        try {
            Map<Integer, Lane> lanes = new HashMap<>();
            asked.forEach(lane -> lanes.put(lane.id(), lane));
            Map<Position, Integer> ofRank = new HashMap<>();
            for (Given one : given) {
                Lane lane = Objects.requireNonNull(lanes.get(one.lane()));
                positions.merge(lane.id(), new Position(one.rank(), one.seq()), Position::max);
                passes.merge(
                        lane.id(),
                        lane.pass() + lane.stride(),
                        (pass, first) -> Math.max(pass, lane.pass()) + lane.stride());
                int n = ofRank.merge(new Position(one.rank(), lane.id()), 1, Integer::sum);
                served = Math.max(served, lane.pass() + n * lane.stride());
            }
            if (asked.stream().allMatch(Lane::fromBeginning)) {
                interval = Math.min(MAX_INTERVAL, Math.max(MIN_INTERVAL, 100 * nanos));
                looks[looked % looks.length] = nanos;
                looked = looked >= looks.length ? looks.length + (looked + 1) % looks.length : looked + 1;
            } else {
                ordinary = ordinary == 0 ? nanos : 0.9 * ordinary + 0.1 * nanos;
            }
        } finally {
            lock.unlock();
        }
    }

    static SqlArray ids(List<Lane> lanes) {
        return SqlArray.ints(lanes, Lane::id);
    }

    static SqlArray ranks(List<Lane> lanes) {
        return SqlArray.ints(lanes, Lane::rank);
    }

    static SqlArray seqs(List<Lane> lanes) {
        return SqlArray.bigints(lanes, Lane::seq);
    }

    static SqlArray passes(List<Lane> lanes) {
        return SqlArray.reals(lanes, Lane::pass);
    }

    static SqlArray strides(List<Lane> lanes) {
        return SqlArray.reals(lanes, Lane::stride);
    }
}
