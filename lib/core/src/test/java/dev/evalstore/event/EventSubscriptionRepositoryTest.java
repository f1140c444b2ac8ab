package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSubscriptionRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final Database db = database.db();
    private final EventSubscriptionRepository subscriptions = db.events().subscriptions();

    private static String name() {
        return "s-" + NEXT.incrementAndGet();
    }

    private static NewEventSubscription pull() {
        return NewEventSubscription.of(name(), EventDelivery.PULL);
    }

    private static NewEventSubscription webhook() {
        return NewEventSubscription.of(name(), EventDelivery.WEBHOOK).endpoint("https://example.org/hook");
    }

    private long position() {
        return db.events()
                .append(NewDomainEvent.of("thing.happened", "thing", "one"))
                .position();
    }

    private long cursor(EventSubscription subscription) {
        return subscriptions.lag(subscription.id()).cursor().position();
    }

    @Test
    void a_subscription_reads_back_as_it_was_made() {
        NewEventSubscription given = webhook()
                .eventTypes("a.made", "b.made", "a.made")
                .aggregateTypes("a", "b")
                .secret(SECRET)
                .start(EventStart.beginning())
                .maxFailures(3)
                .onPoison(OnPoison.STOP);

        IssuedSubscription issued = subscriptions.subscribe(given);

        EventSubscription stored = issued.subscription();
        assertThat(issued.secret()).isEqualTo(SECRET);
        assertThat(stored)
                .isEqualTo(new EventSubscription(
                        stored.id(),
                        given.name(),
                        List.of("a.made", "b.made"),
                        List.of("a", "b"),
                        EventDelivery.WEBHOOK,
                        "https://example.org/hook",
                        null,
                        0,
                        true,
                        null,
                        3,
                        OnPoison.STOP,
                        stored.createdAt(),
                        stored.updatedAt()));
        assertThat(subscriptions.get(stored.id())).isEqualTo(stored);
        assertThat(subscriptions.getByName(given.name())).isEqualTo(stored);
        assertThat(subscriptions.findByName("nobody")).isEmpty();
        assertThatThrownBy(() -> subscriptions.getByName("Odd\0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
        assertThatThrownBy(() -> subscriptions.getByName("nobody"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void subscriptions_are_listed_and_counted_by_delivery_and_standing() {
        database.admin("delete from evalstore.event_subscriptions");
        EventSubscription handler = subscriptions
                .subscribe(NewEventSubscription.of(name(), EventDelivery.HANDLER))
                .subscription();
        EventSubscription job = subscriptions
                .subscribe(NewEventSubscription.of(name(), EventDelivery.JOB).endpoint("mail"))
                .subscription();
        subscriptions.pause(job.id());

        EventSubscriptionFilter jobs = EventSubscriptionFilter.ALL.delivery(EventDelivery.JOB);
        assertThat(subscriptions
                        .list(EventSubscriptionFilter.ALL.delivery(EventDelivery.HANDLER))
                        .items())
                .contains(handler);
        assertThat(subscriptions.list(jobs.enabled(false)).items())
                .extracting(EventSubscription::id)
                .containsExactly(job.id());
        assertThat(subscriptions.count(jobs.enabled(true))).isZero();
    }

    @Test
    void a_name_is_taken_once() {
        NewEventSubscription given = pull();
        subscriptions.subscribe(given);
        assertThatThrownBy(() -> subscriptions.subscribe(given))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("event_subscriptions_name_unique"));
        EventSubscription other = subscriptions.subscribe(pull()).subscription();
        assertThatThrownBy(() -> subscriptions.update(other.id(), UpdateEventSubscription.NOTHING.name(given.name())))
                .isInstanceOf(ConstraintViolationException.class);
    }

    @Test
    void it_begins_now_at_the_beginning_or_after_a_position_which_is_at_most_the_last_one_drawn() {
        long before = position();
        EventSubscription now = subscriptions.subscribe(pull()).subscription();
        EventSubscription beginning =
                subscriptions.subscribe(pull().start(EventStart.beginning())).subscription();
        EventSubscription after = subscriptions
                .subscribe(pull().start(EventStart.after(before - 1)))
                .subscription();
        EventSubscription beyond = subscriptions
                .subscribe(pull().start(EventStart.after(Long.MAX_VALUE)))
                .subscription();

        assertThat(List.of(now.startPosition(), cursor(now))).containsOnly(before);
        assertThat(List.of(beginning.startPosition(), cursor(beginning))).containsOnly(0L);
        assertThat(List.of(after.startPosition(), cursor(after))).containsOnly(before - 1);
        assertThat(List.of(beyond.startPosition(), cursor(beyond))).containsOnly(before);
    }

    /** An event that is written before and committed after must not be missed. */
    @Test
    void one_that_begins_now_gets_what_an_open_transaction_has_written() {
        EventSubscription subscription = db.inTransaction(tx -> {
            tx.events().append(NewDomainEvent.of("open.written", "open", "one"));
            return subscriptions.subscribe(pull().aggregateTypes("open")).subscription();
        });

        assertThat(db.events().next(subscription.name(), 10).orElseThrow().events())
                .extracting(DomainEvent::eventType)
                .containsExactly("open.written");
    }

    @Test
    void fields_change_and_what_is_not_given_stays() {
        EventSubscription made =
                subscriptions.subscribe(webhook().eventTypes("a.made")).subscription();

        String name = name();
        EventSubscription changed = subscriptions.update(
                made.id(),
                UpdateEventSubscription.NOTHING
                        .name(name)
                        .aggregateTypes(Patch.set(List.of("a")))
                        .eventTypes(Patch.clear())
                        .endpoint("http://example.org/other")
                        .maxFailures(1)
                        .onPoison(OnPoison.SKIP));

        assertThat(changed)
                .isEqualTo(new EventSubscription(
                        made.id(),
                        name,
                        null,
                        List.of("a"),
                        EventDelivery.WEBHOOK,
                        "http://example.org/other",
                        null,
                        made.startPosition(),
                        true,
                        null,
                        1,
                        OnPoison.SKIP,
                        made.createdAt(),
                        changed.updatedAt()));
        assertThat(subscriptions.update(made.id(), UpdateEventSubscription.NOTHING.aggregateTypes(Patch.keep())))
                .isEqualTo(changed);
        assertThatThrownBy(
                        () -> subscriptions.update(UUID.randomUUID(), UpdateEventSubscription.NOTHING.maxFailures(2)))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void an_endpoint_belongs_to_its_delivery() {
        UUID webhook = subscriptions.subscribe(webhook()).subscription().id();
        UUID pull = subscriptions.subscribe(pull()).subscription().id();
        UUID job = subscriptions
                .subscribe(NewEventSubscription.of(name(), EventDelivery.JOB).endpoint("mail"))
                .subscription()
                .id();

        UpdateEventSubscription address = UpdateEventSubscription.NOTHING.endpoint("https://example.org/");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subscriptions.update(webhook, UpdateEventSubscription.NOTHING.endpoint("mail")))
                .withMessageStartingWith("endpoint ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subscriptions.update(pull, address))
                .withMessageStartingWith("endpoint ");
        assertThat(subscriptions.update(job, address).endpoint()).isEqualTo("https://example.org/");
        for (EventDelivery delivery : List.of(EventDelivery.WEBHOOK, EventDelivery.JOB)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> subscriptions.subscribe(NewEventSubscription.of(name(), delivery)))
                    .withMessageStartingWith("endpoint ");
        }
    }

    @Test
    void odd_input_is_refused_by_name() {
        for (String name : List.of("", " ", "A", "a b", "a..b", ".a", "a-", "ä", "a".repeat(101), "a\0")) {
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> NewEventSubscription.of(name, EventDelivery.PULL))
                    .withMessageStartingWith("name ");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> db.events().next(name, 1))
                    .withMessageStartingWith("subscription ");
        }
        assertThat(NewEventSubscription.of("a".repeat(100), EventDelivery.PULL).name())
                .hasSize(100);
        assertThat(NewEventSubscription.of("billing.v2-eu", EventDelivery.PULL).name())
                .isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().eventTypes())
                .withMessageStartingWith("eventTypes ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().aggregateTypes("a", " "))
                .withMessageStartingWith("aggregateTypes ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().wanted(new NewEventSubscription.Wanted(
                        IntStream.range(0, 101).mapToObj(i -> "t" + i).toList(), null)))
                .withMessageStartingWith("eventTypes ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().maxFailures(0))
                .withMessageContaining("maxFailures");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().maxFailures(1_001))
                .withMessageContaining("maxFailures");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().secret(SECRET))
                .withMessageStartingWith("secret ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pull().endpoint("x"))
                .withMessageStartingWith("endpoint ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventStart.after(-1))
                .withMessageStartingWith("position ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventStart(EventStart.Kind.NOW, 5))
                .withMessageStartingWith("position ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subscriptions.rewind(UUID.randomUUID(), -1))
                .withMessageStartingWith("position ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "whsec_", "whsec_AAAA", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!"})
    void a_secret_that_is_none_is_refused_and_not_repeated(String secret) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> webhook().secret(secret))
                .withMessageStartingWith("secret ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("MfKQ9r8G"));
        UUID id = subscriptions.subscribe(webhook()).subscription().id();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subscriptions.rotateSecret(id, Duration.ZERO, secret))
                .withMessageStartingWith("secret ");
    }

    /** What the library refuses, the server refuses too, by a constraint of its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "event_subscriptions_name_format: name = 'No Name'",
                "event_subscriptions_event_types_given: event_types = '{}'",
                "event_subscriptions_event_types_given: event_types = '{null}'",
                "event_subscriptions_aggregate_types_given: aggregate_types = '{}'",
                "event_subscriptions_delivery_valid: delivery = 'fax'",
                "event_subscriptions_endpoint_by_delivery: endpoint = null",
                "event_subscriptions_endpoint_format: endpoint = 'ftp://example.org'",
                "event_subscriptions_secret_by_delivery: secret = null",
                "event_subscriptions_secret_format: secret = 'secret'",
                "event_subscriptions_secret_format: previous_secret = 'secret', previous_until = now()",
                "event_subscriptions_previous_complete: previous_until = now()",
                "event_subscriptions_start_position_range: start_position = -1",
                "event_subscriptions_disabled_reason_valid: enabled = false, disabled_reason = 'x'",
                "event_subscriptions_disabled_complete: enabled = false",
                "event_subscriptions_max_failures_range: max_failures = 0",
                "event_subscriptions_on_poison_valid: on_poison = 'x'"
            })
    void the_server_holds_the_rules_too(String rule) {
        UUID id = subscriptions.subscribe(webhook()).subscription().id();
        String[] parts = rule.split(": ", 2);
        assertThatThrownBy(() -> database.admin(
                        "update evalstore.event_subscriptions set " + parts[1] + " where id = '" + id + "'"))
                .hasMessageContaining(parts[0]);
    }

    @Test
    void a_paused_subscription_gives_nothing_until_it_is_resumed() {
        EventSubscription made =
                subscriptions.subscribe(pull().aggregateTypes("thing")).subscription();
        position();

        EventSubscription paused = subscriptions.pause(made.id());
        assertThat(paused.enabled()).isFalse();
        assertThat(paused.disabledReason()).isEqualTo(DisabledReason.PAUSE);
        assertThat(db.events().next(made.name(), 1)).isEmpty();
        assertThatThrownBy(() -> subscriptions.pause(made.id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("disabled: cannot pause");

        EventSubscription resumed = subscriptions.resume(made.id());
        assertThat(resumed.enabled()).isTrue();
        assertThat(resumed.disabledReason()).isNull();
        assertThat(db.events().next(made.name(), 1)).isPresent();
        assertThatThrownBy(() -> subscriptions.resume(made.id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("enabled: cannot resume");
        assertThatThrownBy(() -> subscriptions.resume(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> subscriptions.pause(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_secret_is_made_returned_once_and_rotated_with_an_overlap() {
        IssuedSubscription issued = subscriptions.subscribe(webhook());
        UUID id = issued.subscription().id();
        String first = Objects.requireNonNull(issued.secret());
        assertThat(first).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(secrets(id)).containsExactly(first);

        IssuedSubscription rotated = subscriptions.rotateSecret(id, Duration.ofDays(1));
        String second = Objects.requireNonNull(rotated.secret());
        assertThat(rotated.subscription().previousUntil())
                .isAfter(db.events().jdbc().now().plusSeconds(80_000));
        assertThat(secrets(id)).containsExactly(second, first);

        database.admin("update evalstore.event_subscriptions set previous_until = now() where id = '" + id + "'");
        assertThat(secrets(id)).containsExactly(second);

        IssuedSubscription given = subscriptions.rotateSecret(id, Duration.ZERO, SECRET);
        assertThat(given.secret()).isEqualTo(SECRET);
        assertThat(given.subscription().previousUntil()).isNull();
        assertThat(secrets(id)).containsExactly(SECRET);
        assertThat(database.value(
                        "select previous_secret is null from evalstore.event_subscriptions where id = '" + id + "'"))
                .isEqualTo("t");
        UUID pull = subscriptions.subscribe(pull()).subscription().id();
        assertThatThrownBy(() -> subscriptions.rotateSecret(pull, Duration.ZERO))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> subscriptions.rotateSecret(UUID.randomUUID(), Duration.ZERO))
                .isInstanceOf(NotFoundException.class);
    }

    private List<String> secrets(UUID id) {
        position();
        Jdbc jdbc = db.events().jdbc();
        EventLease lease =
                DispatcherTestKit.leaseWebhook(db, subscriptions.get(id).name(), "test");
        List<String> secrets = EventLeases.webhook(jdbc, lease).orElseThrow().secrets();
        EventLeases.release(jdbc, lease);
        assertThat(EventLeases.webhook(jdbc, lease)).as("without the lease").isEmpty();
        return secrets;
    }

    @Test
    void a_secret_is_in_no_list_text_document_or_audit_entry() {
        EventSubscriptionRepository acting = db.actingAs(Actor.SYSTEM).events().subscriptions();
        NewEventSubscription given = webhook().secret(SECRET);
        IssuedSubscription issued = acting.subscribe(given);
        UUID id = issued.subscription().id();
        String next = Objects.requireNonNull(
                acting.rotateSecret(id, Duration.ofDays(1)).secret());
        acting.pause(id);
        acting.delete(id);

        List<AuditEntry> entries = db.audit()
                .list(AuditFilter.ALL.entity("event_subscription", id.toString()))
                .items();
        assertThat(entries).extracting(AuditEntry::action).contains("create", "rotate_secret", "pause", "delete");
        assertThat(List.of(
                        given.toString(),
                        Json.of(given).text(),
                        issued.toString(),
                        Json.of(issued).text(),
                        entries.toString(),
                        Json.of(entries).text()))
                .noneMatch(text -> text.contains(SECRET.substring(6)) || text.contains(next.substring(6)));
    }

    @Test
    void a_deleted_subscription_is_gone_with_its_cursor_and_its_parked_events() {
        EventSubscription made = subscriptions
                .subscribe(pull().aggregateTypes("thing").maxFailures(1))
                .subscription();
        position();
        PulledEvents pulled = db.events().next(made.name(), 1).orElseThrow();
        db.events().fail(pulled.lease(), pulled.events().get(0), "on purpose", Duration.ZERO);

        assertThat(subscriptions.delete(made.id())).isTrue();
        assertThat(subscriptions.delete(made.id())).isFalse();
        assertThat(subscriptions.find(made.id())).isEmpty();
        assertThat(database.value("select (select count(*) from evalstore.event_cursors where subscription_id = '"
                        + made.id() + "') + (select count(*) from evalstore.event_parked where subscription_id = '"
                        + made.id() + "')"))
                .isEqualTo("0");
        assertThatThrownBy(() -> subscriptions.lag(made.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> subscriptions.rewind(made.id(), 0)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> subscriptions.retryParked(made.id(), ParkedEventFilter.ALL))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> subscriptions.dropParked(made.id(), ParkedEventFilter.ALL))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> db.events().next(made.name(), 1)).isInstanceOf(NotFoundException.class);
    }

    @ParameterizedTest
    @EnumSource(value = EventDelivery.class, names = "PULL", mode = EnumSource.Mode.EXCLUDE)
    void what_is_delivered_otherwise_cannot_be_pulled(EventDelivery delivery) {
        NewEventSubscription given = NewEventSubscription.of(name(), delivery)
                .endpoint(delivery == EventDelivery.HANDLER ? null : "https://example.org/")
                .start(EventStart.beginning());
        subscriptions.subscribe(given);
        assertThatThrownBy(() -> db.events().next(given.name(), 1))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is not pulled");
    }

    @Test
    void parked_events_are_paged_by_position_and_filtered() {
        String aggregate = UUID.randomUUID().toString();
        EventSubscription made = subscriptions
                .subscribe(pull().aggregateTypes(aggregate).maxFailures(1))
                .subscription();
        db.events().appendAll(Collections.nCopies(3, NewDomainEvent.of("x.made", aggregate, "x")));
        db.events().append(NewDomainEvent.of("y.made", aggregate, "y"));
        for (int failures = 0; failures < 2; failures++) {
            PulledEvents pulled = db.events().next(made.name(), 10).orElseThrow();
            db.events().fail(pulled.lease(), pulled.events().get(0), "on purpose", Duration.ZERO);
        }
        assertThat(db.events().next(made.name(), 10)).isEmpty();

        Page<ParkedEvent> first = subscriptions.parked(made.id(), ParkedEventFilter.ALL, 3, null);
        assertThat(first.items()).extracting(ParkedEvent::position).isSorted().hasSize(3);
        assertThat(first.items())
                .extracting(ParkedEvent::attempts, ParkedEvent::error, ParkedEvent::holds)
                .containsExactly(tuple(1, "on purpose", true), tuple(0, null, true), tuple(0, null, true));
        List<ParkedEvent> rest = subscriptions
                .parked(made.id(), ParkedEventFilter.ALL, 3, first.next())
                .items();
        assertThat(rest).extracting(ParkedEvent::eventType).containsExactly("y.made");
        assertThat(filtered(made, ParkedEventFilter.ALL.failed(true))).hasSize(2);
        assertThat(filtered(made, ParkedEventFilter.ALL.failed(false))).hasSize(2);
        assertThat(filtered(made, ParkedEventFilter.ALL.type("y.made"))).isEqualTo(rest);
        assertThat(filtered(made, ParkedEventFilter.ALL.aggregate(aggregate, "y")))
                .isEqualTo(rest);
        assertThat(filtered(made, ParkedEventFilter.ALL.aggregate(aggregate, null)))
                .hasSize(4);
        assertThat(filtered(made, ParkedEventFilter.ALL.event(rest.get(0).eventId())))
                .isEqualTo(rest);
        assertThat(filtered(made, ParkedEventFilter.ALL.retrying(true))).isEmpty();
        assertThat(subscriptions.lag(made.id()).parked()).isEqualTo(4);
    }

    private List<ParkedEvent> filtered(EventSubscription subscription, ParkedEventFilter filter) {
        return subscriptions.parked(subscription.id(), filter, 100, null).items();
    }
}
