package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import dev.evalstore.worker.WorkerRepository;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Works on jobs. A runner registers a worker and sends its heartbeats. It claims jobs, runs handlers, stores their
 * outcomes in batches, and enforces timeouts. It also requeues what other workers lost, and enqueues what is scheduled.
 * When the database is away, a runner waits and keeps the outcomes until it is back. While its worker is asked to
 * {@linkplain WorkerRepository#drain drain}, a runner finishes what it has and claims nothing. Thread-safe.
 *
 * <pre>{@code
 * try (JobRunner runner = JobRunner.on(db)
 *         .worker("w-1")
 *         .concurrency(16)
 *         .handle("benchmark", Payload.class, context -> evaluate(context.payload()))
 *         .start()) {
 *     …
 * }
 * }</pre>
 */
public final class JobRunner implements AutoCloseable {
    /** The name under which the id of a handler's job stands in the MDC (SLF4J) of the handler's thread. */
    public static final String MDC_JOB = "evalstore.job";

    private final RunnerLoop loop;

    private JobRunner(RunnerLoop loop) {
        this.loop = loop;
    }

    /** Begins to describe a runner. */
    public static Builder on(Database db) {
        return new Builder(Objects.requireNonNull(db, "db"));
    }

    /**
     * What a runner passes to a handler, for a job that was claimed by hand. Nobody cancels it, and nobody gives it up when its
     * time is over; its lease ends as any other. The caller stores the outcome, unless {@link JobContext#complete} or {@link
     * JobContext#snooze} does.
     *
     * @throws IllegalArgumentException if the payload does not fit the class
     */
    public static <P> JobContext<P> context(Database db, ClaimedJob claimed, Class<P> payload) {
        RunningJob<P> job = RunningJob.of(db, claimed, new Handler<>(payload, context -> null));
        job.readPayload();
        return job;
    }

    /** The registration under which it works now; another one after the first was declared dead. */
    public Worker worker() {
        return loop.worker();
    }

    /** How many handlers run now. */
    public int running() {
        return loop.running();
    }

    /**
     * Stops claiming, waits for the handlers up to the drain timeout, interrupts the rest, and stores the outcomes.
     * Then it releases unfinished jobs, no attempt spent, and leaves. Does nothing the second time.
     *
     * <p>Returns within the drain timeout and ten seconds, also while the database does not answer. Of these ten,
     * interrupted handlers have one, and outcomes two beside what is left of the drain timeout. For five more the runner
     * tries to release jobs and to leave, so one without jobs takes five seconds then. Jobs that could not be stored or
     * released come back by their leases. An interrupt does not shorten the wait; the interrupt status is kept.
     */
    @Override
    public void close() {
        loop.close();
    }

    /** The handler of one type of job. */
    record Handler<P>(Type payload, JobHandler<P> handler) {}

    /** The settings of a runner. */
    record Settings(
            Database db,
            NewWorker worker,
            int concurrency,
            Duration minimumPoll,
            Duration maximumPoll,
            Duration drainTimeout,
            Map<String, Handler<?>> handlers,
            Executor executor,
            @Nullable ExecutorService ownExecutor,
            @Nullable DatabaseConfig notifications,
            RunnerListener listener) {}

    /** Describes a runner. */
    public static final class Builder {
        private static final Duration MIN_POLL = Duration.ofMillis(1);
        private static final Duration MAX_POLL = Duration.ofDays(1);

        private final Database db;
        private NewWorker worker =
                NewWorker.of("worker-" + ProcessHandle.current().pid());
        private int concurrency = 1;
        private Duration minimumPoll = Duration.ofMillis(50);
        private Duration maximumPoll = Duration.ofSeconds(2);
        private Duration drainTimeout = Duration.ofSeconds(30);
        private final Map<String, Handler<?>> handlers = new HashMap<>();
        private @Nullable Executor executor;
        private @Nullable DatabaseConfig notifications;
        private @Nullable RunnerListener listener;

        private Builder(Database db) {
            this.db = db;
        }

        /** The worker's name; that of the process unless given. */
        public Builder worker(String workerId) {
            worker = worker.workerId(workerId);
            return this;
        }

        /** The whole registration; its capacity is set by {@link #concurrency}. */
        public Builder worker(NewWorker registration) {
            worker = Objects.requireNonNull(registration, "registration");
            return this;
        }

        /** The queues to serve; all unless given. */
        public Builder queue(String... queues) {
            worker = worker.queues(queues);
            return this;
        }

        /** The worker's capabilities; none unless given. */
        public Builder tags(String... tags) {
            worker = worker.tags(tags);
            return this;
        }

        /** How many jobs run at a time, 1 to 10,000; 1 unless given. */
        public Builder concurrency(int jobs) {
            concurrency = Check.range("concurrency", jobs, 1, 10_000);
            return this;
        }

        /**
         * How long the worker counts as alive after a heartbeat; heartbeats come three times as often. 45 s unless
         * given.
         */
        public Builder timeToLive(Duration time) {
            worker = worker.timeToLive(time);
            return this;
        }

        /**
         * How long to wait after a claim that found nothing: from the minimum to the maximum, doubling, with up to a
         * quarter added at random. From 1 ms to a day; 50 ms and 2 s unless given.
         */
        public Builder poll(Duration minimum, Duration maximum) {
            if (minimum.compareTo(MIN_POLL) < 0) {
                throw new IllegalArgumentException("minimum must be at least 1 ms");
            }
            if (maximum.compareTo(minimum) < 0) {
                throw new IllegalArgumentException("maximum must not be below minimum");
            }
            minimumPoll = minimum;
            maximumPoll = Check.atMost("maximum", maximum, MAX_POLL);
            return this;
        }

        /** How long {@link JobRunner#close} waits for handlers; 30 s unless given, zero for not at all, any length. */
        public Builder drainTimeout(Duration time) {
            drainTimeout = Check.wait("drainTimeout", time);
            return this;
        }

        /** Receives events about the runner's jobs; none unless given, null for none. */
        public Builder listener(@Nullable RunnerListener hears) {
            listener = hears;
            return this;
        }

        /**
         * Runs handlers on the host's executor, which must run {@link #concurrency} of them at a time. The runner does
         * not close it. Otherwise the runner has threads of its own.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Also wakes up by notification, on one more connection. It must lead to the server directly, or through a
         * pooler in session mode. Polling goes on, and the runner relies on it: while that connection cannot be made,
         * the runner works without, logs a warning, and tries again.
         */
        public Builder notifications(DatabaseConfig direct) {
            notifications = Objects.requireNonNull(direct, "direct");
            return this;
        }

        /**
         * Runs jobs of a type. A job of a type without a handler is snoozed for half a minute, for a worker that has
         * one. A payload that does not fit fails the attempt, and is retried: while a new version is rolled out,
         * another runner may know its form.
         *
         * @throws IllegalArgumentException if the type has a handler already
         */
        public <P> Builder handle(String type, Class<P> payload, JobHandler<P> handler) {
            return handleGeneric(type, payload, handler);
        }

        /**
         * {@link #handle(String, Class, JobHandler)} for a payload whose type has arguments, such as {@code List<Part>}.
         *
         * @param payload the type that the handler takes, for instance of a method's parameter or of a framework's token
         * @throws IllegalArgumentException if the type of job has a handler already
         */
        public Builder handleGeneric(String type, Type payload, JobHandler<?> handler) {
            Check.name("type", type);
            Objects.requireNonNull(payload, "payload");
            Objects.requireNonNull(handler, "handler");
            if (handlers.putIfAbsent(type, new Handler<>(payload, handler)) != null) {
                throw new IllegalArgumentException("type has a handler already: " + type);
            }
            return this;
        }

        /**
         * Registers the worker and begins to work. Where that fails, neither registration nor thread is left behind.
         *
         * <p>Heartbeats have a {@linkplain Database#reserveConnection connection of their own}, which handlers cannot
         * take. Where handlers could hold all connections of the pool, so that claims and outcomes had to wait, a
         * warning says so.
         *
         * <p>Close the runner before the database: until then it asks for work, and warns that it gets none.
         *
         * @throws IllegalArgumentException if there is no handler
         * @throws dev.evalstore.DatabaseException if the worker cannot be registered
         * @throws dev.evalstore.PoolExhaustedException if the pool has no two connections left
         */
        public JobRunner start() {
            // Not bounded by the concurrency: a handler that ignores its interrupt keeps its thread, but not its slot.
            ExecutorService own = executor != null
                    ? null
                    : Executors.newCachedThreadPool(LoopThreads.named(worker.workerId() + "-job"));
            return new JobRunner(RunnerLoop.start(settings(own)));
        }

        /**
         * Runs what is due on the calling thread, one job after the other, and returns when nothing is. That includes what
         * handlers enqueue meanwhile, jobs whose lease has expired, and schedules whose time has come. For tests, and for a
         * process that another one starts from time to time. The listener hears of it; other settings of a running runner do
         * not matter.
         *
         * <p>The worker is registered for the call and sends no heartbeat: all jobs together must end within its {@link
         * #timeToLive} where others look after workers. Nobody interrupts a handler whose time is up. Its outcome is refused
         * then ({@code LOST}).
         *
         * @param limit the maximum number of attempts, 1 to 10,000
         * @return the attempts in their order; empty if nothing was due
         * @throws IllegalArgumentException if there is no handler, or the limit is out of range
         * @throws dev.evalstore.DatabaseException if the worker cannot be registered, or an outcome cannot be stored; the job
         *     comes back by its lease
         */
        public List<EndedAttempt> runDue(int limit) {
            Check.range("limit", limit, 1, 10_000);
            return DueJobs.run(settings(null), limit);
        }

        private Settings settings(@Nullable ExecutorService own) {
            if (handlers.isEmpty()) {
                throw new IllegalArgumentException("handle at least one type of job");
            }
            return new Settings(
                    db,
                    worker.capacity(concurrency),
                    concurrency,
                    minimumPoll,
                    maximumPoll,
                    drainTimeout,
                    Map.copyOf(handlers),
                    own != null ? own : executor != null ? executor : Runnable::run,
                    own,
                    notifications,
                    new RunnerEvents(listener));
        }
    }
}
