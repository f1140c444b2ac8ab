package dev.evalstore.analysis.export;

import dev.evalstore.analysis.export.Columns.Cell;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an export reads.
 *
 * @param names the columns
 * @param cells what writes them
 * @param rows hands on the rows, in order
 */
record Source<R>(List<String> names, List<Cell<R>> cells, Reading<R> rows) {
    /** Reads rows. */
    @FunctionalInterface
    interface Reading<R> {
        /** Hands on at most so many rows. */
        void forEach(long maximum, Consumer<R> consumer);
    }

    ExportSummary write(RowWriter out, long maximum) {
        Counter counter = new Counter(out, maximum);
        out.begin(names);
        // One more than are written tells whether these are all.
        rows.forEach(maximum + 1, counter);
        ExportSummary summary = new ExportSummary(Math.min(counter.seen, maximum), counter.seen > maximum);
        out.end(summary);
        return summary;
    }

    private final class Counter implements Consumer<R> {
        private final RowWriter out;
        private final long maximum;
        private long seen;

        Counter(RowWriter out, long maximum) {
            this.out = out;
            this.maximum = maximum;
        }

        @Override
        public void accept(R row) {
            if (++seen > maximum) {
                return;
            }
            out.beginRow();
            for (Cell<R> cell : cells) {
                cell.write(row, out);
            }
            out.endRow();
        }
    }
}
