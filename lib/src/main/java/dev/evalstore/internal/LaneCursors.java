package dev.evalstore.internal;

import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One worker's memory of its lanes, kept between claims: where it has read to in each, and how much of each it was given.
 *
 * <p>The cursor keeps a claim from walking again over the dead rows of all earlier ones, which a held snapshot (one idle
 * transaction, a pg_dump) keeps from being removed: without it a claim grows from 2 ms to 70 ms in a minute. What comes to lie
 * behind it (work given back, late commits) is found when a claim falls short, and by a look from the beginning that is made
 * at most every second, or so rarely that it takes one hundredth of the time.
 *
 * <p>The share among lanes of equal rank is stride scheduling (Waldspurger and Weihl, 1995): each claim from a lane moves its
 * pass on by one over its weight, and the least pass is next.
 */
public final class LaneCursors {
    private static final long LEAST_INTERVAL = 1_000_000_000L;
    private static final long CHEAP = 2_000_000L;
    private static final Position BEGINNING = new Position(Integer.MIN_VALUE, Long.MIN_VALUE);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Position> positions = new HashMap<>();
    private final Map<Integer, Double> passes = new HashMap<>();
    private long lookedFromBeginning = System.nanoTime() - LEAST_INTERVAL;
    private long interval = LEAST_INTERVAL;
    private double ordinary;
    private final long[] looks = new long[3];
    private int looked;

    private record Position(int rank, long seq) {
        Position max(Position other) {
            return other.rank > rank || other.rank == rank && other.seq > seq ? other : this;
        }
    }

    /** A lane as a claim asks for it. */
    public record Lane(int id, double stride, int rank, long seq, double pass) {}

    /** A lane that the worker covers. */
    public record Covered(int id, double weight) {}

    /** The lanes with their cursors; from the beginning where that is asked for or due. */
    public List<Lane> next(List<Covered> covered, boolean fromBeginning) {
        lock.lock();
        try {
            if (fromBeginning || System.nanoTime() - lookedFromBeginning >= interval) {
                positions.clear();
                lookedFromBeginning = System.nanoTime();
            }
            double least = covered.stream()
                    .mapToDouble(lane -> passes.getOrDefault(lane.id(), 0.0))
                    .min()
                    .orElse(0);
            List<Lane> lanes = new ArrayList<>(covered.size());
            for (Covered lane : covered) {
                Position at = positions.getOrDefault(lane.id(), BEGINNING);
                lanes.add(new Lane(
                        lane.id(),
                        1 / lane.weight(),
                        at.rank(),
                        at.seq(),
                        passes.getOrDefault(lane.id(), least) - least));
            }
            return lanes;
        } finally {
            lock.unlock();
        }
    }

    /** Notes one claimed item. */
    public void claimed(int lane, double weight, int rank, long seq) {
        lock.lock();
        try {
            positions.merge(lane, new Position(rank, seq), Position::max);
            passes.merge(lane, 1 / weight, Double::sum);
        } finally {
            lock.unlock();
        }
    }

    /** Notes how long a claim from the cursors took. */
    public void readOn(long nanos) {
        lock.lock();
        try {
            ordinary = ordinary == 0 ? nanos : 0.9 * ordinary + 0.1 * nanos;
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
            long least = Math.min(looks[0], Math.min(looks[1], looks[2]));
            return looked < looks.length || ordinary == 0 || least < CHEAP || least < 3 * ordinary;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes how long a claim from the beginning took, so that the next is due after a hundred times that; and lets lanes that
     * had nothing to give catch up with the others instead of saving up a claim on all that follows.
     */
    public void lookedFromBeginning(long nanos, List<Covered> covered, Set<Integer> gaveSomething) {
        lock.lock();
        try {
            interval = Math.max(LEAST_INTERVAL, 100 * nanos);
            looks[looked % looks.length] = nanos;
            looked = looked >= looks.length ? looks.length + (looked + 1) % looks.length : looked + 1;
            double most = gaveSomething.stream()
                    .mapToDouble(lane -> passes.getOrDefault(lane, 0.0))
                    .max()
                    .orElse(0);
            for (Covered lane : covered) {
                if (!gaveSomething.contains(lane.id())) {
                    passes.merge(lane.id(), most, Math::max);
                }
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
