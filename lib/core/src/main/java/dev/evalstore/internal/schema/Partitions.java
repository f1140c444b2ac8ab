package dev.evalstore.internal.schema;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Monthly partitions, by UTC months, of the tables that have them: {@code <table>_YYYY_MM}. There is no default partition, so
 * a row's month must be there before the row. Maintenance keeps months ahead; this class also makes a missing one when rows
 * come, so that a service without maintenance goes on.
 */
public final class Partitions {
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final YearMonth FIRST = YearMonth.of(2000, 1);
    private static final YearMonth LAST = YearMonth.of(2100, 12);
    /** How long the server's current month and the one after it, once seen, need no second look. */
    private static final long CURRENT_FOR = Duration.ofHours(6).toNanos();

    private static final long BUSY_PATIENCE = Duration.ofMillis(500).toNanos();
    private static final long BUSY_PAUSE = Duration.ofMillis(2).toNanos();
    private static final Duration DETACH_PATIENCE = Duration.ofSeconds(30);

    /**
     * Also those that a stopped retention has detached and not yet dropped. A partition that this transaction made itself is gone
     * if it rolls back, so it is not {@code settled}. While a maker of partitions is {@code busy}, what it made may be seen here and
     * not yet by inserts: it is visible a moment before the other sessions are told to forget what they know of the table.
     */
    private static final String MONTHS = """
        /* partitions.months */ select right(c.relname::text, 7) as month, i.inhrelid is not null as attached,
            coalesce(i.inhdetachpending, false) as pending,
            pg_current_xact_id_if_assigned() is null
                or age(c.xmin) > age(pg_current_xact_id_if_assigned()::xid) as settled,
            exists (
                select from pg_locks l where l.locktype = 'relation' and l.relation = to_regclass(?) and l.granted
                    and l.mode = 'ShareUpdateExclusiveLock' and l.pid <> pg_backend_pid()
                    and l.database = (select oid from pg_database where datname = current_database())) as busy
        from pg_class c left join pg_inherits i on i.inhrelid = c.oid
        where c.relnamespace = to_regnamespace(?) and c.relname ~ ('^' || ? || '_[0-9]{4}_[0-9]{2}$') and c.relkind = 'r'
        order by c.relname\
        """;

    private static final Shared<Known> KNOWN = Shared.of(jdbc -> new Known());

    private Partitions() {}

    /** One partition. */
    private record Partition(YearMonth month, boolean attached, boolean pending, boolean settled, boolean busy) {}

    /** The months that are known to have a partition, by table, of one database and schema. */
    private static final class Known {
        private final Map<String, Months> tables = new ConcurrentHashMap<>();

        static Months of(Jdbc jdbc, String table) {
            return jdbc.shared(KNOWN).tables.computeIfAbsent(table, name -> new Months());
        }
    }

    /** One table's. */
    private static final class Months {
        private final Set<YearMonth> present = ConcurrentHashMap.newKeySet();
        private final AtomicLong currentUntil = new AtomicLong(System.nanoTime());

        boolean isCurrent() {
            return currentUntil.get() - System.nanoTime() > 0;
        }
    }

    /** The month of a time. */
    public static YearMonth month(Instant time) {
        return YearMonth.from(time.atOffset(ZoneOffset.UTC));
    }

    /** The months of rows by a time or a date of theirs; rows whose value is null take no part. */
    public static <R> Set<YearMonth> months(Collection<R> rows, Function<R, @Nullable Instant> time) {
        Set<YearMonth> months = new TreeSet<>();
        rows.stream().map(time).filter(Objects::nonNull).forEach(t -> months.add(month(t)));
        return months;
    }

    /** Inserts rows by a time of theirs; null stands for the server's now. See {@link #inserting(Jdbc, String, Set, Supplier)}. */
    public static <R, T> T inserting(
            Jdbc jdbc, String table, Collection<R> rows, Function<R, @Nullable Instant> time, Supplier<T> insert) {
        Set<YearMonth> months = months(rows, time);
        boolean current = rows.stream().map(time).anyMatch(Objects::isNull);
        return inserting(jdbc, table, months, current, insert);
    }

    /**
     * Inserts rows of the given months; an empty set stands for the server's now. Makes what is missing first; where a
     * partition has gone since it was last seen, makes it again and inserts again, except inside a transaction, which the
     * failure has ended.
     *
     * @throws IllegalArgumentException if a month is not from 2000 to 2100
     */
    public static <T> T inserting(Jdbc jdbc, String table, Set<YearMonth> months, Supplier<T> insert) {
        return inserting(jdbc, table, months, months.isEmpty(), insert);
    }

    private static <T> T inserting(
            Jdbc jdbc, String table, Set<YearMonth> months, boolean current, Supplier<T> insert) {
        for (int attempt = 1; ; attempt++) {
            prepare(jdbc, table, months, current);
            try {
                return insert.get();
            } catch (ConstraintViolationException e) {
                if (!"23514".equals(e.sqlState()) || e.constraint() != null) {
                    throw e;
                }
                forget(jdbc, table);
                if (jdbc.inTransaction() || attempt == ATTEMPTS) {
                    throw e;
                }
                // Another session's new partition is in the catalogue a moment before the other sessions' caches are
                // told.
                LockSupport.parkNanos(PAUSE.toNanos() * (attempt - 1));
            }
        }
    }

    private static void prepare(Jdbc jdbc, String table, Set<YearMonth> months, boolean current) {
        ensure(jdbc, table, months);
        if (current) {
            ensureCurrent(jdbc, table);
        }
    }

    /** Sees to it that every given month has its partition. Costs nothing for months that have been seen before. */
    public static void ensure(Jdbc jdbc, String table, Set<YearMonth> months) {
        for (YearMonth month : months) {
            if (month.isBefore(FIRST) || month.isAfter(LAST)) {
                throw new IllegalArgumentException("the time of a row of " + table + " must be from 2000 to 2100");
            }
        }
        Months known = Known.of(jdbc, table);
        if (known.present.containsAll(months)) {
            return;
        }
        for (YearMonth month : missing(jdbc, table, months)) {
            create(jdbc, table, month);
        }
    }

    /** The same for the server's month and the one after it; looks again after some hours. */
    private static void ensureCurrent(Jdbc jdbc, String table) {
        Months known = Known.of(jdbc, table);
        if (known.isCurrent()) {
            return;
        }
        YearMonth now = now(jdbc);
        List<YearMonth> missing = missing(jdbc, table, Set.of(now, now.plusMonths(1)));
        for (YearMonth month : missing) {
            create(jdbc, table, month);
        }
        if (missing.isEmpty() || !jdbc.inTransaction()) {
            known.currentUntil.set(System.nanoTime() + CURRENT_FOR);
        }
    }

    /**
     * Sees to it that the month and so many after it have their partitions.
     *
     * @return how many were made
     */
    public static int ahead(Jdbc jdbc, String table, YearMonth from, int months) {
        forget(jdbc, table);
        Set<YearMonth> wanted = new TreeSet<>();
        for (int i = 0; i <= months; i++) {
            wanted.add(from.plusMonths(i));
        }
        int made = 0;
        for (YearMonth month : missing(jdbc, table, wanted)) {
            made += create(jdbc, table, month) ? 1 : 0;
        }
        return made;
    }

    /** The server's month. */
    public static YearMonth now(Jdbc jdbc) {
        return jdbc.one(
                Sql.of("/* partitions.now */ select (statement_timestamp() at time zone 'UTC')::date as today"),
                row -> YearMonth.from(row.date("today")));
    }

    /**
     * Drops the partitions of all months that ended longer ago than the retention.
     *
     * @return how many went
     */
    public static int dropOlderThan(Jdbc jdbc, String table, Duration retention) {
        Check.positive("retention", retention);
        LocalDate cut = jdbc.one(
                Sql.of(
                        "/* partitions.cut */ select ((statement_timestamp() - make_interval(secs => ?)) at time zone"
                                + " 'UTC')::date as day",
                        retention),
                row -> row.date("day"));
        return dropBefore(jdbc, table, YearMonth.from(cut));
    }

    /** This schema's tables that have monthly partitions, by name. */
    public static List<String> tables(Jdbc jdbc) {
        return jdbc.list(
                Sql.of(
                        "/* partitions.tables */ select c.relname::text as name from pg_partitioned_table p"
                                + " join pg_class c on c.oid = p.partrelid join pg_attribute a on a.attrelid = c.oid"
                                + " and a.attnum = p.partattrs[0] where c.relnamespace = to_regnamespace(?)"
                                + " and p.partstrat = 'r' and p.partnatts = 1"
                                + " and a.atttypid in ('date'::regtype, 'timestamptz'::regtype) order by c.relname",
                        jdbc.options().schema()),
                row -> row.text("name"));
    }

    /** For how many whole months after the given one every such table has its partition; 0 where there is no such table. */
    public static int monthsAhead(Jdbc jdbc, YearMonth now) {
        List<String> tables = tables(jdbc);
        List<String> partitions = jdbc.list(
                Sql.of(
                        "/* partitions.all */ select c.relname::text as name from pg_class c join pg_inherits i on"
                                + " i.inhrelid = c.oid where c.relnamespace = to_regnamespace(?) and c.relkind = 'r'",
                        jdbc.options().schema()),
                row -> row.text("name"));
        Set<String> there = Set.copyOf(partitions);
        int ahead = 0;
        while (!tables.isEmpty() && allHave(there, tables, now.plusMonths(ahead + 1L))) {
            ahead++;
        }
        return ahead;
    }

    private static boolean allHave(Set<String> partitions, List<String> tables, YearMonth month) {
        return tables.stream().allMatch(table -> partitions.contains(name(table, month)));
    }

    private static String name(String table, YearMonth month) {
        return table + "_" + month.toString().replace('-', '_');
    }

    /** The months that have a partition, in order. */
    public static List<YearMonth> list(Jdbc jdbc, String table) {
        return partitions(jdbc, table).stream()
                .filter(Partition::attached)
                .map(Partition::month)
                .toList();
    }

    private static List<YearMonth> missing(Jdbc jdbc, String table, Collection<YearMonth> wanted) {
        Set<YearMonth> there = new TreeSet<>();
        Months known = Known.of(jdbc, table);
        for (Partition partition : settled(jdbc, table)) {
            if (partition.attached() && !partition.pending()) {
                there.add(partition.month());
                if (partition.settled()) {
                    known.present.add(partition.month());
                }
            }
        }
        return wanted.stream().filter(month -> !there.contains(month)).sorted().toList();
    }

    /** Waits for a maker of partitions who is just ending; one that goes on for longer has shown nothing yet. */
    private static List<Partition> settled(Jdbc jdbc, String table) {
        List<Partition> partitions = partitions(jdbc, table);
        long deadline = System.nanoTime() + BUSY_PATIENCE;
        while (partitions.stream().anyMatch(Partition::busy) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BUSY_PAUSE);
            partitions = partitions(jdbc, table);
        }
        return partitions;
    }

    private static List<Partition> partitions(Jdbc jdbc, String table) {
        String schema = jdbc.options().schema();
        return jdbc.list(Sql.of(MONTHS, schema + "." + table, schema, table), Partitions::partition);
    }

    private static Partition partition(Row row) throws SQLException {
        return new Partition(
                YearMonth.parse(row.text("month").replace('_', '-')),
                row.bool("attached"),
                row.bool("pending"),
                row.bool("settled"),
                row.bool("busy"));
    }

    private static boolean create(Jdbc jdbc, String table, YearMonth month) {
        boolean made = jdbc.change(
                        Sql.of(
                                "/* partitions.create */ select evalstore.create_partition(?, ?) as made",
                                table,
                                day(month)),
                        row -> row.bool("made"))
                .orElseThrow();
        if (!jdbc.inTransaction()) {
            Known.of(jdbc, table).present.add(month);
        }
        return made;
    }

    private static void forget(Jdbc jdbc, String table) {
        Months known = Known.of(jdbc, table);
        known.present.clear();
        known.currentUntil.set(System.nanoTime());
    }

    /**
     * Drops the partitions of all months before the given one, each on its own, so that a failure leaves those after it for
     * another time. The tables' owner detaches concurrently first, which waits for readers without making anybody else wait;
     * for another role the server's function drops at once or, after half a second of waiting for a lock, not.
     *
     * @return how many went
     */
    public static int dropBefore(Jdbc jdbc, String table, YearMonth before) {
        List<Partition> old = new ArrayList<>();
        for (Partition partition : partitions(jdbc, table)) {
            if (partition.month().isBefore(before)) {
                old.add(partition);
            }
        }
        if (old.isEmpty()) {
            return 0;
        }
        forget(jdbc, table);
        boolean detach = !jdbc.inTransaction() && owns(jdbc, table);
        int dropped = 0;
        for (Partition partition : old) {
            if (detach && partition.attached()) {
                detach(jdbc, table, partition);
            }
            dropped += jdbc.change(
                                    Sql.of(
                                            "/* partitions.drop */ select evalstore.drop_partition(?, ?) as dropped",
                                            table,
                                            day(partition.month())),
                                    row -> row.bool("dropped"))
                            .orElseThrow()
                    ? 1
                    : 0;
        }
        return dropped;
    }

    private static boolean owns(Jdbc jdbc, String table) {
        return jdbc.one(
                Sql.of(
                        "/* partitions.owns */ select pg_has_role(relowner, 'usage') as mine from pg_class"
                                + " where oid = to_regclass(?)",
                        jdbc.options().schema() + "." + table),
                row -> row.bool("mine"));
    }

    /** One that was interrupted is only to be finished. */
    private static void detach(Jdbc jdbc, String table, Partition partition) {
        String detach = jdbc.inSchema("alter table evalstore." + table + " detach partition evalstore."
                + name(table, partition.month())
                + (partition.pending() ? " finalize" : " concurrently"));
        jdbc.outsideTransaction("partitions.detach", DETACH_PATIENCE, detach);
    }

    private static LocalDate day(YearMonth month) {
        return month.atDay(1);
    }
}
