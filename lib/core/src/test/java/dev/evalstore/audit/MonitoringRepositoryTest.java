package dev.evalstore.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MonitoringRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final MonitoringRepository events = db.monitoring();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.monitoring_events");
    }

    @Test
    void an_event_reads_back_as_it_was_appended() {
        MonitoringEvent event =
                events.append(NewMonitoringEvent.of("gpu.hot", "node-1").data(Json.of(Map.of("celsius", 91))));

        assertThat(events.list(MonitoringFilter.ALL, 10, null).items()).containsExactly(event);
        assertThat(event.eventType()).isEqualTo("gpu.hot");
        assertThat(event.source()).isEqualTo("node-1");
        assertThat(event.data().asMap()).isEqualTo(Map.of("celsius", 91));
        assertThat(event.occurredAt()).isEqualTo(event.createdAt());
    }

    @Test
    void many_events_of_many_months_and_of_now_are_appended_at_once() {
        List<NewMonitoringEvent> mixed = IntStream.range(0, 500)
                .mapToObj(i -> i % 2 == 0
                        ? NewMonitoringEvent.of("tick", "clock")
                        : NewMonitoringEvent.of("tick", "clock")
                                .data(Json.of(Map.of("i", i)))
                                .occurredAt(
                                        Instant.parse("2041-01-01T00:00:00Z").plus(i, ChronoUnit.DAYS)))
                .toList();

        assertThat(events.appendAll(mixed)).isEqualTo(500);
        assertThat(events.appendAll(List.of())).isZero();

        assertThat(events.count(MonitoringFilter.ALL.type("tick").source("clock")))
                .isEqualTo(500);
        assertThat(events.count(MonitoringFilter.ALL.source("other"))).isZero();
        assertThat(events.count(MonitoringFilter.ALL.type("tick").type("tock"))).isZero();
        assertThat(events.count(MonitoringFilter.ALL.occurred(null, null))).isEqualTo(500);
        assertThat(events.count(MonitoringFilter.ALL.occurred(Instant.parse("2041-01-01T00:00:00Z"), null)))
                .isEqualTo(250);
        MonitoringEvent newest =
                events.list(MonitoringFilter.ALL, 1, null).items().get(0);
        assertThat(newest.occurredAt())
                .isEqualTo(Instant.parse("2041-01-01T00:00:00Z").plus(499, ChronoUnit.DAYS));
        assertThat(newest.data().asMap()).isEqualTo(Map.of("i", 499));
    }

    @Test
    void an_append_in_a_transaction_is_undone_with_it() {
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.monitoring().append(NewMonitoringEvent.of("a", "b"));
                    tx.monitoring().appendAll(List.of(NewMonitoringEvent.of("a", "b")));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(events.count(MonitoringFilter.ALL)).isZero();
    }

    @Test
    void counts_by_interval_are_in_order_and_have_a_zero_where_nothing_was() {
        Instant start = Instant.parse("2026-10-31T23:00:00Z");
        for (int minutes : new int[] {0, 59, 60, 180, 239}) {
            events.append(NewMonitoringEvent.of("x", "s").occurredAt(start.plus(minutes, ChronoUnit.MINUTES)));
        }
        events.append(NewMonitoringEvent.of("y", "s").occurredAt(start));
        events.append(NewMonitoringEvent.of("x", "s").occurredAt(start.plus(240, ChronoUnit.MINUTES)));

        List<IntervalCount> counts =
                events.countByInterval("x", Duration.ofHours(1), start, start.plus(4, ChronoUnit.HOURS));

        assertThat(counts)
                .containsExactly(
                        new IntervalCount(start, 2),
                        new IntervalCount(start.plus(1, ChronoUnit.HOURS), 1),
                        new IntervalCount(start.plus(2, ChronoUnit.HOURS), 0),
                        new IntervalCount(start.plus(3, ChronoUnit.HOURS), 2));
        assertThat(events.countByInterval("x", Duration.ofMinutes(90), start, start.plus(4, ChronoUnit.HOURS)))
                .extracting(IntervalCount::count)
                .containsExactly(3L, 0L, 2L);
        assertThat(events.countByInterval("x", Duration.ofMillis(1), start, start.plusSeconds(10)))
                .hasSize(10_000);
    }

    @Test
    void a_text_that_cannot_be_stored_is_refused_by_a_filter_by_name() {
        for (String text : List.of(" ", "a\0b", "cut \uD83D")) {
            assertThatThrownBy(() -> MonitoringFilter.ALL.type(text)).hasMessageContaining("eventType");
            assertThatThrownBy(() -> MonitoringFilter.ALL.source(text)).hasMessageContaining("source");
        }
    }

    @Test
    void a_span_that_makes_no_sense_is_refused_by_name() {
        Instant start = Instant.parse("2026-10-31T23:00:00Z");
        assertThatThrownBy(() -> events.countByInterval("x", Duration.ofMillis(1), start, start.plusMillis(10_001)))
                .hasMessageContaining("to must be");
        assertThatThrownBy(() -> events.countByInterval("x", Duration.ofMillis(1), start, start))
                .hasMessageContaining("to must be");
        assertThatThrownBy(() -> events.countByInterval("x", Duration.ofNanos(1_500_000), start, start.plusSeconds(1)))
                .hasMessageContaining("interval");
        assertThatThrownBy(() -> events.countByInterval(" ", Duration.ofSeconds(1), start, start.plusSeconds(1)))
                .hasMessageContaining("eventType");
    }

    @Test
    void whole_months_go_and_the_rest_stays() {
        Instant old = Instant.now().minus(100, ChronoUnit.DAYS);
        events.appendAll(List.of(NewMonitoringEvent.of("a", "s").occurredAt(old), NewMonitoringEvent.of("b", "s")));

        assertThat(events.cleanup(Duration.ofDays(150))).isEqualTo(Cleanup.NOTHING);
        Cleanup cleanup = events.cleanup(Duration.ofDays(40));
        assertThat(cleanup.removed()).isPositive();
        assertThat(cleanup.more()).isFalse();

        assertThat(events.list(MonitoringFilter.ALL, 10, null).items())
                .extracting(MonitoringEvent::eventType)
                .containsExactly("b");
        assertThatThrownBy(() -> events.cleanup(Duration.ZERO)).hasMessageContaining("retention");
    }
}
