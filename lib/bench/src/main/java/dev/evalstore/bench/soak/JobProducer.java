package dev.evalstore.bench.soak;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.CreatedJob;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Enqueues jobs in every way there is, and calls some of them off. */
final class JobProducer extends Room {
    /** As many as are enqueued by a copy. */
    static final int LOAD = 5_000;

    private static final int ENOUGH_WAITING = 200;
    private static final int UNIQUE_KEYS = 20;

    private final Deque<UUID> toCancel = new ArrayDeque<>();

    JobProducer(Site site) {
        super(site, Stage.JOBS, "");
    }

    @Override
    void step() throws SQLException {
        switch (random.nextInt(8)) {
            case 0 -> unique();
            case 1, 2 -> withOrder();
            case 3 -> cancel();
            case 4 -> {
                while (pending(Task.TYPE) > ENOUGH_WAITING && !isOver()) {
                    pause(200, 400);
                }
            }
            case 5 -> {
                if (random.nextBoolean() && pending(Task.LOAD) == 0) {
                    load();
                }
            }
            default -> several();
        }
        pause(20, 150);
    }

    private long pending(String type) {
        return db.jobs().count(JobFilter.ALL.status(JobStatus.PENDING).jobType(type));
    }

    private NewJob job(String name, Task.How how) {
        NewJob job = NewJob.of(Task.TYPE, Json.of(new Task(name, how)))
                .maxRetries(1_000)
                .timeout(how == Task.How.HANG ? Duration.ofSeconds(3) : Duration.ofSeconds(15))
                .backoff(new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)))
                .priority(random.nextInt(3));
        return how == Task.How.LIMITED ? job.fairKey(Stage.LIMITED) : job;
    }

    private void one(String name) {
        Task.How how = Task.How.drawn(random);
        Job made = journal.write(
                Stage.JOBS,
                "create",
                name,
                () -> db.jobs().create(job(name, how)),
                job -> job.id().toString());
        if (how == Task.How.CANCEL) {
            toCancel.add(made.id());
        }
    }

    /** All in one statement: the names are tried together, and together there or not. */
    private void several() {
        int number = random.nextInt(5);
        if (number == 0) {
            one(site.name());
            return;
        }
        List<String> names = Stream.generate(site::name).limit(number).toList();
        List<Task.How> hows =
                Stream.generate(() -> Task.How.drawn(random)).limit(number).toList();
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            jobs.add(job(names.get(i), hows.get(i)));
        }
        List<UUID> ids = journal.write(
                Stage.JOBS,
                "createAll",
                String.join(",", names),
                () -> db.jobs().createAll(jobs));
        for (int i = 0; i < number; i++) {
            if (hows.get(i) == Task.How.CANCEL) {
                toCancel.add(ids.get(i));
            }
        }
    }

    /** So many that they are copied; behind all others, and worked off quickly. */
    private void load() {
        String name = site.name();
        List<NewJob> jobs = IntStream.range(0, LOAD)
                .mapToObj(i -> NewJob.of(Task.LOAD, Json.of(new Task(name + "/" + i, Task.How.PLAIN)))
                        .maxRetries(1_000))
                .toList();
        journal.write(Stage.JOBS, "load", name, () -> db.jobs().createAll(jobs));
    }

    private void unique() {
        String name = site.name();
        NewJob job = job(name, Task.How.EFFECT).uniqueKey("key-" + random.nextInt(UNIQUE_KEYS));
        journal.write(
                Stage.JOBS,
                "createUnique",
                name,
                () -> db.jobs().createUnique(job),
                (CreatedJob made) -> made.isNew() ? "" : Stage.EXISTED);
    }

    /** The caller's own row and the job in one commit. */
    private void withOrder() throws SQLException {
        String name = site.name();
        NewJob job = job(name, Task.How.EFFECT);
        journal.write(
                Stage.JOBS,
                "order",
                name,
                () -> db.<Job, SQLException>inTransaction(Site.RETRIED, tx -> {
                    try (PreparedStatement order =
                            tx.connection().prepareStatement("insert into soak.orders values (?)")) {
                        order.setString(1, name);
                        order.executeUpdate();
                    }
                    return tx.jobs().create(job);
                }));
    }

    private void cancel() {
        UUID id = toCancel.poll();
        if (id == null) {
            return;
        }
        ActingContext actor = ActingContext.of(Actor.service("office")).request(site.name());
        try {
            journal.write(
                    Stage.JOBS,
                    "cancel",
                    id + "/" + actor.requestId(),
                    () -> db.actingAs(actor).jobs().cancel(id));
        } catch (ConflictException e) {
            // It had ended.
        }
    }
}
