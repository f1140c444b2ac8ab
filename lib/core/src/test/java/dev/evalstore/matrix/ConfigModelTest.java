package dev.evalstore.matrix;

import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random steps of three workers on a small matrix, held against a model of it in memory after each step. */
class ConfigModelTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int MAX_ATTEMPTS = 3;

    private final ConfigRepository configs = database.db().matrix().configs();

    /** What a configuration should be. */
    private static final class Expected {
        private final int rank;
        private ConfigStatus status = ConfigStatus.PENDING;
        private int attempt;
        private int owner;
        private @Nullable Lease lease;
        private double result;

        Expected(int rank) {
            this.rank = rank;
        }
    }

    private final Map<Long, Expected> model = new TreeMap<>();
    private final Map<Long, UUID> ids = new HashMap<>();
    private final List<Lease> lost = new ArrayList<>();
    private final Worker[] workers = new Worker[3];

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13})
    void the_matrix_does_what_its_model_does(long seed) {
        Random random = new Random(seed);
        UUID version = populate();
        for (int i = 0; i < workers.length; i++) {
            workers[i] = register(i);
        }
        double results = 0;
        for (int step = 0; step < 250; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> claim(random.nextInt(workers.length), 1 + random.nextInt(6), random);
                case 3, 4 -> results += complete(random, step + 1);
                case 5 -> fail(random, step);
                case 6 -> release(random);
                case 7 -> beLate(random);
                case 8 -> die(random.nextInt(workers.length));
                default -> requeue(version, random);
            }
            compare();
        }
        assertThat((double) database.db().matrix().results().count(ResultFilter.ALL))
                .isEqualTo(results);
        MatrixFixture.assertEachInOnePlace(database);
        MatrixFixture.assertEachCompletedHasItsResult(database);
    }

    private UUID populate() {
        MatrixFixture fixture = new MatrixFixture(database);
        UUID version = fixture.version();
        configs.populate(MatrixSpec.of(
                        version,
                        fixture.machines(3),
                        fixture.frameworks(1),
                        List.of("chatbot", "code"),
                        List.of(1, 2),
                        List.of(1024))
                .maxAttempts(MAX_ATTEMPTS));
        configs.list(ConfigFilter.ALL, 100, null).items().forEach(config -> {
            model.put(config.seq(), new Expected(config.priorityRank()));
            ids.put(config.seq(), config.id());
        });
        assertThat(model).hasSize(12);
        return version;
    }

    private Worker register(int i) {
        return database.db().workers().register(NewWorker.of("worker-" + i));
    }

    private void claim(int who, int limit, Random random) {
        int most = random.nextBoolean() ? Integer.MAX_VALUE : 199;
        List<Long> pending = model.entrySet().stream()
                .filter(one -> one.getValue().status == ConfigStatus.PENDING && one.getValue().rank <= most)
                .map(Map.Entry::getKey)
                .toList();
        List<ClaimedConfig> claimed =
                configs.claim(workers[who], ConfigScope.ALL.maxPriorityRank(most), limit, Duration.ofMinutes(5));
        // What came back behind a worker's cursor may wait, but nothing is withheld from a claim that has room for it.
        assertThat(claimed).hasSize(Math.min(limit, pending.size()));
        List<Long> taken = claimed.stream().map(one -> one.config().seq()).toList();
        assertThat(pending).containsAll(taken);
        assertThat(claimed)
                .isSortedAccordingTo(Comparator.comparingInt(
                                (ClaimedConfig one) -> one.config().priorityRank())
                        .thenComparingLong(one -> one.config().seq()));
        for (ClaimedConfig one : claimed) {
            Expected now = model.get(one.config().seq());
            now.status = ConfigStatus.RUNNING;
            now.owner = who;
            now.lease = one.lease();
            assertThat(one.lease().attempt()).isEqualTo(now.attempt + 1);
        }
    }

    private int complete(Random random, double value) {
        Lease lease = pick(random);
        if (lease == null) {
            return 0;
        }
        configs.complete(lease, result(value, value));
        Expected now = model.get(lease.seq());
        now.status = ConfigStatus.COMPLETED;
        now.attempt++;
        now.result = value;
        gone(now);
        return 1;
    }

    private void fail(Random random, int step) {
        Lease lease = pick(random);
        if (lease != null) {
            configs.fail(lease, "step " + step);
            spend(model.get(lease.seq()));
        }
    }

    private void release(Random random) {
        Lease lease = pick(random);
        if (lease != null) {
            assertThat(configs.releaseAll(List.of(lease))).isEmpty();
            Expected now = model.get(lease.seq());
            now.status = ConfigStatus.PENDING;
            gone(now);
        }
    }

    /** Whatever was lost stays lost, whoever has it now. */
    private void beLate(Random random) {
        if (lost.isEmpty()) {
            return;
        }
        Lease lease = lost.get(random.nextInt(lost.size()));
        assertThatThrownBy(() -> configs.complete(lease, result(9_999, 9_999))).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> configs.fail(lease, "late")).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> configs.extend(lease, Duration.ofHours(1))).isInstanceOf(LeaseLostException.class);
        assertThat(configs.releaseAll(List.of(lease))).containsExactly(lease);
    }

    private void die(int who) {
        MatrixFixture.silence(database, workers[who]);
        int reset = configs.requeueExpired(1_000);
        int expected = 0;
        for (Expected now : model.values()) {
            if (now.status == ConfigStatus.RUNNING && now.owner == who) {
                spend(now);
                expected++;
            }
        }
        assertThat(reset).isEqualTo(expected);
        workers[who] = register(who);
    }

    private void requeue(UUID version, Random random) {
        if (random.nextInt(3) > 0) {
            return;
        }
        int expected = 0;
        for (Expected now : model.values()) {
            if (now.status == ConfigStatus.FAILED) {
                now.status = ConfigStatus.PENDING;
                now.attempt = 0;
                expected++;
            }
        }
        assertThat(configs.requeueFailed(version)).isEqualTo(expected);
    }

    private @Nullable Lease pick(Random random) {
        List<Lease> held = model.values().stream()
                .filter(one -> one.lease != null)
                .map(one -> one.lease)
                .toList();
        return held.isEmpty() ? null : held.get(random.nextInt(held.size()));
    }

    private void spend(Expected now) {
        now.attempt++;
        now.status = now.attempt == MAX_ATTEMPTS ? ConfigStatus.FAILED : ConfigStatus.PENDING;
        gone(now);
    }

    private void gone(Expected now) {
        lost.add(now.lease);
        now.lease = null;
    }

    private void compare() {
        for (BenchmarkConfig config : configs.list(ConfigFilter.ALL, 100, null).items()) {
            Expected expected = model.get(config.seq());
            assertThat(config.status()).as("seq " + config.seq()).isEqualTo(expected.status);
            assertThat(config.attempt()).isEqualTo(expected.attempt);
            assertThat(config.workerId())
                    .isEqualTo(expected.status == ConfigStatus.RUNNING ? "worker-" + expected.owner : null);
            assertThat(config.resultId() != null).isEqualTo(expected.result > 0);
        }
    }
}
