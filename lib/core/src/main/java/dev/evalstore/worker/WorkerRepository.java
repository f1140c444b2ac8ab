package dev.evalstore.worker;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Rescue;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Registrations of workers: processes that claim jobs, benchmark configurations or verifications. One heartbeat row stands for
 * everything that a worker owns. A registration that left or was declared dead never comes back: its heartbeats are
 * refused, and its work is requeued.
 *
 * <p>{@link #list(Object, int, dev.evalstore.Cursor)} begins with the latest registration.
 */
public final class WorkerRepository extends WorkerReads {
    private static final String HEARTBEAT = """
            /* workers.heartbeat */ with alive as (
                update evalstore.workers
                set last_heartbeat_at = statement_timestamp(), current_tasks = ?, completed_tasks = completed_tasks + ?,
                    failed_tasks = failed_tasks + ?,
                    status = case when status = 'draining' then status when ? > 0 then 'busy' else 'idle' end
                where generation = ? and gone_at is null
                returning generation, status)
            select a.status, c.id
            from alive a
            left join (
                {cancelled}) c on c.worker = a.generation""".replace("{cancelled}", Kinds.CANCELLED);

    private static final String CLEANUP = """
            /* workers.cleanup */ with dead as materialized (
                select id from evalstore.workers
                where gone_at < statement_timestamp() - make_interval(secs => ?)
                limit ? for update skip locked)
            delete from evalstore.workers w using dead where w.id = dead.id""";

    private static final int CLEANUP_BATCH = 5_000;

    /** Called by {@code Repositories} alone. */
    public WorkerRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /** Registers a worker, alive from now on. Each call makes a new generation, also of a name that was used before. */
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

    /**
     * Records that the worker is alive, for everything that it owns. Outside of a transaction a heartbeat gives up, and
     * breaks off its connection, after a third of the time to live without an answer. The next heartbeat is due then.
     *
     * @param currentTasks how many jobs it runs, at least 0
     * @param completedSince how many it has completed since its last heartbeat, at least 0
     * @param failedSince how many have failed since, at least 0
     * @return whether to drain, and which of its jobs were cancelled
     * @throws WorkerGoneException if the registration is unknown or was declared dead
     * @throws dev.evalstore.TransientDatabaseException if the server did not answer in that time, or the connection was
     *     lost
     */
    public HeartbeatReply heartbeat(Worker worker, int currentTasks, int completedSince, int failedSince) {
        Check.notNegative("currentTasks", currentTasks);
        Check.notNegative("completedSince", completedSince);
        Check.notNegative("failedSince", failedSince);
        Set<UUID> cancelled = new HashSet<>();
        Sql heartbeat = Sql.of(HEARTBEAT, currentTasks, completedSince, failedSince, currentTasks, worker.generation());
        List<String> statuses = jdbc.withTimeout(worker.timeToLive().dividedBy(3))
                .returning(heartbeat, row -> {
                    UUID id = row.uuidOrNull("id");
                    if (id != null) {
                        cancelled.add(id);
                    }
                    return row.text("status");
                });
        if (statuses.isEmpty()) {
            throw new WorkerGoneException(worker.generation());
        }
        return new HeartbeatReply(statuses.get(0).equals("draining"), cancelled);
    }

    /**
     * Asks a worker to finish what it has and to claim nothing more. Claims give it nothing from now on.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it left or was declared dead
     */
    public Worker drain(UUID id) {
        return TABLE.move(jdbc, id, "drain", "gone_at is null", new Columns().set("status", WorkerStatus.DRAINING));
    }

    /**
     * Declares workers dead whose last heartbeat is older than that, and requeues what they own, of all kinds of work,
     * in the same commit. An attempt is spent, as lost. Other expired leases are requeued with them. More than 1,000
     * leases of a kind go in batches, each its own commit outside of a transaction. Should the process die in between,
     * {@code requeueExpired} of the kind requeues the rest.
     *
     * @param olderThan longer than zero, at most 36,500 days
     * @return how many jobs, configs and verifications were requeued
     */
    public int removeStale(Duration olderThan) {
        return new Rescue(jdbc).removeStale(Check.period("olderThan", olderThan));
    }

    /**
     * The worker leaves: its jobs, configs and verifications are ready again at once, no attempt spent, and its cancelled jobs end as
     * cancelled. One that is past its deadline has timed out: it is left to {@code requeueExpired}, which spends its
     * attempt. One whose completion is under way in an open transaction is passed over; should that be rolled back,
     * {@code requeueExpired} requeues it as lost.
     *
     * @return how many jobs, configs and verifications were released; 0 when the worker had left or was declared dead before
     */
    public int deregister(Worker worker) {
        return new Rescue(jdbc).leave(worker.generation());
    }

    /**
     * Deletes registrations that have been dead for longer than that, in batches of 5,000, each a commit of its own.
     *
     * @param deadFor longer than zero, at most 36,500 days
     */
    public Cleanup cleanup(Duration deadFor) {
        Sql delete = Sql.of(CLEANUP, Check.period("deadFor", deadFor), CLEANUP_BATCH);
        return Batches.run(CLEANUP_BATCH, () -> jdbc.update(delete));
    }
}
