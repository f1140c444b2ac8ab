package dev.evalstore.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/**
 * JobRunr's free edition, with a worker for each connection and its shortest poll, 5 s; it fetches more as soon as workers are
 * idle, so that the poll bounds only the start of a drain. A job that is done stays, with its states as its history.
 */
public final class JobRunrQueue implements Queue {
    private final Lab lab;
    private final HikariDataSource pool;
    private final int workers;
    private final PostgresStorageProvider storage;
    private final JobRequestScheduler scheduler;

    /** The job. */
    public static final class Noop implements JobRequest {
        private static final long serialVersionUID = 1;

        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** Does it. */
    public record Handler(CountDownLatch open) implements JobRequestHandler<Noop> {
        @Override
        public void run(Noop job) {
            open.countDown();
        }
    }

    JobRunrQueue(Lab lab, int workers) {
        this.lab = lab;
        this.workers = workers;
        this.pool = lab.newPool(workers + 4);
        this.storage = new PostgresStorageProvider(pool);
        this.storage.setJobMapper(new org.jobrunr.jobs.mappers.JobMapper(new Jackson3JsonMapper()));
        this.scheduler = new JobRequestScheduler(storage);
    }

    @Override
    public void clear() throws SQLException {
        lab.execute("truncate public.jobrunr_jobs");
    }

    @Override
    public void enqueue(int jobs) {
        scheduler.enqueue(Stream.generate(Noop::new).limit(jobs));
    }

    @Override
    public void drain(int jobs) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(jobs);
        Handler handler = new Handler(done);
        JobRunr.configure()
                .useJobActivator(new JobActivator() {
                    @Override
                    public <T> T activateJob(Class<T> type) {
                        return type.cast(handler);
                    }
                })
                .useJsonMapper(new Jackson3JsonMapper())
                .useStorageProvider(storage)
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andPollInterval(Duration.ofSeconds(5))
                        .andWorkerCount(workers))
                .initialize();
        done.await();
        JobRunr.destroy();
    }

    @Override
    public void close() {
        pool.close();
    }
}
