package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A session keeps the plan that it made while a table was empty, and the table grows. */
class LogPlansTest {
    private static final int EXPERIMENTS = 100;
    private static final int PARAMS = 20;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(1));

    @Test
    void a_batch_for_a_store_that_was_empty_at_first_reads_no_whole_table() {
        ExperimentRepository experiments = database.db().tracking().experiments();
        LogBatch batch = LogBatch.of();
        for (int i = 0; i < PARAMS; i++) {
            batch = batch.param("p" + i, i).metric("m" + i, i, 1, Instant.EPOCH);
        }
        for (int i = 0; i < EXPERIMENTS; i++) {
            experiments.log(
                    experiments
                            .create(NewExperiment.of("e", ExperimentKind.EVALUATION))
                            .id(),
                    batch);
        }

        for (String table : new String[] {"experiment_params", "experiment_metrics", "metric_points"}) {
            String counted = " from pg_stat_user_tables where relname = '" + table + "'";
            // The server counts some seconds later.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> number("select n_tup_ins" + counted) == EXPERIMENTS * PARAMS);
            assertThat(number("select seq_tup_read" + counted))
                    .as("rows of %s read one after the other", table)
                    .isLessThan(EXPERIMENTS * PARAMS);
        }
    }

    private static long number(String sql) {
        return Long.parseLong(database.value(sql));
    }
}
