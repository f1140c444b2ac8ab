package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A runner loses requests and answers again and again: its claims, its heartbeats, its batches of outcomes. */
class RunnerOutcomeTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int ROUNDS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @ParameterizedTest
    @EnumSource
    void every_job_is_handled_once_and_ended_once(TcpProxy.Way lost) {
        Map<UUID, Integer> handled = new ConcurrentHashMap<>();
        Random random = new Random(lost.ordinal());
        database.admin(
                "delete from evalstore.job_attempts; delete from evalstore.job_finished; delete from evalstore.jobs");
        try (TcpProxy proxy = database.proxy();
                Database db = Database.open(database.through(proxy)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build());
                JobRunner runner = JobRunner.on(db)
                        .worker("w")
                        .concurrency(4)
                        .timeToLive(Duration.ofMinutes(10))
                        .poll(Duration.ofMillis(5), Duration.ofMillis(20))
                        .handle(
                                "good",
                                Object.class,
                                context -> handled.merge(context.job().id(), 1, Integer::sum))
                        .handle("bad", Object.class, context -> {
                            handled.merge(context.job().id(), 1, Integer::sum);
                            throw new IllegalStateException("no");
                        })
                        .start()) {
            int broken = 0;
            for (int round = 0; round < ROUNDS; round++) {
                proxy.loseAt(1 + random.nextInt(12), lost, false);
                database.db()
                        .jobs()
                        .createAll(IntStream.range(0, 6)
                                .mapToObj(i -> NewJob.of(i < 4 ? "good" : "bad", Json.EMPTY)
                                        .maxRetries(0))
                                .toList());
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> database.value("select count(*) from evalstore.jobs j where not exists"
                                        + " (select from evalstore.job_finished f where f.seq = j.seq)")
                                .equals("0"));
                broken += proxy.hasLost() ? 1 : 0;
            }
            assertThat(broken).as("rounds in which something was lost").isGreaterThan(ROUNDS / 2);
            assertThat(runner.worker().workerId()).isEqualTo("w");
        }
        assertThat(handled).hasSize(6 * ROUNDS);
        assertThat(handled.values()).as("how often each was handled").containsOnly(1);
        assertThat(
                        database.query(
                                "select outcome || ' ' || count(*) || ' of ' || count(distinct seq) from evalstore.job_attempts group by outcome order by 1"))
                .isEqualTo(List.of(
                        "completed " + 4 * ROUNDS + " of " + 4 * ROUNDS, "failed " + 2 * ROUNDS + " of " + 2 * ROUNDS));
    }
}
