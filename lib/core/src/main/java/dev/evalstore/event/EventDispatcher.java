package dev.evalstore.event;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.Backoff;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Delivers domain events to subscriptions: to handlers of this process, as webhooks, and as jobs. Of any number of dispatchers one at a
 * time serves a subscription, under a lease that the dispatcher extends; when it dies, another takes over once the lease has expired. A
 * subscription gets each event of its aggregates in order. One that fails backs off, and holds up no other. When the database is away, a
 * dispatcher waits until it is back. Thread-safe.
 *
 * <pre>{@code
 * try (EventDispatcher dispatcher = EventDispatcher.on(db)
 *         .handle("totals", context -> context.complete(tx -> addTo(totals, tx, context.event())))
 *         .start()) { … }
 * }</pre>
 */
public final class EventDispatcher implements AutoCloseable {
    /** The name under which the id of a handler's event stands in the MDC (SLF4J) of the handler's thread. */
    public static final String MDC_EVENT = "evalstore.event";

    private final DispatcherLoop loop;

    private EventDispatcher(DispatcherLoop loop) {
        this.loop = loop;
    }

    /** Begins to describe a dispatcher. */
    public static Builder on(Database db) {
        return new Builder(Objects.requireNonNull(db, "db"));
    }

    /** How many handlers, webhooks and transactions that enqueue jobs run now. */
    public int running() {
        return loop.running();
    }

    /**
     * Stops claiming, waits for the calls under way up to the drain timeout, interrupts the rest, moves the cursors, and gives the
     * subscriptions back. Does nothing the second time.
     *
     * <p>Returns within the drain timeout and ten seconds, also while the database does not answer. Subscriptions that could not be given
     * back then come back by their leases. An interrupt does not shorten the wait; the interrupt status is kept.
     */
    @Override
    public void close() {
        loop.close();
    }

    /** The settings of a dispatcher. */
    record Settings(
            Database db,
            String owner,
            Map<String, DispatcherTarget> handlers,
            Map<EventDelivery, DispatcherTarget> deliveries,
            int concurrency,
            int batchSize,
            Duration lease,
            Backoff backoff,
            Duration minimumPoll,
            Duration maximumPoll,
            Duration drainTimeout,
            Executor executor,
            @Nullable ExecutorService ownExecutor,
            @Nullable WebhookSender sender,
            @Nullable DatabaseConfig notifications,
            DispatcherEvents listener) {
        /** For the dispatcher's own statements; it may be started inside a transaction of the host, and lives on. */
        Jdbc jdbc() {
            return db.apart().events().jdbc();
        }
    }

    /** Describes a dispatcher. */
    public static final class Builder {
        private static final Duration MIN_LEASE = Duration.ofSeconds(1);
        private static final Duration MAX_LEASE = Duration.ofHours(1);
        private static final Duration MIN_POLL = Duration.ofMillis(1);
        private static final Duration MAX_POLL = Duration.ofDays(1);

        private final Database db;
        private final Map<String, EventHandler> each = new HashMap<>();
        private final Map<String, EventBatchHandler> batches = new HashMap<>();
        private String owner = "dispatcher-" + ProcessHandle.current().pid();
        private boolean servesJobs;
        private @Nullable WebhookOptions webhooks;
        private int concurrency = 32;
        private int batchSize = 500;
        private Duration lease = Duration.ofSeconds(30);
        private Duration timeout = Duration.ofMinutes(5);
        private Backoff backoff = Backoff.DEFAULT;
        private Duration minimumPoll = Duration.ofMillis(50);
        private Duration maximumPoll = Duration.ofSeconds(2);
        private Duration drainTimeout = Duration.ofSeconds(30);
        private @Nullable Executor executor;
        private @Nullable DatabaseConfig notifications;
        private @Nullable DispatcherListener listener;

        private Builder(Database db) {
            this.db = db;
        }

        /** The name in leases and threads, of 1 to 200 characters; that of the process unless given. */
        public Builder owner(String name) {
            owner = Check.text("owner", name, 1, 200);
            return this;
        }

        /**
         * Calls a handler for each event of the subscription with this name, on a thread of its own. The cursor moves once a batch, and
         * where handlers are slow once a second: a crash repeats what was delivered since. Where the subscription does not exist yet,
         * the handler waits for it.
         *
         * @throws IllegalArgumentException if the subscription has a handler already
         */
        public Builder handle(String subscription, EventHandler handler) {
            free(subscription);
            each.put(subscription, Objects.requireNonNull(handler, "handler"));
            return this;
        }

        /**
         * Calls a handler for batches of the events of the subscription with this name; otherwise as {@link #handle}.
         *
         * @throws IllegalArgumentException if the subscription has a handler already
         */
        public Builder handleBatch(String subscription, EventBatchHandler handler) {
            free(subscription);
            batches.put(subscription, Objects.requireNonNull(handler, "handler"));
            return this;
        }

        private void free(String subscription) {
            SubscriptionRules.name("subscription", subscription);
            if (each.containsKey(subscription) || batches.containsKey(subscription)) {
                throw new IllegalArgumentException("subscription has a handler already: " + subscription);
            }
        }

        /** Also sends the events of all subscriptions by webhook. */
        public Builder webhooks(WebhookOptions options) {
            webhooks = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Also enqueues a job for each event of all subscriptions by job, in the commit that moves the cursor: one job an event, whatever
         * fails. The job's payload is what a webhook's body is.
         */
        public Builder jobs() {
            servesJobs = true;
            return this;
        }

        /** How many subscriptions by webhook and by job are served at a time, each on a thread, 1 to 1,000; 32 unless given. */
        public Builder concurrency(int subscriptions) {
            concurrency = Check.range("concurrency", subscriptions, 1, 1_000);
            return this;
        }

        /** How many events are read at a time, and handed to a batch handler at most, 1 to 1,000; 500 unless given. */
        public Builder batchSize(int events) {
            batchSize = Check.range("batchSize", events, 1, 1_000);
            return this;
        }

        /** How long others leave a subscription to a dispatcher that has died, from a second to an hour; 30 s unless given. */
        public Builder lease(Duration time) {
            if (Check.atMost("lease", time, MAX_LEASE).compareTo(MIN_LEASE) < 0) {
                throw new IllegalArgumentException("lease must be at least 1 s");
            }
            lease = time;
            return this;
        }

        /**
         * How long a call of a handler may take, up to 366 days; five minutes unless given. Then the handler is interrupted and given up,
         * and its event has failed.
         */
        public Builder timeout(Duration time) {
            timeout = Check.atMost("timeout", Check.positive("timeout", time), Check.MAX_ATTEMPT);
            return this;
        }

        /** How long an event that failed waits for its next attempt, and its subscription with it; one second to five minutes unless given. */
        public Builder backoff(Backoff waits) {
            backoff = Objects.requireNonNull(waits, "waits");
            return this;
        }

        /**
         * How long to wait after a claim that found nothing: from the minimum to the maximum, doubling, with up to a quarter added at
         * random. From 1 ms to a day; 50 ms and 2 s unless given.
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

        /** How long {@link EventDispatcher#close} waits for calls; 30 s unless given, zero for not at all, of any length. */
        public Builder drainTimeout(Duration time) {
            drainTimeout = Check.wait("drainTimeout", time);
            return this;
        }

        /** Receives what the dispatcher does; nothing unless given, null for nothing. */
        public Builder listener(@Nullable DispatcherListener hears) {
            listener = hears;
            return this;
        }

        /**
         * Delivers on the host's executor, which must run all handlers and {@link #concurrency} more at a time. The dispatcher does not
         * close it. Otherwise the dispatcher has threads of its own.
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Also wakes up by notification, on one more connection. It must lead to the server directly, or through a pooler in session
         * mode. Polling goes on, and the dispatcher relies on it: while that connection cannot be made, the dispatcher works without,
         * logs a warning, and tries again.
         */
        public Builder notifications(DatabaseConfig direct) {
            notifications = Objects.requireNonNull(direct, "direct");
            return this;
        }

        /**
         * Begins to deliver. Where that fails, no thread is left behind.
         *
         * <p>Leases are extended on a {@linkplain Database#reserveConnection connection of their own}, which handlers cannot take. Where
         * handlers could hold all connections of the pool, so that reads and cursors had to wait, a warning says so.
         *
         * <p>Close it before the database: until then it asks for work, and warns that it gets none.
         *
         * @throws IllegalArgumentException if there is nothing to serve
         * @throws dev.evalstore.ConflictException if a handler's subscription is there and has another delivery
         * @throws dev.evalstore.DatabaseException if the database does not answer, or has not this schema
         */
        public EventDispatcher start() {
            if (each.isEmpty() && batches.isEmpty() && webhooks == null && !servesJobs) {
                throw new IllegalArgumentException("handle at least one subscription, or serve webhooks or jobs");
            }
            Map<String, DispatcherTarget> handlers = new HashMap<>();
            each.forEach((name, handler) -> handlers.put(name, DispatcherTarget.each(handler, timeout)));
            batches.forEach((name, handler) -> handlers.put(name, DispatcherTarget.batch(handler, timeout)));
            Map<EventDelivery, DispatcherTarget> deliveries = new EnumMap<>(EventDelivery.class);
            WebhookSender sender = webhooks == null ? null : new WebhookSender(webhooks);
            if (sender != null) {
                deliveries.put(EventDelivery.WEBHOOK, DispatcherTarget.webhooks(sender));
            }
            if (servesJobs) {
                deliveries.put(EventDelivery.JOB, DispatcherTarget.jobs());
            }
            // Not bounded: a handler that ignores its interrupt keeps its thread, but not its subscription.
            ExecutorService own =
                    executor != null ? null : Executors.newCachedThreadPool(LoopThreads.named(owner + "-events"));
            return new EventDispatcher(DispatcherLoop.start(new Settings(
                    db,
                    owner,
                    Map.copyOf(handlers),
                    Map.copyOf(deliveries),
                    concurrency,
                    batchSize,
                    lease,
                    backoff,
                    minimumPoll,
                    maximumPoll,
                    drainTimeout,
                    own != null ? own : Objects.requireNonNull(executor),
                    own,
                    sender,
                    notifications,
                    new DispatcherEvents(listener))));
        }
    }
}
