package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations one after the other: after each, the tables hold exactly what a model in memory says. */
class JobModelTest {
    private static final int STEPS = 200;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private final JobModel model = new JobModel();
    private final List<UUID> ids = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private Random random = new Random();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void each_step_does_what_the_model_does(long seed) throws SQLException {
        random = new Random(seed);
        JobTestKit.empty(database);
        register();
        try (Connection connection = database.connection()) {
            for (int i = 0; i < STEPS; i++) {
                String step = i + ": " + step();
                assertThat(contents(connection)).as(step).isEqualTo(model.contents());
            }
        }
        assertEachJobInOnePlace(database);
    }

    private static Set<String> contents(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(JobModel.CONTENTS)) {
            Set<String> contents = new TreeSet<>();
            while (result.next()) {
                contents.add(result.getString(1));
            }
            return contents;
        }
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private Worker register() {
        Worker worker = db.workers().register(NewWorker.of("w-" + workers.size()));
        workers.add(worker);
        model.registered(worker);
        return worker;
    }

    private String step() {
        int dice = random.nextInt(100);
        if (dice < 20 || ids.isEmpty()) {
            return create();
        }
        if (dice < 42 || leases.isEmpty()) {
            return claim();
        }
        if (dice < 72) {
            return outcome(any(leases));
        }
        if (dice < 90) {
            return ofJob(any(ids));
        }
        return ofWorker(any(workers));
    }

    private String create() {
        boolean later = random.nextInt(5) == 0;
        NewJob given = job("a").priority(random.nextInt(3)).maxRetries(random.nextInt(5));
        given = later ? given.delay(Duration.ofDays(1)) : given;
        if (random.nextBoolean()) {
            Job made = jobs.create(given);
            ids.add(made.id());
            model.created(made, later);
            return "create " + made.id();
        }
        String key = "key-" + random.nextInt(4);
        UUID owner = model.owner(key);
        CreatedJob made = jobs.createUnique(given.uniqueKey(key));
        assertThat(made.isNew()).isEqualTo(owner == null);
        if (owner == null) {
            ids.add(made.job().id());
            model.created(made.job(), later);
        } else {
            assertThat(made.job().id()).isEqualTo(owner);
        }
        return "create " + made.job().id() + " with " + key;
    }

    private String claim() {
        // A new worker has read nothing yet, so its order is exact; one that has may pass over what was released.
        boolean fresh = random.nextBoolean();
        Worker worker = fresh ? register() : any(workers);
        int limit = 1 + random.nextInt(4);
        if (model.isGone(worker)) {
            assertThatThrownBy(() -> jobs.claim(worker, limit)).isInstanceOf(WorkerGoneException.class);
            return "claim by a dead worker";
        }
        List<UUID> claimable = model.claimable();
        List<UUID> first = claimable.subList(0, Math.min(limit, claimable.size()));
        List<ClaimedJob> claimed = jobs.claim(worker, limit);
        List<UUID> given = claimed.stream().map(c -> c.job().id()).toList();
        assertThat(given).hasSize(first.size()).isSubsetOf(claimable);
        assertThat(given)
                .as("in the order of claims")
                .isEqualTo(claimable.stream().filter(given::contains).toList());
        if (fresh) {
            assertThat(given).isEqualTo(first);
        }
        for (ClaimedJob one : claimed) {
            assertThat(model.claimed(one, worker))
                    .as("a new token, and the next attempt")
                    .isTrue();
            leases.add(one.lease());
        }
        return "claim " + given;
    }

    private String outcome(Lease lease) {
        boolean later = random.nextBoolean();
        boolean permanent = random.nextInt(4) == 0;
        Duration delay = later ? Duration.ofDays(1) : Duration.ZERO;
        int dice = random.nextInt(8);
        if (dice == 0) {
            database.admin("update evalstore.job_leases set deadline = deadline - interval '1 day' where token = "
                    + lease.token());
            model.expired(lease);
            return "expire " + lease.token();
        }
        boolean held = model.isHeld(lease);
        Runnable verb = switch (dice) {
            case 1, 2 -> () -> jobs.complete(lease, Json.of(dice));
            case 3 ->
                () -> {
                    Failure failure = Failure.of(lease, "x").retryAfter(delay);
                    requireHeld(jobs.failAll(List.of(permanent ? failure.permanently() : failure)));
                };
            case 4 -> () -> jobs.snooze(lease, delay);
            case 5 -> () -> jobs.release(lease);
            case 6 -> () -> requireHeld(jobs.confirmCancelled(List.of(lease)));
            default ->
                () -> {
                    jobs.extend(lease, Duration.ofHours(1));
                    jobs.saveProgress(lease, Json.of(lease.token()));
                };
        };
        if (!held) {
            assertThatThrownBy(verb::run).isInstanceOf(LeaseLostException.class);
            return "outcome " + dice + " of a lost lease of " + lease.id();
        }
        verb.run();
        switch (dice) {
            case 1, 2 -> model.completed(lease);
            case 3 -> model.failed(lease, permanent, later);
            case 4 -> model.released(lease, true, later);
            case 5 -> model.released(lease, false, false);
            case 6 -> model.confirmed(lease);
            default -> assertThat(jobs.get(lease.id()).progress()).isEqualTo(Json.of(lease.token()));
        }
        return "outcome " + dice + " of " + lease.id();
    }

    private String ofJob(UUID id) {
        boolean known = jobs.find(id).isPresent();
        switch (random.nextInt(4)) {
            case 0, 1 -> {
                if (model.cancelled(id)) {
                    jobs.cancel(id);
                } else {
                    assertThatThrownBy(() -> jobs.cancel(id))
                            .isInstanceOf(known ? ConflictException.class : NotFoundException.class);
                }
                return "cancel " + id;
            }
            case 2 -> {
                if (model.retried(id)) {
                    jobs.retry(id);
                } else {
                    assertThatThrownBy(() -> jobs.retry(id))
                            .isInstanceOf(known ? ConflictException.class : NotFoundException.class);
                }
                return "retry " + id;
            }
            default -> {
                assertThat(jobs.delete(id)).isEqualTo(model.deleted(id));
                return "delete " + id;
            }
        }
    }

    private String ofWorker(Worker worker) {
        switch (random.nextInt(4)) {
            case 0 -> {
                JobTestKit.silence(database, worker);
                model.silenced(worker);
                return "silence " + worker.generation();
            }
            case 1 -> {
                int n = db.workers().deregister(worker);
                assertThat(n).isEqualTo(model.left(worker));
                return "deregister " + worker.generation();
            }
            default -> {
                int n = jobs.requeueExpired(100);
                assertThat(n).isEqualTo(model.requeued());
                return "requeue " + n;
            }
        }
    }

    private static void requireHeld(List<Lease> lost) {
        if (!lost.isEmpty()) {
            throw new LeaseLostException(lost.stream().map(Lease::id).toList());
        }
    }
}
