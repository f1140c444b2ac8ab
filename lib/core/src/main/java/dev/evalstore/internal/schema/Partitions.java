package dev.evalstore.internal.schema;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.PartitionCatalogue.Partition;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Monthly partitions, by UTC months: {@code <table>_YYYY_MM}. There is no default partition, so a row needs its month's
 * partition. Maintenance makes partitions ahead. This class also makes a missing one when rows arrive, so that a
 * service without maintenance works on.
 */
public final class Partitions {
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final YearMonth FIRST = YearMonth.of(2000, 1);
    private static final YearMonth LAST = YearMonth.of(2100, 12);
    /**
     * For how long the partitions of the server's current month and of the next two, once seen, are not looked for
     * again.
     */
    private static final long CURRENT_FOR = Duration.ofHours(6).toNanos();

    private static final String NOW = """
            /* partitions.now */ select (statement_timestamp() at time zone 'UTC')::date as today""";

    private static final String CREATE = """
            /* partitions.create */ select evalstore.create_partition(?, ?) as made""";

    /**
     * A session hears of what others committed when it parses a statement anew. One that holds its locks already and
     * has its statements prepared would go on without the partition.
     */
    private static final String NOTICE = "/* partitions.notice */ select from pg_class limit 0";

    private static final Shared<Map<String, Known>> KNOWN = Shared.of(jdbc -> new ConcurrentHashMap<>());

    private Partitions() {}

    /** The month of a time. */
    public static YearMonth month(Instant time) {
        return YearMonth.from(time.atOffset(ZoneOffset.UTC));
    }

    /** The months of rows by one of their times; rows without that time are left out. */
    public static <R> Set<YearMonth> months(Collection<R> rows, Function<R, @Nullable Instant> time) {
        Set<YearMonth> months = new TreeSet<>();
        rows.stream().map(time).filter(Objects::nonNull).forEach(t -> months.add(month(t)));
        return months;
    }

    /**
     * {@link #inserting(Jdbc, String, Set, Supplier)} for the months of these rows; a row without a time is inserted
     * into the server's current month.
     */
    public static <R, T> T inserting(
            Jdbc jdbc, String table, Collection<R> rows, Function<R, @Nullable Instant> time, Supplier<T> insert) {
        Set<YearMonth> months = months(rows, time);
        boolean current = rows.stream().map(time).anyMatch(Objects::isNull);
        return inserting(jdbc, table, months, current, insert);
    }

    /**
     * Inserts rows of the given months; an empty set means the server's current month. Makes missing partitions first.
     * If a partition was dropped since it was last seen, makes it again and inserts again, except inside a transaction,
     * which the failure has ended.
     *
     * @throws TransientDatabaseException inside a transaction, if a partition was dropped since it was last seen
     * @throws IllegalArgumentException if a month is not from 2000 to 2100
     */
    public static <T> T inserting(Jdbc jdbc, String table, Set<YearMonth> months, Supplier<T> insert) {
        return inserting(jdbc, table, months, months.isEmpty(), insert);
    }

    private static <T> T inserting(
            Jdbc jdbc, String table, Set<YearMonth> months, boolean current, Supplier<T> insert) {
        for (int attempt = 1; ; attempt++) {
            ensure(jdbc, table, months);
            if (current) {
                ensureCurrent(jdbc, table);
            }
            try {
                return insert.get();
            } catch (ConstraintViolationException e) {
                // A row without a partition violates a check that has no name.
                if (!"23514".equals(e.sqlState()) || e.constraint() != null) {
                    throw e;
                }
                forget(jdbc, table);
                if (jdbc.inTransaction()) {
                    throw new TransientDatabaseException(
                            "a partition of " + table + " has gone since it was last seen; run the transaction again",
                            "40001",
                            false,
                            e);
                }
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                // A new partition of another session is in the catalogue a moment before this session's cache is
                // renewed.
                LockSupport.parkNanos(PAUSE.toNanos() * (attempt - 1));
            }
        }
    }

    /** Makes the partitions of these months that are missing. Costs nothing for months that have been seen before. */
    public static void ensure(Jdbc jdbc, String table, Set<YearMonth> months) {
        for (YearMonth month : months) {
            if (month.isBefore(FIRST) || month.isAfter(LAST)) {
                throw new IllegalArgumentException(
                        "the time of a row of " + table + " must be in the years 2000 to 2100");
            }
        }
        if (Known.of(jdbc, table).present.containsAll(months)) {
            return;
        }
        make(jdbc, table, missing(jdbc, table, months));
    }

    /** The same for the server's current month and the next two, of which health warns of fewer; looks again after some hours. */
    private static void ensureCurrent(Jdbc jdbc, String table) {
        Known known = Known.of(jdbc, table);
        if (known.isCurrent()) {
            return;
        }
        YearMonth now = now(jdbc);
        List<YearMonth> missing = missing(jdbc, table, Set.of(now, now.plusMonths(1), now.plusMonths(2)));
        make(jdbc, table, missing);
        if (missing.isEmpty() || !jdbc.inTransaction()) {
            known.currentUntil.set(System.nanoTime() + CURRENT_FOR);
        }
    }

    /**
     * Makes the partitions of a month and of so many months after it that are missing.
     *
     * @return how many were made
     */
    public static int ahead(Jdbc jdbc, String table, YearMonth from, int months) {
        forget(jdbc, table);
        Set<YearMonth> wanted = new TreeSet<>();
        for (int i = 0; i <= months; i++) {
            wanted.add(from.plusMonths(i));
        }
        return make(jdbc, table, missing(jdbc, table, wanted));
    }

    /**
     * Makes these partitions, beside a transaction where that can be done: its lock on the table would hold up everybody
     * who needs another new month.
     */
    private static int make(Jdbc jdbc, String table, List<YearMonth> months) {
        if (!months.isEmpty() && jdbc.inTransaction()) {
            Optional<Integer> made = jdbc.beside(apart -> createAll(apart, table, months));
            if (made.isPresent()) {
                Known.of(jdbc, table).present.addAll(months);
                jdbc.script("partitions.notice", NOTICE);
                return made.get();
            }
        }
        return createAll(jdbc, table, months);
    }

    private static int createAll(Jdbc jdbc, String table, List<YearMonth> months) {
        int made = 0;
        for (YearMonth month : months) {
            made += create(jdbc, table, month) ? 1 : 0;
        }
        return made;
    }

    /** The server's current month. */
    public static YearMonth now(Jdbc jdbc) {
        return jdbc.one(Sql.of(NOW), row -> YearMonth.from(row.date("today")));
    }

    /** This schema's tables that have monthly partitions, by name. */
    public static List<String> tables(Jdbc jdbc) {
        return PartitionCatalogue.tables(jdbc);
    }

    /** The months that have a partition, in order. */
    public static List<YearMonth> list(Jdbc jdbc, String table) {
        return PartitionCatalogue.partitions(jdbc, table).stream()
                .filter(Partition::attached)
                .map(Partition::month)
                .toList();
    }

    static String name(String table, YearMonth month) {
        return table + "_" + month.toString().replace('-', '_');
    }

    private static List<YearMonth> missing(Jdbc jdbc, String table, Collection<YearMonth> wanted) {
        Set<YearMonth> present = new TreeSet<>();
        Known known = Known.of(jdbc, table);
        for (Partition partition : PartitionCatalogue.whenNotBusy(jdbc, table)) {
            if (partition.attached() && !partition.pending()) {
                present.add(partition.month());
                if (partition.settled()) {
                    known.present.add(partition.month());
                }
            }
        }
        return wanted.stream()
                .filter(month -> !present.contains(month))
                .sorted()
                .toList();
    }

    private static boolean create(Jdbc jdbc, String table, YearMonth month) {
        boolean made = jdbc.change(Sql.of(CREATE, table, month.atDay(1)), row -> row.bool("made"))
                .orElseThrow();
        if (!jdbc.inTransaction()) {
            Known.of(jdbc, table).present.add(month);
        }
        return made;
    }

    /** Discards what is known of the table's partitions, so that they are looked for again. */
    static void forget(Jdbc jdbc, String table) {
        Known known = Known.of(jdbc, table);
        known.present.clear();
        known.currentUntil.set(System.nanoTime());
    }

    /** What is known of one table's partitions. */
    private static final class Known {
        private final Set<YearMonth> present = ConcurrentHashMap.newKeySet();
        private final AtomicLong currentUntil = new AtomicLong(System.nanoTime());

        static Known of(Jdbc jdbc, String table) {
            return jdbc.shared(KNOWN).computeIfAbsent(table, name -> new Known());
        }

        boolean isCurrent() {
            return currentUntil.get() - System.nanoTime() > 0;
        }
    }
}
