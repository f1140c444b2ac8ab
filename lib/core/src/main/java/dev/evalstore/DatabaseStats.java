package dev.evalstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and counts.
 *
 * @param databaseBytes the whole database
 * @param tables the schema's tables by name, partitions added to their parent
 * @param pool the pool's connections, or null where the pool is the host's and no HikariCP
 * @param operations what this {@link Database} has sent, by name
 */
public record DatabaseStats(
        long databaseBytes,
        List<TableStats> tables,
        @Nullable PoolStats pool,
        List<OperationStats> operations) {
    public DatabaseStats {
        tables = List.copyOf(tables);
        operations = List.copyOf(operations);
    }

    /**
     * One table.
     *
     * @param name its name
     * @param rows the server's running estimate of live rows, exact enough for a chart
     * @param deadRows the same of rows that wait for vacuum
     * @param tableBytes the table with its out-of-line values
     * @param indexBytes all its indexes
     */
    public record TableStats(String name, long rows, long deadRows, long tableBytes, long indexBytes) {}
}
