package dev.evalstore.backup;

import java.util.Objects;

/**
 * How far an export or a restore is.
 *
 * @param table the table that is being copied
 * @param tableRows how many of its rows are copied
 * @param rows how many rows of all tables are copied
 * @param totalRows how many rows there are in all tables; in an export about so many, by the server's statistics, but at least
 *     {@code rows}
 * @param bytes how many bytes of all tables are copied, before compression
 */
public record BackupProgress(String table, long tableRows, long rows, long totalRows, long bytes) {
    public BackupProgress {
        Objects.requireNonNull(table, "table");
    }
}
