package dev.evalstore.tracking;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a table of the answers of several units, which come in the order of their items and repeats. */
final class PairBuilder {
    private static final int FIRST = 1_024;

    private final Pairing pairing;
    private final int[] withoutItem;
    private final Cell[] open;
    private String[] items = new String[FIRST];
    private int[] repeats = new int[FIRST];
    private double[][] values;
    private byte[][] states;
    private int size;
    private int answers;
    private int averaged;
    private @Nullable String item;
    private int repeat;

    PairBuilder(int units, Pairing pairing) {
        this.pairing = pairing;
        this.withoutItem = new int[units];
        this.open = new Cell[units];
        Arrays.setAll(open, unit -> new Cell());
        this.values = new double[units][FIRST];
        this.states = new byte[units][FIRST];
    }

    /** What a unit said to one item, as far as it has been read. */
    private static final class Cell {
        private double[] values = new double[2];
        private int count;
        private boolean isAnswered;
        private boolean isNoNumber;

        void add(@Nullable Double value) {
            isAnswered = true;
            if (value == null) {
                return;
            }
            double number = value;
            if (Double.isNaN(number)) {
                isNoNumber = true;
                return;
            }
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = number;
        }

        byte state() {
            if (count > 0) {
                return PairedValues.GIVEN;
            }
            return isNoNumber ? PairedValues.NO_NUMBER : isAnswered ? PairedValues.MISSING : PairedValues.ABSENT;
        }

        /**
         * The same whatever order the answers came in: the sum goes from the least up. What each step loses is added at the
         * end, by Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974.
         */
        double mean() {
            if (count == 0) {
                return Double.NaN;
            }
            if (count == 1) {
                return values[0];
            }
            Arrays.sort(values, 0, count);
            double sum = 0;
            double lost = 0;
            for (int i = 0; i < count; i++) {
                double next = sum + values[i];
                lost += Math.abs(sum) >= Math.abs(values[i]) ? sum - next + values[i] : values[i] - next + sum;
                sum = next;
            }
            return Math.max(values[0], Math.min(values[count - 1], (sum + lost) / count));
        }

        void clear() {
            count = 0;
            isAnswered = false;
            isNoNumber = false;
        }
    }

    /** Takes the next answer, and returns how many there have been. */
    int add(int unit, @Nullable String key, int number, @Nullable Double value) {
        answers++;
        if (key == null) {
            withoutItem[unit]++;
            return answers;
        }
        int place = pairing == Pairing.ITEM ? 0 : number;
        if (place != repeat || !key.equals(item)) {
            close();
            item = key;
            repeat = place;
        }
        open[unit].add(value);
        return answers;
    }

    private void close() {
        String key = item;
        if (key == null) {
            return;
        }
        if (size == items.length) {
            grow();
        }
        items[size] = key;
        repeats[size] = repeat;
        for (int unit = 0; unit < open.length; unit++) {
            Cell cell = open[unit];
            averaged += cell.count > 1 ? 1 : 0;
            values[unit][size] = cell.mean();
            states[unit][size] = cell.state();
            cell.clear();
        }
        size++;
    }

    private void grow() {
        int more = 2 * size;
        items = Arrays.copyOf(items, more);
        repeats = Arrays.copyOf(repeats, more);
        for (int unit = 0; unit < open.length; unit++) {
            values[unit] = Arrays.copyOf(values[unit], more);
            states[unit] = Arrays.copyOf(states[unit], more);
        }
    }

    PairedValues build(ComparisonUnit unit, List<UUID> ids, ItemMetric metric) {
        close();
        item = null;
        return new PairedValues(
                new PairedValues.Of(unit, ids, metric, pairing),
                new PairedValues.Rows(size, items, repeats, values, states),
                averaged,
                withoutItem);
    }
}
