package dev.evalstore.worker;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The verbs of {@link WorkerRepository} that only read. */
public sealed class WorkerReads extends TableRows<Worker, WorkerFilter> permits WorkerRepository {
    static final Table<Worker> TABLE = Table.of("worker", "workers", """
                    id, generation, worker_id, address, status, capacity, current_tasks, completed_tasks, failed_tasks, tags,
                    queues, time_to_live_seconds, metadata, last_heartbeat_at, registered_at, gone_at""", WorkerReads::map)
            .order(Keyset.lastNumberFirst("workers", "generation", Worker::generation))
            .status(Worker::status)
            .audited("drain");

    private static final String FRESHEST_FIRST = "order by last_heartbeat_at desc, generation desc limit ?";

    /** Called by {@code Reading} alone. */
    public WorkerReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The registration with this generation, which leases and attempts name; empty when none has it. */
    public Optional<Worker> findByGeneration(long generation) {
        return jdbc.find(TABLE.select("find_by_generation").and("and generation = ?", generation), TABLE.mapper());
    }

    /** All registrations under a name, dead ones included, the latest first; {@code limit} is 1 to 1,000. */
    public List<Worker> listByName(String workerId, int limit) {
        return list(WorkerFilter.ALL.workerId(workerId), limit).items();
    }

    /** All registrations, dead ones included, the latest first; {@code limit} is 1 to 1,000. */
    public List<Worker> list(int limit) {
        return list(WorkerFilter.ALL, limit).items();
    }

    /**
     * Workers whose last heartbeat is within the given time, freshest heartbeat first; {@code limit} is 1 to 1,000.
     *
     * @param within at most 36,500 days
     */
    public List<Worker> listActive(Duration within, int limit) {
        return freshest("list_active", WorkerFilter.ALL.active(within), limit);
    }

    /** Workers in a status, freshest heartbeat first; {@code limit} is 1 to 1,000. */
    public List<Worker> listByStatus(WorkerStatus status, int limit) {
        return freshest("list_by_status", WorkerFilter.ALL.status(status), limit);
    }

    /** Workers that have a tag and are not dead, freshest heartbeat first; {@code limit} is 1 to 1,000. */
    public List<Worker> listByTag(String tag, int limit) {
        return freshest("list_by_tag", WorkerFilter.ALL.notGone().tag(tag), limit);
    }

    private List<Worker> freshest(String verb, WorkerFilter filter, int limit) {
        Sql freshest = TABLE.select(verb).and(filter).and(FRESHEST_FIRST, Check.limit(limit));
        return jdbc.list(freshest, TABLE.mapper());
    }

    private static Worker map(Row row) throws SQLException {
        return new Worker(
                row.uuid("id"),
                row.bigint("generation"),
                row.text("worker_id"),
                row.textOrNull("address"),
                row.enumValue("status", WorkerStatus.class),
                row.integer("capacity"),
                row.integer("current_tasks"),
                row.bigint("completed_tasks"),
                row.bigint("failed_tasks"),
                row.texts("tags"),
                row.texts("queues"),
                Duration.ofSeconds(row.integer("time_to_live_seconds")),
                row.jsonOrNull("metadata"),
                row.instant("last_heartbeat_at"),
                row.instant("registered_at"),
                row.instantOrNull("gone_at"));
    }
}
