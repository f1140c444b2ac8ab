package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.MaintenanceReport;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventRetentionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Duration MONTH = Duration.ofDays(31);

    private final Database db = database.db();
    private final EventRepository events = db.events();
    private final YearMonth now = YearMonth.from(LocalDate.now(ZoneOffset.UTC));

    /** Three events in each of the months 5, 4 and 3 ago, and one of now. */
    @BeforeEach
    void old() {
        database.admin("delete from evalstore.event_subscriptions");
        events.cleanup(Duration.ofSeconds(1), true);
        database.admin(
                "begin; set local session_replication_role = replica; delete from evalstore.domain_events; commit");
        for (int ago = 5; ago >= 3; ago--) {
            String month = now.minusMonths(ago) + "-01";
            database.admin("select evalstore.create_partition('domain_events', '" + month + "')");
            for (int i = 0; i < 3; i++) {
                database.admin("insert into evalstore.domain_events"
                        + " (id, event_type, aggregate_type, aggregate_id, partition_key, created_at)"
                        + " values (gen_random_uuid(), 'x', 'y', 'z', 'z', '" + month + "T00:00:00Z')");
            }
        }
        events.append(NewDomainEvent.of("x", "y", "now"));
    }

    private void subscribe(String name) {
        events.subscriptions()
                .subscribe(NewEventSubscription.of(name, EventDelivery.PULL).start(EventStart.beginning()));
    }

    private void deliver(String name, int count) {
        PulledEvents pulled = events.next(name, count).orElseThrow();
        assertThat(pulled.events()).hasSize(count);
        events.acknowledge(pulled.lease(), pulled.events().get(count - 1).position());
    }

    @Test
    void whole_months_go_when_no_subscription_needs_them() {
        assertThat(events.cleanup(MONTH.multipliedBy(12), false)).isEqualTo(new EventCleanup(0, List.of()));
        assertThat(events.cleanup(MONTH, false)).isEqualTo(new EventCleanup(3, List.of()));
        assertThat(events.count(EventFilter.ALL)).isOne();
        assertThat(events.cleanup(Duration.ofSeconds(1), false).heldBy()).isEmpty();
        assertThat(events.count(EventFilter.ALL)).isOne();
    }

    @Test
    void a_month_stays_until_every_enabled_subscription_has_passed_all_of_it() {
        subscribe("slow");
        subscribe("steady");
        subscribe("paused");
        events.subscriptions().pause(events.subscriptions().getByName("paused").id());

        assertThat(events.cleanup(MONTH, false)).isEqualTo(new EventCleanup(0, List.of("slow", "steady")));
        deliver("steady", 3);
        deliver("slow", 2);
        assertThat(events.cleanup(MONTH, false)).isEqualTo(new EventCleanup(0, List.of("slow")));
        deliver("slow", 1);
        assertThat(events.cleanup(MONTH, false)).isEqualTo(new EventCleanup(1, List.of("slow", "steady")));
        deliver("slow", 6);
        assertThat(events.cleanup(MONTH, false)).isEqualTo(new EventCleanup(0, List.of("steady")));
        deliver("steady", 6);
        assertThat(events.cleanup(MONTH, false)).isEqualTo(new EventCleanup(2, List.of()));
        assertThat(events.count(EventFilter.ALL)).isOne();
    }

    @Test
    void parked_events_go_with_their_month_and_hold_nothing_up_any_more() {
        events.subscriptions()
                .subscribe(NewEventSubscription.of("parking", EventDelivery.PULL)
                        .start(EventStart.beginning())
                        .maxFailures(1));
        PulledEvents pulled = events.next("parking", 1).orElseThrow();
        events.fail(pulled.lease(), pulled.events().get(0), "on purpose", MONTH);
        UUID id = events.subscriptions().getByName("parking").id();
        assertThat(events.next("parking", 10).orElseThrow().events())
                .extracting(DomainEvent::aggregateId)
                .containsExactly("now");
        assertThat(events.subscriptions().lag(id).parked()).isPositive();

        assertThat(events.cleanup(MONTH, true).months()).isEqualTo(3);

        assertThat(events.subscriptions()
                        .parked(id, ParkedEventFilter.ALL, 10, null)
                        .items())
                .isEmpty();
        assertThat(events.subscriptions().retryParked(id, ParkedEventFilter.ALL))
                .isZero();
    }

    @Test
    void what_nobody_has_passed_goes_where_that_is_asked_for() {
        subscribe("slow");
        assertThat(events.cleanup(MONTH, true)).isEqualTo(new EventCleanup(3, List.of()));
        assertThat(events.next("slow", 10).orElseThrow().events())
                .extracting(DomainEvent::aggregateId)
                .containsExactly("now");
    }

    @Test
    void maintenance_keeps_events_unless_told_and_reports_which_subscription_holds_months() {
        subscribe("slow");
        assertThat(db.maintenance().runOnce().steps())
                .extracting(MaintenanceReport.Step::name)
                .doesNotContain("retention.domain_events");

        MaintenanceOptions options = MaintenanceOptions.DEFAULT.domainEventRetention(MONTH);
        MaintenanceReport.Step held = step(options);
        assertThat(held.count()).isZero();
        assertThat(held.more()).isFalse();
        assertThat(held.failure()).isNull();
        assertThat(held.heldBy()).containsExactly("slow");

        MaintenanceReport.Step dropped = step(options.dropsUndelivered(true));
        assertThat(dropped.count()).isEqualTo(3);
        assertThat(dropped.heldBy()).isEmpty();
    }

    private MaintenanceReport.Step step(MaintenanceOptions options) {
        return db.maintenance(options).runOnce().steps().stream()
                .filter(step -> step.name().equals("retention.domain_events"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void compliance_keeps_events_for_two_years_and_the_audit_log_for_seven() {
        assertThat(MaintenanceOptions.COMPLIANCE.retention())
                .containsEntry("domainEventRetention", Duration.ofDays(731))
                .containsEntry("auditRetention", Duration.ofDays(2_557))
                .containsEntry("feedRetention", Duration.ofDays(7));
        assertThat(MaintenanceOptions.COMPLIANCE.dropsUndelivered()).isFalse();
        assertThat(step(MaintenanceOptions.COMPLIANCE).count()).isZero();
        assertThat(events.count(EventFilter.ALL)).isEqualTo(10);
    }

    @Test
    void bad_periods_are_refused() {
        assertThatThrownBy(() -> events.cleanup(Duration.ZERO, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("retention ");
        assertThatThrownBy(() -> events.cleanup(Duration.ofDays(36_501), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("retention ");
        assertThatThrownBy(() -> MaintenanceOptions.DEFAULT.domainEventRetention(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("domainEventRetention");
    }
}
