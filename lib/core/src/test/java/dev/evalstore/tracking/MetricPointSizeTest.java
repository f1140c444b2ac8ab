package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MetricPointSizeTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int POINTS = 40_000;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** A metric after the other. Where many grow by a point at a time, pages of the index are filled to the half only. */
    @Test
    void a_point_takes_at_most_120_bytes_with_its_index() {
        ExperimentRepository experiments = database.db().tracking().experiments();
        UUID id = experiments
                .create(NewExperiment.of("large", ExperimentKind.FINE_TUNING))
                .id();
        for (int metric = 0; metric < 4; metric++) {
            List<MetricPoint> points = new ArrayList<>();
            for (int i = 0; i < POINTS / 4; i++) {
                points.add(MetricPoint.of(Math.sin(i), i, NOON.plusMillis(i * 37L)));
            }
            experiments.log(id, LogBatch.of().metric("m" + metric, points));
        }
        assertThat(database.value("select count(*) from evalstore.metric_points"))
                .isEqualTo(String.valueOf(POINTS));
        long bytes = Long.parseLong(database.value("select pg_total_relation_size('evalstore.metric_points')"));
        assertThat((double) bytes / POINTS).isLessThanOrEqualTo(120);
    }
}
