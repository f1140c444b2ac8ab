package dev.evalstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and counts, from the server's statistics.
 *
 * @param databaseBytes the size of the whole database
 * @param tables the schema's tables, by name; a partitioned table's figures are the sums of its partitions'
 * @param pool the pool's connections, or null if the host's data source neither is nor wraps a HikariCP pool
 * @param operations the statements that this {@link Database} has sent, by name
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
     * The size of one table.
     *
     * @param name the bare table name
     * @param rows the server's running estimate of live rows
     * @param deadRows the server's running estimate of rows that wait for vacuum
     * @param tableBytes the size of the table with its out-of-line values
     * @param indexBytes the size of all its indexes
     */
    public record TableStats(String name, long rows, long deadRows, long tableBytes, long indexBytes) {}
}
