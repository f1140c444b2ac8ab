package dev.evalstore.internal.schema;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.PartitionCatalogue.Partition;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Drops monthly partitions that have outlived their retention. */
public final class PartitionRetention {
    private static final Duration DETACH_LOCK_TIMEOUT = Duration.ofSeconds(30);

    private static final String FIRST_KEPT = """
            /* partitions.first_kept */ select
                ((statement_timestamp() - make_interval(secs => ?)) at time zone 'UTC')::date as day""";

    private static final String DROP = """
            /* partitions.drop */ select evalstore.drop_partition(?, ?) as dropped""";

    private PartitionRetention() {}

    /**
     * Drops the partitions of all months that ended longer ago than the retention.
     *
     * @return how many were dropped
     */
    public static int dropOlderThan(Jdbc jdbc, String table, Duration retention) {
        return dropOlderThan(jdbc, table, retention, tx -> {});
    }

    /**
     * The same of a table whose rows are cached.
     *
     * @param tell says in the commit of each drop what shows something else
     */
    public static int dropOlderThan(Jdbc jdbc, String table, Duration retention, Consumer<Jdbc> tell) {
        return dropBefore(jdbc, table, firstKept(jdbc, retention), tell);
    }

    /** The first month that has not ended longer ago than the retention. */
    public static YearMonth firstKept(Jdbc jdbc, Duration retention) {
        Sql sql = Sql.of(FIRST_KEPT, Check.period("retention", retention));
        return jdbc.one(sql, row -> YearMonth.from(row.date("day")));
    }

    /**
     * Drops the partitions of all months before the given one, each in its own commit, so that a failure leaves the
     * later ones in place. The tables' owner detaches each partition concurrently first, which waits for readers and
     * blocks nobody. For another role, the server's function drops the partition at once, or fails after waiting half a
     * second for a lock.
     *
     * @return how many were dropped
     */
    public static int dropBefore(Jdbc jdbc, String table, YearMonth before) {
        return dropBefore(jdbc, table, before, tx -> {});
    }

    private static int dropBefore(Jdbc jdbc, String table, YearMonth before, Consumer<Jdbc> tell) {
        boolean detach = !jdbc.inTransaction() && PartitionCatalogue.owns(jdbc, table);
        if (detach) {
            finishPending(jdbc, table, before);
        }
        List<Partition> old = PartitionCatalogue.partitions(jdbc, table).stream()
                .filter(partition -> partition.month().isBefore(before))
                .toList();
        if (old.isEmpty()) {
            return 0;
        }
        Partitions.forget(jdbc, table);
        int dropped = 0;
        for (Partition partition : old) {
            if (detach && partition.attached()) {
                detach(jdbc, table, Partitions.name(table, partition.month()), "concurrently");
            }
            dropped += drop(jdbc, table, partition.month(), tell) ? 1 : 0;
        }
        return dropped;
    }

    /** A detachment that was interrupted can only be finished. A month that is to be kept is then attached again. */
    private static void finishPending(Jdbc jdbc, String table, YearMonth before) {
        PartitionCatalogue.pending(jdbc, table).ifPresent(name -> {
            Partitions.forget(jdbc, table);
            detach(jdbc, table, name, "finalize");
            PartitionCatalogue.partitions(jdbc, table).stream()
                    .map(Partition::month)
                    .filter(month -> Partitions.name(table, month).equals(name) && !month.isBefore(before))
                    .forEach(month -> Partitions.ensure(jdbc, table, Set.of(month)));
        });
    }

    private static void detach(Jdbc jdbc, String table, String partition, String how) {
        String detach =
                "alter table evalstore.%s detach partition evalstore.\"%s\" %s".formatted(table, partition, how);
        jdbc.outsideTransaction("partitions.detach", DETACH_LOCK_TIMEOUT, jdbc.inSchema(detach));
    }

    private static boolean drop(Jdbc jdbc, String table, YearMonth month, Consumer<Jdbc> tell) {
        return jdbc.atomically(tx -> {
            boolean dropped = tx.change(Sql.of(DROP, table, month.atDay(1)), row -> row.bool("dropped"))
                    .orElseThrow();
            tell.accept(tx);
            return dropped;
        });
    }
}
