package dev.evalstore.tracking;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table of the answers of several units, which come in any order: rows are found by a hash of item and repeat, and
 * sorted once at the end.
 */
final class PairBuilder {
    private static final int FIRST = 1_024;

    /** Units times rows, for the memory: units of different items have few rows in common. */
    private static final long MAX_CELLS = 1L << 25;

    private static final int NONE = -1;

    /** Odd and secret, so that nobody can choose keys that all have one hash. */
    private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;

    private final Column[] columns;
    private String[] items = new String[FIRST];
    private int[] repeats = new int[FIRST];
    private int size;
    private int last = NONE;
    private int answers;
    private boolean mayHaveSurrogates;

    /** Rows by hash, a power of two of places, of which half are free. */
    private int[] places = free(2 * FIRST);

    PairBuilder(int units) {
        this.columns = new Column[units];
        Arrays.setAll(columns, unit -> new Column());
    }

    /** What a unit said. Of several values for a row, those after the first are chained. */
    private static final class Column {
        private double[] values = new double[FIRST];
        private byte[] states = new byte[FIRST];
        private int answers;
        private int withoutItem;
        private int averaged;

        /** Of each row how many answers without a number it has; empty until there is one. */
        private int[] lacking = {};

        /** Of each row the last one of its chain; empty until there is one. */
        private int[] chains = {};

        private int chained;
        private int[] next = {};
        private double[] more = {};

        void add(int row, @Nullable Double value) {
            byte state = value == null
                    ? PairedValues.MISSING
                    : Double.isNaN(value) ? PairedValues.NO_NUMBER : PairedValues.GIVEN;
            if (value == null || state != PairedValues.GIVEN) {
                if (lacking.length < states.length) {
                    lacking = Arrays.copyOf(lacking, states.length);
                }
                lacking[row]++;
            } else if (states[row] == PairedValues.GIVEN) {
                chain(row, value);
            } else {
                values[row] = value;
            }
            states[row] = (byte) Math.max(states[row], state);
        }

        private void chain(int row, double value) {
            if (chains.length < values.length) {
                int filled = chains.length;
                chains = Arrays.copyOf(chains, values.length);
                Arrays.fill(chains, filled, chains.length, NONE);
            }
            if (chained == more.length) {
                next = Arrays.copyOf(next, Math.max(FIRST, 2 * chained));
                more = Arrays.copyOf(more, next.length);
            }
            averaged += chains[row] == NONE ? 1 : 0;
            next[chained] = chains[row];
            more[chained] = value;
            chains[row] = chained++;
        }

        void grow(int rows) {
            values = Arrays.copyOf(values, rows);
            states = Arrays.copyOf(states, rows);
        }

        PairedValues.Answers answers(int rows) {
            int missing = 0;
            int noNumbers = 0;
            int passedOver = 0;
            for (int row = 0; row < rows; row++) {
                missing += states[row] == PairedValues.MISSING ? 1 : 0;
                noNumbers += states[row] == PairedValues.NO_NUMBER ? 1 : 0;
                passedOver += states[row] == PairedValues.GIVEN && row < lacking.length ? lacking[row] : 0;
            }
            return new PairedValues.Answers(answers, withoutItem, missing, noNumbers, averaged, passedOver);
        }

        double value(int row) {
            if (states[row] != PairedValues.GIVEN) {
                return Double.NaN;
            }
            return row < chains.length && chains[row] != NONE ? mean(row) : values[row];
        }

        /**
         * The same whatever order the answers came in: the sum goes from the least up. What each step loses is added at the
         * end, by Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974.
         */
        private double mean(int row) {
            int count = 1;
            for (int at = chains[row]; at != NONE; at = next[at]) {
                count++;
            }
            double[] all = new double[count];
            all[0] = values[row];
            for (int at = chains[row], i = 1; at != NONE; at = next[at], i++) {
                all[i] = more[at];
            }
            Arrays.sort(all);
            double sum = 0;
            double lost = 0;
            for (double value : all) {
                double added = sum + value;
                lost += Math.abs(sum) >= Math.abs(value) ? sum - added + value : value - added + sum;
                sum = added;
            }
            return Math.max(all[0], Math.min(all[count - 1], (sum + lost) / count));
        }
    }

    /** Takes another answer, and returns how many there have been. */
    int add(int unit, @Nullable String item, int repeat, @Nullable Double value) {
        columns[unit].answers++;
        if (item == null) {
            columns[unit].withoutItem++;
        } else {
            columns[unit].add(row(item, repeat), value);
        }
        return ++answers;
    }

    /** Units are often stored in one order, so that the row after the last one is the most likely. */
    private int row(String item, int repeat) {
        int next = last + 1;
        last = next < size && isOf(next, item, repeat) ? next : find(item, repeat);
        return last;
    }

    private boolean isOf(int row, String item, int repeat) {
        return repeats[row] == repeat && items[row].equals(item);
    }

    private int find(String item, int repeat) {
        int place = place(item, repeat);
        while (places[place] != NONE) {
            if (isOf(places[place], item, repeat)) {
                return places[place];
            }
            place = place + 1 & places.length - 1;
        }
        if (size == items.length) {
            if ((long) size * columns.length >= MAX_CELLS) {
                throw new IllegalArgumentException("the units must have at most " + MAX_CELLS / columns.length
                        + " items together: they are " + columns.length);
            }
            grow();
            return find(item, repeat);
        }
        items[size] = item;
        repeats[size] = repeat;
        places[place] = size;
        return size++;
    }

    /** Keys that differ in their last digit are neighbours, so that a run of them stays in the processor's cache. */
    private int place(String item, int repeat) {
        long hash = repeat;
        int highest = 0;
        for (int i = 0; i < item.length(); i++) {
            char c = item.charAt(i);
            hash = hash * multiplier + c;
            highest |= c;
        }
        mayHaveSurrogates |= highest >= Character.MIN_SURROGATE;
        return (int) (hash ^ hash >>> Integer.SIZE) & places.length - 1;
    }

    private void grow() {
        int rows = 2 * size;
        items = Arrays.copyOf(items, rows);
        repeats = Arrays.copyOf(repeats, rows);
        for (Column column : columns) {
            column.grow(rows);
        }
        places = free(2 * rows);
        for (int row = 0; row < size; row++) {
            int place = place(items[row], repeats[row]);
            while (places[place] != NONE) {
                place = place + 1 & places.length - 1;
            }
            places[place] = row;
        }
    }

    private static int[] free(int number) {
        int[] places = new int[number];
        Arrays.fill(places, NONE);
        return places;
    }

    PairedValues build(PairedValues.Of of) {
        int[] order = order();
        int[] sorted = new int[size];
        String[] keys = new String[size];
        for (int i = 0; i < size; i++) {
            keys[i] = items[order[i]];
            sorted[i] = repeats[order[i]];
        }
        double[][] values = new double[columns.length][size];
        byte[][] states = new byte[columns.length][size];
        for (int unit = 0; unit < columns.length; unit++) {
            Column column = columns[unit];
            for (int i = 0; i < size; i++) {
                values[unit][i] = column.value(order[i]);
                states[unit][i] = column.states[order[i]];
            }
        }
        return new PairedValues(
                of,
                new PairedValues.Rows(size, keys, sorted, values, states),
                Arrays.stream(columns).map(column -> column.answers(size)).toList());
    }

    /** The rows by the bytes of their items, then by repeat. */
    private int[] order() {
        record Key(String item, int repeat, int row) {}
        Key[] keys = new Key[size];
        Arrays.setAll(keys, row -> new Key(items[row], repeats[row], row));
        // Chars have another order than bytes beyond the basic plane alone.
        Comparator<Key> byItem = mayHaveSurrogates
                ? (a, b) -> Arrays.compareUnsigned(
                        a.item.getBytes(StandardCharsets.UTF_8), b.item.getBytes(StandardCharsets.UTF_8))
                : (a, b) -> a.item.compareTo(b.item);
        Arrays.sort(keys, byItem.thenComparingInt(Key::repeat));
        return Arrays.stream(keys).mapToInt(Key::row).toArray();
    }
}
