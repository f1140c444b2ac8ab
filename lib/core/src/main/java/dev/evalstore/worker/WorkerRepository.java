package dev.evalstore.worker;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.JobRescue;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who works; obtained from {@code Database} or {@code Tx}. One row beats for all the jobs that a worker owns. A registration
 * that left or was declared gone never comes back: its heartbeats are refused, and its jobs are others'.
 */
public final class WorkerRepository {
    static final Table<Worker> TABLE = Table.of(
            "worker",
            "workers",
            "id, generation, worker_id, address, status, capacity, current_tasks, completed_tasks, failed_tasks, tags,"
                    + " queues, time_to_live_seconds, metadata, last_heartbeat_at, registered_at, gone_at",
            WorkerRepository::map);

    private static final String BEAT = """
            /* workers.heartbeat */ with beat as (
                update evalstore.workers
                set last_heartbeat_at = statement_timestamp(), current_tasks = ?, completed_tasks = completed_tasks + ?,
                    failed_tasks = failed_tasks + ?,
                    status = case when status = 'draining' then status when ? > 0 then 'busy' else 'idle' end
                where generation = ? and gone_at is null
                returning generation, status)
            select b.status, j.id
            from beat b
            left join evalstore.job_leases l on l.worker = b.generation and l.cancel_requested_at is not null
            left join evalstore.jobs j on j.seq = l.seq""";

    private static final String CLEANUP = """
            /* workers.cleanup */ with dead as materialized (
                select id from evalstore.workers
                where gone_at < statement_timestamp() - make_interval(secs => ?)
                limit ? for update skip locked)
            delete from evalstore.workers w using dead where w.id = dead.id""";

    private static final int CLEANUP_BATCH = 5_000;

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public WorkerRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Registers a worker, alive from now on; each call is a new generation, also of a name that was used before. */
    public Worker register(NewWorker worker) {
        return TABLE.create(
                jdbc,
                new Columns()
                        .set("worker_id", worker.workerId())
                        .set("address", worker.address())
                        .set("capacity", worker.capacity())
                        .set("tags", SqlArray.texts(worker.tags()))
                        .set("queues", SqlArray.texts(worker.queues()))
                        .set("time_to_live_seconds", (int) worker.timeToLive().toSeconds())
                        .set("metadata", worker.metadata()));
    }

    /** The registration, or empty when none has the id. */
    public Optional<Worker> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /** All registrations, gone ones included, the latest first; {@code limit} is 1 to 1,000. */
    public List<Worker> list(int limit) {
        return read("order by registered_at desc, generation desc limit ?", Check.limit(limit));
    }

    /** Those that beat within the given time, freshest heartbeat first; {@code limit} is 1 to 1,000. */
    public List<Worker> listActive(Duration within, int limit) {
        return read(
                "and gone_at is null and last_heartbeat_at >= statement_timestamp() - make_interval(secs => ?)"
                        + " order by last_heartbeat_at desc, generation desc limit ?",
                Check.positive("within", within),
                Check.limit(limit));
    }

    /** Those in a status, freshest heartbeat first; {@code limit} is 1 to 1,000. */
    public List<Worker> listByStatus(WorkerStatus status, int limit) {
        return read(
                "and status = ? order by last_heartbeat_at desc, generation desc limit ?", status, Check.limit(limit));
    }

    /** Those that have a tag and are not gone, freshest heartbeat first; {@code limit} is 1 to 1,000. */
    public List<Worker> listByTag(String tag, int limit) {
        return read(
                "and gone_at is null and ? = any (tags) order by last_heartbeat_at desc, generation desc limit ?",
                Check.text("tag", tag),
                Check.limit(limit));
    }

    private List<Worker> read(String rest, Object... args) {
        return jdbc.list(TABLE.select("list").and(rest, args), TABLE.mapper());
    }

    /**
     * Says that the worker lives, for all the jobs that it owns. Where the server is silent for a third of the time to live the
     * connection is given up, except in a transaction: the next heartbeat is due then, and one that takes longer is worth nothing.
     *
     * @param currentTasks how many jobs it runs, at least 0
     * @param completedSince how many it has completed since the last heartbeat, at least 0
     * @param failedSince how many it has failed since, at least 0
     * @return what it has to know
     * @throws WorkerGoneException if the registration is unknown or was declared gone
     * @throws dev.evalstore.TransientDatabaseException if the server was silent for that long, or the connection was lost
     */
    public HeartbeatReply heartbeat(Worker worker, int currentTasks, int completedSince, int failedSince) {
        Check.notNegative("currentTasks", currentTasks);
        Check.notNegative("completedSince", completedSince);
        Check.notNegative("failedSince", failedSince);
        Set<UUID> cancelled = new HashSet<>();
        Sql beat = Sql.of(BEAT, currentTasks, completedSince, failedSince, currentTasks, worker.generation());
        List<String> statuses = jdbc.withTimeout(worker.timeToLive().dividedBy(3))
                .returning(beat, row -> {
                    UUID job = row.uuidOrNull("id");
                    if (job != null) {
                        cancelled.add(job);
                    }
                    return row.text("status");
                });
        if (statuses.isEmpty()) {
            throw new WorkerGoneException(worker.generation());
        }
        return new HeartbeatReply(statuses.get(0).equals("draining"), cancelled);
    }

    /**
     * Asks a worker to finish what it has and take nothing more; it is given nothing from now on.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is gone
     */
    public Worker drain(UUID id) {
        return jdbc.change(
                        Sql.of(
                                "update evalstore.workers set status = 'draining' where id = ? and gone_at is null"
                                        + " returning "
                                        + TABLE.columns(),
                                id),
                        TABLE.mapper())
                .orElseThrow(() -> {
                    TABLE.get(jdbc, id);
                    return new ConflictException("worker " + id + " is gone and cannot drain");
                });
    }

    /**
     * Declares workers gone whose last heartbeat is older than that, and gives their jobs back in the same transaction: an
     * attempt spent, lost. At most 1,000 jobs a call; the rest are taken back by {@link JobRepository#requeueExpired}.
     *
     * @return how many jobs were given back
     */
    public int removeStale(Duration olderThan) {
        return new JobRescue(jdbc).requeueExpired(Check.positive("olderThan", olderThan), 1_000);
    }

    /**
     * The worker leaves: its jobs and its configurations are ready again at once, no attempt spent; jobs that were called off are
     * cancelled. One that is past its deadline has timed out, and is left to {@link JobRepository#requeueExpired} or {@code
     * ConfigRepository.resetStale}, which spend its attempt. One whose completion is under way in an open transaction is left to
     * that; should it be rolled back, it is taken back there as lost.
     *
     * @return how many jobs and configurations were given back; 0 when it had left or was declared gone before
     */
    public int deregister(Worker worker) {
        return new JobRescue(jdbc).leave(worker.generation());
    }

    /** Deletes registrations that have been dead for longer than that, in batches of 5,000, each a commit of its own. */
    public Cleanup cleanup(Duration deadFor) {
        Sql delete = Sql.of(CLEANUP, Check.positive("deadFor", deadFor), CLEANUP_BATCH);
        return Batches.run(CLEANUP_BATCH, () -> jdbc.update(delete));
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
