package dev.evalstore.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * db-scheduler, in the settings that were fastest here: a thread for each connection, lock-and-fetch that starts again at half
 * of the threads' work and takes several times as much, or each job locked by its own statement. A job carries no data. A job
 * that is done is deleted; no history is kept.
 */
final class DbSchedulerQueue implements Queue {
    private static final int BATCH = 1_000;

    private final Lab lab;
    private final HikariDataSource pool;
    private final int threads;
    private final boolean lockAndFetch;
    private final AtomicLong ids = new AtomicLong();
    private volatile CountDownLatch open = new CountDownLatch(0);
    private final OneTimeTask<Void> task = Tasks.oneTime("noop").execute((instance, context) -> open.countDown());

    DbSchedulerQueue(Lab lab, int threads, boolean lockAndFetch) throws SQLException {
        this.lab = lab;
        this.threads = threads;
        this.lockAndFetch = lockAndFetch;
        this.pool = lab.newPool(threads + 4);
        lab.execute(
                """
                create table if not exists public.scheduled_tasks (
                    task_name text, task_instance text, task_data bytea, execution_time timestamptz not null,
                    picked boolean not null, picked_by text, last_success timestamptz, last_failure timestamptz,
                    consecutive_failures int, last_heartbeat timestamptz, version bigint not null, priority smallint,
                    primary key (task_name, task_instance))""",
                "create index if not exists execution_time_idx on public.scheduled_tasks (execution_time)",
                "create index if not exists last_heartbeat_idx on public.scheduled_tasks (last_heartbeat)");
    }

    @Override
    public void clear() throws SQLException {
        lab.execute("truncate public.scheduled_tasks");
    }

    @Override
    public void enqueue(int jobs) {
        Scheduler client = scheduler();
        Instant due = Instant.now();
        for (int from = 0; from < jobs; from += BATCH) {
            List<TaskInstance<?>> batch = new ArrayList<>(BATCH);
            for (int i = from; i < Math.min(jobs, from + BATCH); i++) {
                batch.add(task.instance(Long.toString(ids.incrementAndGet())));
            }
            client.scheduleBatch(batch, due);
        }
    }

    @Override
    public void drain(int jobs) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(jobs);
        open = done;
        Scheduler scheduler = scheduler();
        scheduler.start();
        done.await();
        scheduler.stop();
    }

    private Scheduler scheduler() {
        SchedulerBuilder builder = Scheduler.create(pool, task).threads(threads).pollingInterval(Duration.ofMillis(50));
        return (lockAndFetch ? builder.pollUsingLockAndFetch(0.5, 4) : builder.pollUsingFetch(0.5, 4)).build();
    }

    @Override
    public void close() {
        pool.close();
    }
}
