package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.exchange.StatisticsWorld.Sub;
import dev.evalstore.exchange.StatisticsWorld.Version;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Submissions are hidden while their statistics are refreshed, and read. */
class StatisticsRaceTest {
    private static final int HIDING = 4;
    private static final int REFRESHING = 2;
    private static final int EACH = Integer.getInteger("statistics.race.each", 20);
    private static final ModelSubject MODEL = ModelSubject.of("acme", "m");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(8));

    private final StatisticsWorld world = new StatisticsWorld(database);
    private final StatisticsRepository statistics = database.db().exchange().statistics();

    @Test
    void no_read_counts_what_was_hidden_before_it_whatever_is_refreshed_meanwhile() throws Exception {
        UUID user = world.user();
        List<Version> versions = new ArrayList<>();
        for (int i = 0; i < HIDING; i++) {
            versions.add(world.version(
                    "race-" + i,
                    DefinitionCategory.ACCURACY,
                    PrimaryMetric.of("accuracy", "Right answers.", "accuracy"),
                    0,
                    false));
        }
        for (int i = 0; i < HIDING * EACH; i++) {
            world.submit(versions.get(i % HIDING), MODEL, user, i / 100.0, "unverified");
        }
        statistics.refresh();
        AtomicInteger hidden = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(HIDING);
        Threads.together(HIDING + REFRESHING, i -> i < HIDING ? hiding(i, user, hidden, left) : refreshing(user, left));
        assertThat(statistics.ofUser(user).submissions()).isZero();
        statistics.refresh();
        assertThat(statistics.ofUser(user).submissions()).isZero();
        assertThat(statistics.ofModel(MODEL)).isEmpty();
        assertThat(database.value("select count(*) from evalstore.statistics_marks"))
                .isEqualTo("0");
    }

    private Callable<Boolean> hiding(int thread, UUID user, AtomicInteger hidden, AtomicInteger left) {
        return () -> {
            try {
                List<Sub> own = new ArrayList<>();
                for (int i = thread; i < world.subs.size(); i += HIDING) {
                    own.add(world.subs.get(i));
                }
                for (int i = 0; i < own.size(); i++) {
                    SubmissionStanding.changeVisibility(world.jdbc, own.get(i).id(), SubmissionVisibility.PRIVATE);
                    int gone = hidden.incrementAndGet();
                    UUID definition = own.get(i).version().definitionId();
                    assertThat(statistics.ofDefinition(definition).submissions())
                            .isEqualTo(own.size() - i - 1L);
                    assertThat(statistics.ofUser(user).submissions()).isLessThanOrEqualTo(world.subs.size() - gone);
                    assertThat(statistics.ofModel(MODEL))
                            .allSatisfy(one ->
                                    assertThat(one.scores().count()).isLessThanOrEqualTo(world.subs.size() - gone));
                }
                return true;
            } finally {
                left.decrementAndGet();
            }
        };
    }

    private Callable<Boolean> refreshing(UUID user, AtomicInteger left) {
        return () -> {
            while (left.get() > 0) {
                statistics.refresh();
                statistics.refreshUser(user);
            }
            return true;
        };
    }
}
