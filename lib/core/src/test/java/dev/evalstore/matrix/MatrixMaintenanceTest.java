package dev.evalstore.matrix;

import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MatrixMaintenanceTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    @Test
    void maintenance_takes_configurations_back_and_forgets_old_rankings_and_results() {
        Combination of = fixture.combination();
        db.matrix()
                .configs()
                .populate(MatrixSpec.of(
                        of.modelVersionId(),
                        List.of(of.hardwareConfigId()),
                        List.of(of.frameworkId()),
                        List.of("chatbot"),
                        List.of(1),
                        List.of(1024)));
        Worker worker = db.workers().register(NewWorker.of("w"));
        ClaimedConfig claimed = db.matrix()
                .configs()
                .claim(worker, ConfigScope.ALL, 1, Duration.ofMinutes(10))
                .get(0);
        MatrixFixture.silence(database, worker);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        db.matrix().results().record(of, result(100, 10).benchmarkDate(today));
        db.matrix().results().record(of, result(100, 10).benchmarkDate(today.minusMonths(14)));
        db.matrix()
                .rankings()
                .rankTopsis("chatbot", Map.of(Criterion.THROUGHPUT, 1.0), today.minusDays(1), Duration.ofHours(1));
        database.admin("update evalstore.model_rankings set calculated_at = now() - interval '2 h',"
                + " expires_at = now() - interval '1 h'");

        MaintenanceReport report = db.maintenance(MaintenanceOptions.DEFAULT.resultRetention(Duration.ofDays(365)))
                .runOnce();

        assertThat(report.failures()).isEmpty();
        assertThat(report.steps().stream()
                        .filter(step -> List.of("leases.expired", "rankings.expired", "retention.benchmark_results")
                                .contains(step.name()))
                        .map(step -> step.name() + " " + step.count()))
                .containsExactly("leases.expired 1", "rankings.expired 1", "retention.benchmark_results 1");
        assertThat(db.matrix().configs().get(claimed.config().id()).status()).isEqualTo(ConfigStatus.PENDING);
        assertThat(db.matrix().results().listLatest(10))
                .extracting(BenchmarkResult::benchmarkDate)
                .containsExactly(today);
        // What the first run recorded begins tables of which the second keeps a month more.
        assertThat(db.maintenance().runOnce().steps())
                .filteredOn(step -> !step.name().startsWith("partitions."))
                .allMatch(step -> step.count() == 0);
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.resultRetention(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("resultRetention");
    }
}
