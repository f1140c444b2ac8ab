package dev.evalstore.tracking;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The values of several units, item by item: a row for each item that at least one of them answered, or for each item and
 * repeat. Rows are in the order of item keys by their bytes in UTF-8, then of repeats: the same rows of the database give the
 * same table. Units are named by their places, from 0, in the order in which they were asked for. Immutable.
 *
 * <p>A value that is an average of several is the same whatever order they are stored in. A JSON boolean counts as 1 or 0.
 */
public final class PairedValues {
    static final byte ABSENT = 0;
    static final byte MISSING = 1;
    static final byte NO_NUMBER = 2;
    static final byte GIVEN = 3;

    private final Of of;
    private final Rows rows;
    private final List<Answers> answers;

    PairedValues(Of of, Rows rows, List<Answers> answers) {
        this.of = of;
        this.rows = rows;
        this.answers = answers;
    }

    /** What was asked for. */
    record Of(ComparisonUnit unit, List<UUID> ids, ItemMetric metric, Pairing pairing) {}

    /** Columns, of which the first so many places count. */
    @SuppressWarnings("ArrayRecordComponent") // Shared by the tables made of it, and changed by none.
    record Rows(int size, String[] items, int[] repeats, double[][] values, byte[][] states) {}

    /** What the units are. */
    public ComparisonUnit unit() {
        return of.unit();
    }

    /** The units' ids, in the order in which they were asked for. */
    public List<UUID> ids() {
        return of.ids();
    }

    public ItemMetric metric() {
        return of.metric();
    }

    public Pairing pairing() {
        return of.pairing();
    }

    /** How many rows there are. */
    public int size() {
        return rows.size();
    }

    /** The item key of a row, from 0. */
    public String item(int row) {
        return rows.items()[place("row", row, size())];
    }

    /** The repeat of a row, from 0; 0 where repeats are averaged. */
    public int repeat(int row) {
        return rows.repeats()[place("row", row, size())];
    }

    /** The value of a unit in a row; NaN where it has none. */
    public double value(int unit, int row) {
        return rows.values()[place("unit", unit, ids().size())][place("row", row, size())];
    }

    /** What the answers of a unit came to. */
    public Answers answers(int unit) {
        return answers.get(place("unit", unit, ids().size()));
    }

    /**
     * The rows in which all of these units have a value, and how many were left out.
     *
     * @param units the places of two or more units, each once
     */
    public Pairs pairs(int... units) {
        int[] places = units.clone();
        if (places.length < ComparisonRules.MIN_UNITS
                || IntStream.of(places).distinct().count() < places.length) {
            throw new IllegalArgumentException("units must be two or more, each once");
        }
        for (int place : places) {
            if (place < 0 || place >= ids().size()) {
                throw new IllegalArgumentException("units must be from 0 to " + (ids().size() - 1));
            }
        }
        int[] kept = new int[size()];
        int[] absentOf = new int[places.length];
        int[] counts = new int[GIVEN + 1];
        int n = 0;
        for (int row = 0; row < size(); row++) {
            int worst = GIVEN;
            int best = ABSENT;
            for (int place : places) {
                byte state = rows.states()[place][row];
                worst = Math.min(worst, state);
                best = Math.max(best, state);
            }
            if (best == ABSENT) {
                continue;
            }
            counts[worst]++;
            if (worst == GIVEN) {
                kept[n++] = row;
            } else if (worst == ABSENT) {
                for (int i = 0; i < places.length; i++) {
                    absentOf[i] += rows.states()[places[i]][row] == ABSENT ? 1 : 0;
                }
            }
        }
        LeftOut leftOut = new LeftOut(
                counts[ABSENT], IntStream.of(absentOf).boxed().toList(), counts[MISSING], counts[NO_NUMBER]);
        return new Pairs(rows, Arrays.copyOf(kept, n), places, leftOut);
    }

    private static int place(String field, int value, int size) {
        if (value < 0 || value >= size) {
            throw new IllegalArgumentException(field + " must be one of the " + size + " from 0 on");
        }
        return value;
    }

    /**
     * What the answers of one unit came to.
     *
     * @param answers how many there are
     * @param withoutItem how many of them have no item key, and so are in no row
     * @param missing in how many rows no answer has a value
     * @param noNumbers in how many rows an answer has a value that is no number, or one beyond ±1e300, and none has a number
     * @param averaged how many values are averages of several answers
     * @param passedOver how many answers without a number stand in rows in which another has one, which alone counts
     */
    public record Answers(int answers, int withoutItem, int missing, int noNumbers, int averaged, int passedOver) {}

    /**
     * Why rows that at least one of the units answered are no pairs. Each counts once, for the first of these reasons.
     *
     * @param absent how many a unit did not answer
     * @param absentOf how many of these each of the units did not answer, in the order of the units
     * @param missing how many all answered, and one without a value
     * @param noNumbers how many all answered with a value that is no number, or one beyond ±1e300
     */
    public record LeftOut(int absent, List<Integer> absentOf, int missing, int noNumbers) {
        public LeftOut {
            absentOf = List.copyOf(absentOf);
        }

        /** How many were left out. */
        public int total() {
            return absent + missing + noNumbers;
        }
    }

    /** The rows in which all of some units have a value, in the order of the table. Immutable. */
    public static final class Pairs {
        private final Rows rows;
        private final int[] kept;
        private final int[] units;
        private final LeftOut leftOut;

        private Pairs(Rows rows, int[] kept, int[] units, LeftOut leftOut) {
            this.rows = rows;
            this.kept = kept;
            this.units = units;
            this.leftOut = leftOut;
        }

        /** How many rows there are. */
        public int size() {
            return kept.length;
        }

        /** The item key of a row, from 0. */
        public String item(int row) {
            return rows.items()[kept[place("row", row, size())]];
        }

        /** The repeat of a row, from 0; 0 where repeats are averaged. */
        public int repeat(int row) {
            return rows.repeats()[kept[place("row", row, size())]];
        }

        /**
         * The values of one of the units, a copy; each is from -1e300 to 1e300.
         *
         * @param unit its place among the units that were named here, from 0
         */
        public double[] values(int unit) {
            double[] all = rows.values()[units[place("unit", unit, units.length)]];
            double[] values = new double[kept.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = all[kept[i]];
            }
            return values;
        }

        public LeftOut leftOut() {
            return leftOut;
        }
    }
}
