package dev.evalstore.backup;

import dev.evalstore.internal.Check;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table of a backup.
 *
 * @param name the table's name without its schema; of a partitioned table the name of the whole
 * @param columns the columns in the order of the files; generated columns, and what is withheld, are left out
 * @param months of a table that is partitioned by month the months that have a partition, such as {@code 2026-01}, in order; of
 *     another table none
 * @param rows the rows of all files
 * @param bytes the bytes of all files before compression
 * @param files the files in order; none where the table had no rows
 */
public record BackupTable(
        String name, List<String> columns, List<String> months, long rows, long bytes, List<BackupFile> files) {
    /** It becomes the name of a folder, and stands in statements. */
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private static final Pattern MONTH = Pattern.compile("2[01][0-9]{2}-(0[1-9]|1[0-2])");

    public BackupTable {
        Objects.requireNonNull(name, "name");
        columns = Check.list("columns", columns);
        months = Check.list("months", months);
        files = Check.list("files", files);
        if (!isName(name) || columns.isEmpty() || !columns.stream().allMatch(BackupTable::isName)) {
            throw new IllegalArgumentException("tables and columns must have plain lower-case names");
        }
        if (!months.stream().allMatch(month -> MONTH.matcher(month).matches())) {
            throw new IllegalArgumentException("months must be years and months");
        }
        Set<String> names = new HashSet<>();
        if (!files.stream().map(BackupFile::name).allMatch(names::add)) {
            throw new IllegalArgumentException("files must have different names");
        }
        if (files.stream().mapToLong(BackupFile::rows).sum() != rows
                || files.stream().mapToLong(BackupFile::bytes).sum() != bytes) {
            throw new IllegalArgumentException("rows and bytes must be those of the files");
        }
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
