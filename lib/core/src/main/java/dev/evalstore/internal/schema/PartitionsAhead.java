package dev.evalstore.internal.schema;

import dev.evalstore.internal.jdbc.Jdbc;
import java.time.YearMonth;
import java.util.List;
import java.util.Set;

/** The partitions of months to come, which tables have once they are in use. */
public final class PartitionsAhead {
    /** How many months maintenance makes ahead at most. */
    public static final int MOST_AHEAD = 24;

    private static final int FIRST_MONTHS_AHEAD = 3;

    private PartitionsAhead() {}

    /** Makes the partitions of the server's month and the next ones for tables that have none. */
    static void begin(Jdbc jdbc) {
        Set<String> partitions = PartitionCatalogue.names(jdbc);
        List<String> unused = Partitions.tables(jdbc).stream()
                .filter(table -> !isUsed(partitions, table))
                .toList();
        if (!unused.isEmpty()) {
            YearMonth now = Partitions.now(jdbc);
            unused.forEach(table -> Partitions.ahead(jdbc, table, now, FIRST_MONTHS_AHEAD));
        }
    }

    /** {@link Partitions#ahead} for a table that has a partition: its first row makes the first three. */
    public static int keepAhead(Jdbc jdbc, String table, YearMonth from, int months) {
        return Partitions.list(jdbc, table).isEmpty() ? 0 : Partitions.ahead(jdbc, table, from, months);
    }

    private static boolean isUsed(Set<String> partitions, String table) {
        return partitions.stream()
                .anyMatch(name -> name.length() == table.length() + 8 && name.startsWith(table + "_"));
    }

    /**
     * For how many whole months after the given one every such table has its partition, at most {@link #MOST_AHEAD}; 0 if there
     * is no such table. One without partitions has no rows and does not count.
     */
    public static int monthsAhead(Jdbc jdbc, YearMonth now) {
        Set<String> partitions = PartitionCatalogue.names(jdbc);
        List<String> tables = Partitions.tables(jdbc);
        if (tables.isEmpty()) {
            return 0;
        }
        List<String> used =
                tables.stream().filter(table -> isUsed(partitions, table)).toList();
        int ahead = 0;
        while (ahead < MOST_AHEAD && allHave(partitions, used, now.plusMonths(ahead + 1L))) {
            ahead++;
        }
        return ahead;
    }

    private static boolean allHave(Set<String> partitions, List<String> tables, YearMonth month) {
        return tables.stream().allMatch(table -> partitions.contains(Partitions.name(table, month)));
    }
}
