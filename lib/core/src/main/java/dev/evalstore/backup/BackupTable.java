package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table of a backup.
 *
 * @param name the table's name without its schema; of a partitioned table the name of the whole
 * @param columns the columns in the order of the files; generated columns, and what is withheld, are left out
 * @param rows the rows of all files
 * @param bytes the bytes of all files before compression
 * @param files the files in order; none where the table had no rows
 * @param months the months of a partitioned table, such as {@code 2026-01}, which a restore makes first
 */
public record BackupTable(
        String name, List<String> columns, long rows, long bytes, List<BackupFile> files, List<String> months) {
    /** It becomes the name of a folder, and stands in statements. */
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private static final Pattern MONTH = Pattern.compile("2[01][0-9]{2}-(0[1-9]|1[0-2])");

    public BackupTable {
        columns = Check.list("columns", columns);
        files = Check.list("files", files);
        months = Check.list("months", months);
        if (!months.stream().allMatch(month -> MONTH.matcher(month).matches())) {
            throw new IllegalArgumentException("months must be years and months");
        }
        if (!isName(name) || columns.isEmpty() || !columns.stream().allMatch(BackupTable::isName)) {
            throw new IllegalArgumentException("tables and columns must have plain lower-case names");
        }
        Set<String> names = new HashSet<>();
        if (!files.stream().map(BackupFile::name).allMatch(names::add)
                || files.stream().mapToLong(BackupFile::rows).sum() != rows
                || files.stream().mapToLong(BackupFile::bytes).sum() != bytes) {
            throw new IllegalArgumentException("files must have different names, and the table's sums");
        }
    }

    /** A table without partitions. */
    BackupTable(String name, List<String> columns, long rows, long bytes, List<BackupFile> files) {
        this(name, columns, rows, bytes, files, List.of());
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
