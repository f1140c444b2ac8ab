package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.TxOptions;
import dev.evalstore.event.EventLag.HoldUp;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a lease gives, and what becomes of it. Each test has aggregates of its own. */
class EventPullTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final Jdbc jdbc = db.events().jdbc();
    private final EventSubscriptionRepository subscriptions = db.events().subscriptions();
    private final String aggregates = "a" + UUID.randomUUID();

    private NewDomainEvent event(String aggregate, String type) {
        return NewDomainEvent.of(type, aggregates, aggregate);
    }

    private long append(String aggregate, String type) {
        return db.events().append(event(aggregate, type)).position();
    }

    private NewEventSubscription given() {
        return NewEventSubscription.of("s-" + UUID.randomUUID(), EventDelivery.PULL)
                .aggregateTypes(aggregates);
    }

    private EventSubscription subscribe(NewEventSubscription given) {
        return subscriptions.subscribe(given).subscription();
    }

    private EventSubscription subscribe() {
        return subscribe(given());
    }

    private PulledEvents next(EventSubscription subscription, int limit) {
        return db.events().next(subscription.name(), limit).orElseThrow();
    }

    private void acknowledge(PulledEvents pulled) {
        db.events().acknowledge(pulled.lease(), pulled.lease().upTo());
    }

    /** All that can be had, and acknowledges it. */
    private List<String> drain(EventSubscription subscription) {
        List<String> types = new ArrayList<>();
        while (true) {
            Optional<PulledEvents> pulled = db.events().next(subscription.name(), 100);
            if (pulled.isEmpty()) {
                return types;
            }
            pulled.get().events().forEach(event -> types.add(event.eventType()));
            acknowledge(pulled.get());
        }
    }

    private EventFailure fail(EventSubscription subscription) {
        PulledEvents pulled = next(subscription, 10);
        return db.events().fail(pulled.lease(), pulled.events().get(0), "on purpose", Duration.ZERO);
    }

    private void expire(EventLease lease) {
        database.admin("update evalstore.event_cursors set expires_at = statement_timestamp() where subscription_id = '"
                + lease.subscriptionId() + "'");
    }

    @Test
    void events_come_in_order_by_batches_and_once() {
        EventSubscription subscription = subscribe();
        List<Long> positions =
                IntStream.range(0, 5).mapToObj(i -> append("x", "e" + i)).toList();

        PulledEvents first = next(subscription, 3);
        assertThat(first.events()).extracting(DomainEvent::position).isEqualTo(positions.subList(0, 3));
        assertThat(db.events().next(subscription.name(), 3)).as("leased").isEmpty();
        db.events().acknowledge(first.lease(), positions.get(1));

        assertThat(drain(subscription)).containsExactly("e2", "e3", "e4");
        assertThat(subscriptions.lag(subscription.id()).cursor().position()).isGreaterThanOrEqualTo(positions.get(4));
    }

    @Test
    void only_wanted_types_come() {
        EventSubscription types = subscribe(given().eventTypes("one", "two"));
        append("x", "one");
        append("x", "other");
        db.events().append(NewDomainEvent.of("one", aggregates + "-not", "x"));
        append("y", "two");

        assertThat(drain(types)).containsExactly("one", "two");
    }

    /** More events than a read looks at, none of them wanted. */
    @Test
    void a_rare_type_is_found_behind_many_others_by_reads_of_bounded_size() {
        EventSubscription rare = subscribe(given().eventTypes("rare"));
        db.events().appendAll(Collections.nCopies(25_000, event("x", "common")));
        long found = append("x", "rare");
        EventLease lease =
                EventLeases.claimPull(jdbc, rare.name(), "test", MINUTE).orElseThrow();

        LeasedEvents first = EventLeases.read(jdbc, lease, 10);
        assertThat(first.events()).isEmpty();
        assertThat(first.more()).isTrue();
        long cursor = subscriptions.lag(rare.id()).cursor().position();
        assertThat(first.upTo()).isEqualTo(cursor).isEqualTo(lease.position() + 10_000);
        EventLeases.release(jdbc, lease);

        assertThat(next(rare, 10).events()).extracting(DomainEvent::position).containsExactly(found);
    }

    /** An idle subscription costs no write: it is not even leased. */
    @Test
    void a_subscription_without_anything_to_give_is_not_leased() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        assertThat(drain(subscription)).containsExactly("one");
        Long token = subscriptions.lag(subscription.id()).cursor().token();

        assertThat(db.events().next(subscription.name(), 1)).isEmpty();

        assertThat(subscriptions.lag(subscription.id()).cursor().token()).isEqualTo(token);
    }

    @Test
    void an_event_that_commits_late_is_not_passed_over_and_holds_up_only_what_comes_after_it() throws Exception {
        EventSubscription subscription = subscribe();
        long before = append("x", "before");
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> late = writer.submit(() -> db.inTransaction(tx -> {
                tx.events().append(event("late", "late"));
                written.countDown();
                mayCommit.await();
                return true;
            }));
            written.await();
            append("x", "after");

            assertThat(drain(subscription)).containsExactly("before");
            EventLag lag = subscriptions.lag(subscription.id());
            assertThat(lag.holdUp()).isEqualTo(HoldUp.OPEN_TRANSACTION);
            assertThat(lag.writers()).hasSize(1);
            assertThat(lag.events()).isOne();
            assertThat(lag.settled()).isEqualTo(before);

            mayCommit.countDown();
            late.get();
            assertThat(drain(subscription)).containsExactly("late", "after");
            assertThat(subscriptions.lag(subscription.id()).holdUp()).isEqualTo(HoldUp.NOTHING);
        } finally {
            mayCommit.countDown();
            writer.shutdown();
        }
    }

    @Test
    void a_transaction_that_has_written_no_event_holds_nobody_up() {
        EventSubscription subscription = subscribe();
        db.inTransaction(tx -> {
            assertThat(tx.locks().tryAcquire("lock-" + aggregates, "test", MINUTE))
                    .isPresent();
            append("x", "one");
            assertThat(drain(subscription)).containsExactly("one");
            return true;
        });
    }

    @Test
    void the_lag_says_how_much_is_missing_since_when_and_why() {
        EventSubscription subscription = subscribe(given().maxFailures(2));
        assertThat(subscriptions.lag(subscription.id()).holdUp()).isEqualTo(HoldUp.NOTHING);
        append("x", "one");
        append("x", "two");

        EventLag lag = subscriptions.lag(subscription.id());
        assertThat(lag.events()).isEqualTo(2);
        assertThat(lag.age()).isBetween(Duration.ZERO, MINUTE);
        assertThat(lag.holdUp()).isEqualTo(HoldUp.NO_CONSUMER);

        PulledEvents pulled = next(subscription, 1);
        assertThat(subscriptions.lag(subscription.id()).holdUp()).isEqualTo(HoldUp.LEASED);
        expire(pulled.lease());
        assertThat(subscriptions.lag(subscription.id()).holdUp()).isEqualTo(HoldUp.NO_CONSUMER);
        EventFailure failure = db.events().fail(pulled.lease(), pulled.events().get(0), "on purpose", MINUTE);
        assertThat(failure.decision()).isEqualTo(EventDecision.RETRY);
        assertThat(failure.retryAt()).isNotNull();
        EventLag failed = subscriptions.lag(subscription.id());
        assertThat(failed.holdUp()).isEqualTo(HoldUp.PAUSE_AFTER_FAILURE);
        assertThat(failed.cursor().lastError()).isEqualTo("on purpose");
        assertThat(failed.cursor().retryAt()).isEqualTo(failure.retryAt());
        assertThat(db.events().next(subscription.name(), 1)).as("in its pause").isEmpty();

        subscriptions.pause(subscription.id());
        assertThat(subscriptions.lag(subscription.id()).holdUp()).isEqualTo(HoldUp.DISABLED);
        subscriptions.resume(subscription.id());
        assertThat(drain(subscription)).containsExactly("one", "two");
    }

    @Test
    void another_takes_an_expired_lease_and_the_stale_one_is_refused_by_its_token() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        PulledEvents stale = next(subscription, 1);
        expire(stale.lease());
        EventLease extended = db.events().extend(stale.lease(), MINUTE);
        assertThat(db.events().next(subscription.name(), 1))
                .as("extended after all")
                .isEmpty();
        assertThat(extended.expiresAt()).isAfter(stale.lease().expiresAt());
        expire(stale.lease());

        PulledEvents fresh = next(subscription, 1);
        assertThat(fresh.events()).isEqualTo(stale.events());
        assertThat(fresh.lease().token()).isGreaterThan(stale.lease().token());

        long position = stale.lease().upTo();
        EventLease old = stale.lease();
        assertThatThrownBy(() -> db.events().acknowledge(old, position)).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> db.events().extend(old, MINUTE)).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> db.events().fail(old, stale.events().get(0), "late", MINUTE))
                .isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> EventLeases.advance(jdbc, old, position)).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> EventLeases.read(jdbc, old, 1)).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> EventLeases.disable(jdbc, old, DisabledReason.GONE))
                .isInstanceOf(LeaseLostException.class);
        assertThat(db.events().release(old)).isFalse();
        acknowledge(fresh);
    }

    /** The lease is the row's: the clock says only that another may take it. */
    @Test
    void an_expired_lease_that_nobody_took_still_acknowledges() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        PulledEvents pulled = next(subscription, 1);
        expire(pulled.lease());
        acknowledge(pulled);
        assertThat(drain(subscription)).isEmpty();
    }

    @Test
    void an_acknowledgement_whose_answer_was_lost_may_be_sent_again() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        PulledEvents pulled = next(subscription, 1);
        acknowledge(pulled);
        acknowledge(pulled);
        append("x", "two");
        PulledEvents second = next(subscription, 1);
        assertThatThrownBy(() -> acknowledge(pulled)).isInstanceOf(LeaseLostException.class);
        acknowledge(second);
    }

    @Test
    void a_released_lease_gives_its_events_again_at_once() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        PulledEvents pulled = next(subscription, 1);
        assertThat(db.events().release(pulled.lease())).isTrue();
        assertThat(db.events().release(pulled.lease())).isFalse();
        assertThat(next(subscription, 1).events()).isEqualTo(pulled.events());
    }

    @Test
    void effects_in_the_transaction_of_the_acknowledgement_happen_with_it_or_not_at_all() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        PulledEvents pulled = next(subscription, 1);
        String effect = "effect-" + aggregates;
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.events().append(NewDomainEvent.of("effect", effect, "x"));
                    tx.events().acknowledge(pulled.lease(), pulled.lease().upTo());
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(db.events().count(EventFilter.ALL.aggregate(effect, null))).isZero();
        assertThat(db.events().release(pulled.lease())).as("still held").isTrue();

        PulledEvents again = next(subscription, 1);
        db.inTransaction(tx -> {
            tx.events().append(NewDomainEvent.of("effect", effect, "x"));
            tx.events().acknowledge(again.lease(), again.lease().upTo());
            return true;
        });
        assertThat(db.events().count(EventFilter.ALL.aggregate(effect, null))).isOne();
        assertThat(drain(subscription)).isEmpty();
    }

    @Test
    void more_than_was_handed_out_cannot_be_acknowledged() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        DomainEvent second = db.events().append(event("x", "two"));
        PulledEvents pulled = next(subscription, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> db.events().acknowledge(pulled.lease(), second.position()))
                .withMessageStartingWith("position ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> db.events().acknowledge(pulled.lease(), -1))
                .withMessageStartingWith("position ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> db.events().fail(pulled.lease(), second, "x", MINUTE))
                .withMessageStartingWith("event ");
        db.events().release(pulled.lease());
    }

    @Test
    void a_batch_ends_by_its_size_and_the_next_goes_on_where_it_ended() {
        EventSubscription subscription = subscribe();
        Random random = new Random(1);
        List<Long> positions = IntStream.range(0, 12)
                .mapToObj(i -> db.events()
                        .append(event("x", "large" + i)
                                .payload(Json.of(Map.of("noise", noise(random, i == 3 ? 900_000 : 300_000)))))
                        .position())
                .toList();
        List<Long> given = new ArrayList<>();
        int batches = 0;
        for (; given.size() < positions.size(); batches++) {
            PulledEvents some = next(subscription, 1_000);
            some.events().forEach(event -> given.add(event.position()));
            acknowledge(some);
        }
        assertThat(given).isEqualTo(positions);
        assertThat(batches).isGreaterThan(3);
    }

    private static String noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes).substring(0, length);
    }

    @Test
    void only_an_event_that_the_lease_gave_can_fail() {
        EventSubscription subscription =
                subscribe(given().eventTypes("one", "two").maxFailures(1));
        DomainEvent first = db.events().append(event("x", "one"));
        DomainEvent unwanted = db.events().append(event("y", "other"));
        db.events().append(event("x", "two"));
        EventLease both = next(subscription, 10).lease();
        failingIsRefused(both, unwanted);
        db.events().acknowledge(both, first.position());

        EventLease second = next(subscription, 10).lease();
        failingIsRefused(second, first);
        db.events().release(second);

        assertThat(parked(subscription)).isEmpty();
        assertThat(drain(subscription)).containsExactly("two");
    }

    private void failingIsRefused(EventLease lease, DomainEvent event) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> db.events().fail(lease, event, "x", MINUTE))
                .withMessage("event must be one that was handed out under the lease");
    }

    @Test
    void a_joined_transaction_of_another_isolation_is_refused() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        EventLease lease =
                EventLeases.claimPull(jdbc, subscription.name(), "test", MINUTE).orElseThrow();
        assertThatIllegalStateException()
                .isThrownBy(() -> db.inTransaction(
                        TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ),
                        tx -> EventLeases.read(tx.events().jdbc(), lease, 1)))
                .withMessageContaining("repeatable read");
        assertThatIllegalStateException()
                .isThrownBy(() -> db.inTransaction(
                        TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ),
                        tx -> tx.events().subscriptions().rewind(subscription.id(), Instant.EPOCH)))
                .withMessageContaining("repeatable read");
        assertThatIllegalStateException()
                .isThrownBy(() -> db.inTransaction(tx -> tx.events().next(subscription.name(), 1)))
                .withMessageContaining("transaction");
    }

    @Test
    void a_rewind_by_position_delivers_again_what_comes_after_and_takes_the_lease_away() {
        EventSubscription subscription = subscribe();
        long one = append("x", "one");
        append("x", "two");
        append("x", "three");
        assertThat(drain(subscription)).hasSize(3);
        append("x", "four");
        PulledEvents pulled = next(subscription, 1);

        assertThat(subscriptions.rewind(subscription.id(), one)).isEqualTo(one);

        assertThatThrownBy(() -> acknowledge(pulled)).isInstanceOf(LeaseLostException.class);
        assertThat(drain(subscription)).containsExactly("two", "three", "four");
        long last = append("x", "five");
        assertThat(subscriptions.rewind(subscription.id(), Long.MAX_VALUE)).isEqualTo(last);
        assertThat(drain(subscription)).isEmpty();
    }

    @Test
    void a_rewind_by_time_delivers_again_what_was_written_since_and_what_is_not_committed_yet() throws Exception {
        EventSubscription subscription = subscribe();
        append("x", "old");
        Instant since = jdbc.now().plusMillis(1);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            while (!jdbc.now().isAfter(since)) {
                Thread.onSpinWait();
            }
            Future<?> late = writer.submit(() -> db.inTransaction(tx -> {
                tx.events().append(event("late", "late"));
                written.countDown();
                mayCommit.await();
                return true;
            }));
            written.await();
            append("x", "new");
            subscriptions.rewind(subscription.id(), since);
            mayCommit.countDown();
            late.get();
        } finally {
            mayCommit.countDown();
            writer.shutdown();
        }
        assertThat(drain(subscription)).containsExactly("late", "new");

        subscriptions.rewind(subscription.id(), since);
        assertThat(drain(subscription)).containsExactly("late", "new");
        subscriptions.rewind(subscription.id(), Instant.parse("2999-01-01T00:00:00Z"));
        assertThat(drain(subscription)).isEmpty();
    }

    @Test
    void an_event_fails_until_its_subscription_decides_and_the_count_is_of_one_event() {
        EventSubscription subscription = subscribe(given().maxFailures(3));
        append("x", "one");
        append("y", "two");
        assertThat(fail(subscription))
                .extracting(EventFailure::decision, EventFailure::failures)
                .containsExactly(EventDecision.RETRY, 1);
        assertThat(fail(subscription))
                .extracting(EventFailure::decision, EventFailure::failures)
                .containsExactly(EventDecision.RETRY, 2);
        PulledEvents pulled = next(subscription, 2);
        // The first one succeeds now, and the second fails for the first time.
        assertThat(db.events().fail(pulled.lease(), pulled.events().get(1), "on purpose", Duration.ZERO))
                .extracting(EventFailure::decision, EventFailure::failures)
                .containsExactly(EventDecision.RETRY, 1);
        assertThat(next(subscription, 2).events())
                .extracting(DomainEvent::eventType)
                .containsExactly("two");
    }

    @Test
    void a_parked_event_parks_the_later_ones_of_its_aggregate_and_no_other() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("y", "y1");
        append("x", "x2");
        assertThat(fail(subscription).decision()).isEqualTo(EventDecision.PARKED);

        assertThat(drain(subscription)).containsExactly("y1");
        append("x", "x3");
        append("y", "y2");
        assertThat(drain(subscription)).containsExactly("y2");
        assertThat(parked(subscription)).containsExactly("x1", "x2", "x3");
    }

    private List<String> parked(EventSubscription subscription) {
        return subscriptions.parked(subscription.id(), ParkedEventFilter.ALL, 100, null).items().stream()
                .map(ParkedEvent::eventType)
                .toList();
    }

    @Test
    void a_skipped_event_is_set_aside_alone() {
        EventSubscription subscription = subscribe(given().maxFailures(1).onPoison(OnPoison.SKIP));
        append("x", "x1");
        append("x", "x2");
        assertThat(fail(subscription).decision()).isEqualTo(EventDecision.SKIPPED);

        assertThat(drain(subscription)).containsExactly("x2");
        assertThat(parked(subscription)).containsExactly("x1");
        assertThat(subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL))
                .isOne();
        assertThat(drain(subscription)).containsExactly("x1");
        assertThat(parked(subscription)).isEmpty();
    }

    @Test
    void a_subscription_that_stops_is_disabled_and_resumes_with_the_event() {
        EventSubscription subscription = subscribe(given().maxFailures(2).onPoison(OnPoison.STOP));
        append("x", "x1");
        fail(subscription);
        EventFailure failure = fail(subscription);

        assertThat(failure.decision()).isEqualTo(EventDecision.STOPPED);
        assertThat(failure.retryAt()).isNull();
        EventSubscription stopped = subscriptions.get(subscription.id());
        assertThat(stopped.enabled()).isFalse();
        assertThat(stopped.disabledReason()).isEqualTo(DisabledReason.POISON);
        EventCursor cursor = subscriptions.lag(subscription.id()).cursor();
        assertThat(List.of(cursor.failureCount(), String.valueOf(cursor.lastError()), cursor.owner() == null))
                .containsExactly(2, "on purpose", true);

        subscriptions.resume(subscription.id());
        assertThat(subscriptions.lag(subscription.id()).cursor().failureCount()).isZero();
        assertThat(drain(subscription)).containsExactly("x1");
    }

    @Test
    void a_retry_delivers_the_parked_ones_of_an_aggregate_in_order_before_newer_ones() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("x", "x2");
        append("z", "z1");
        fail(subscription);
        drain(subscription);
        append("x", "x3");
        UUID second = subscriptions
                .parked(subscription.id(), ParkedEventFilter.ALL.type("x2"), 1, null)
                .items()
                .get(0)
                .eventId();

        assertThat(subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL.event(second)))
                .as("the whole aggregate")
                .isEqualTo(2);

        PulledEvents retried = next(subscription, 1);
        assertThat(retried.events()).extracting(DomainEvent::eventType).containsExactly("x1");
        acknowledge(retried);
        assertThat(drain(subscription)).containsExactly("x2", "x3");
        assertThat(parked(subscription)).isEmpty();
    }

    @Test
    void a_retried_event_that_fails_again_is_parked_again_with_those_behind_it() {
        EventSubscription subscription = subscribe(given().maxFailures(5));
        append("x", "x1");
        append("x", "x2");
        append("x", "x3");
        PulledEvents all = next(subscription, 10);
        assertThat(EventLeases.poisoned(jdbc, all.lease(), all.events().get(0), "hopeless"))
                .extracting(EventFailure::decision, EventFailure::failures)
                .containsExactly(EventDecision.PARKED, 1);
        db.events().release(all.lease());
        assertThat(drain(subscription)).isEmpty();
        subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL);

        PulledEvents retried = next(subscription, 10);
        assertThat(retried.events()).extracting(DomainEvent::eventType).containsExactly("x1", "x2", "x3");
        // x1 is delivered, and x2 fails.
        EventLeases.advance(jdbc, retried.lease(), retried.events().get(0).position());
        assertThat(db.events().fail(retried.lease(), retried.events().get(1), "again", Duration.ZERO))
                .extracting(EventFailure::decision, EventFailure::failures)
                .containsExactly(EventDecision.PARKED, 1);

        assertThat(drain(subscription)).isEmpty();
        assertThat(subscriptions
                        .parked(subscription.id(), ParkedEventFilter.ALL, 10, null)
                        .items())
                .extracting(ParkedEvent::eventType, ParkedEvent::attempts, ParkedEvent::error, ParkedEvent::retrying)
                .containsExactly(tuple("x2", 1, "again", false), tuple("x3", 0, null, false));
    }

    @Test
    void what_was_delivered_of_retried_events_before_one_fails_is_parked_no_more() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("y", "y1");
        fail(subscription);
        fail(subscription);
        subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL);

        PulledEvents retried = next(subscription, 10);
        db.events().fail(retried.lease(), retried.events().get(1), "again", Duration.ZERO);

        assertThat(parked(subscription)).containsExactly("y1");
    }

    @Test
    void marked_for_a_retry_after_others_were_handed_out_stays_when_those_are_acknowledged() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("y", "y1");
        fail(subscription);
        fail(subscription);
        subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL.type("y1"));
        PulledEvents retried = next(subscription, 10);
        assertThat(retried.events()).extracting(DomainEvent::eventType).containsExactly("y1");
        subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL.type("x1"));

        acknowledge(retried);

        assertThat(drain(subscription)).containsExactly("x1");
    }

    @Test
    void a_dropped_event_is_not_delivered_and_what_waited_behind_it_is() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("x", "x2");
        fail(subscription);
        assertThat(drain(subscription)).isEmpty();

        assertThat(subscriptions.dropParked(subscription.id(), ParkedEventFilter.ALL.type("x2")))
                .isOne();
        append("x", "x3");
        assertThat(drain(subscription)).as("behind x1 still").isEmpty();
        assertThat(subscriptions.dropParked(subscription.id(), ParkedEventFilter.ALL.failed(true)))
                .isOne();
        assertThat(drain(subscription)).containsExactly("x3");
        assertThat(parked(subscription)).isEmpty();
    }

    /** What a read has parked before the cursor passed it is parked, and is read once the one before it is dropped. */
    @Test
    void a_drop_while_events_are_handed_out_loses_none() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("x", "x2");
        append("y", "y1");
        fail(subscription);
        PulledEvents pulled = next(subscription, 10);
        assertThat(pulled.events()).extracting(DomainEvent::eventType).containsExactly("y1");
        assertThat(parked(subscription)).containsExactly("x1", "x2");

        assertThat(subscriptions.dropParked(subscription.id(), ParkedEventFilter.ALL))
                .isOne();
        acknowledge(pulled);

        assertThat(drain(subscription)).containsExactly("x2");
    }

    @Test
    void a_rewind_forgets_parked_events_after_its_position_and_keeps_those_before() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        long x1 = append("x", "x1");
        append("y", "y1");
        fail(subscription);
        fail(subscription);
        append("x", "x2");

        subscriptions.rewind(subscription.id(), x1);

        assertThat(parked(subscription)).containsExactly("x1");
        assertThat(drain(subscription)).containsExactly("y1");
        subscriptions.rewind(subscription.id(), x1 - 1);
        assertThat(drain(subscription)).containsExactly("x1", "y1", "x2");
    }

    @Test
    void a_parked_event_whose_month_is_gone_is_forgotten_when_it_is_retried() {
        EventSubscription subscription = subscribe(given().maxFailures(1));
        append("x", "x1");
        append("x", "x2");
        fail(subscription);
        drain(subscription);
        database.admin("set session_replication_role = replica;"
                + " delete from evalstore.domain_events where event_type = 'x1' and aggregate_type = '" + aggregates
                + "'");

        subscriptions.retryParked(subscription.id(), ParkedEventFilter.ALL);

        assertThat(drain(subscription)).containsExactly("x2");
        assertThat(parked(subscription)).isEmpty();
    }

    @Test
    void a_pause_meanwhile_ends_the_lease_at_its_next_read_and_what_was_read_is_acknowledged() {
        EventSubscription subscription = subscribe();
        long one = append("x", "one");
        EventLease lease =
                EventLeases.claimPull(jdbc, subscription.name(), "test", MINUTE).orElseThrow();
        assertThat(EventLeases.read(jdbc, lease, 1).events()).hasSize(1);
        subscriptions.pause(subscription.id());
        EventLeases.advance(jdbc, lease, one);
        append("x", "two");

        assertThatThrownBy(() -> EventLeases.read(jdbc, lease, 1)).isInstanceOf(LeaseLostException.class);

        assertThat(subscriptions.lag(subscription.id()).cursor().owner()).isNull();
        subscriptions.resume(subscription.id());
        assertThat(drain(subscription)).containsExactly("two");
    }

    @Test
    void what_the_receiver_wants_no_more_is_disabled() {
        EventSubscription subscription = subscribe();
        append("x", "one");
        PulledEvents pulled = next(subscription, 1);
        EventLeases.disable(jdbc, pulled.lease(), DisabledReason.GONE);
        assertThat(subscriptions.get(subscription.id()).disabledReason()).isEqualTo(DisabledReason.GONE);
        assertThat(subscriptions.lag(subscription.id()).cursor().owner()).isNull();
    }

    @Test
    void claims_by_name_and_by_delivery_take_each_in_turn_and_leave_pulled_ones_alone() {
        String first = subscribe(NewEventSubscription.of("h1-" + aggregates, EventDelivery.HANDLER))
                .name();
        String second = subscribe(NewEventSubscription.of("h2-" + aggregates, EventDelivery.HANDLER))
                .name();
        String pulled = subscribe().name();
        List<String> names = List.of(first, second, pulled);
        append("x", "one");

        EventLease one = EventLeases.claim(jdbc, names, "test", MINUTE).orElseThrow();
        EventLease two = EventLeases.claim(jdbc, names, "test", MINUTE).orElseThrow();
        assertThat(List.of(one.subscription(), two.subscription())).containsExactlyInAnyOrder(first, second);
        assertThat(EventLeases.claim(jdbc, names, "test", MINUTE)).isEmpty();
        EventLeases.release(jdbc, two);
        EventLeases.release(jdbc, one);
        assertThat(EventLeases.claim(jdbc, names, "test", MINUTE))
                .hasValueSatisfying(again -> assertThat(again.subscription()).isEqualTo(one.subscription()));
        assertThat(EventLeases.claimDelivery(jdbc, Set.of(EventDelivery.HANDLER), "test", MINUTE))
                .hasValueSatisfying(again -> assertThat(again.subscription()).isEqualTo(two.subscription()));
        assertThat(EventLeases.claimDelivery(jdbc, Set.of(EventDelivery.JOB), "test", MINUTE))
                .isEmpty();
    }

    @Test
    void of_many_consumers_at_once_one_has_the_lease_and_each_event_is_acknowledged_once() throws Exception {
        EventSubscription subscription = subscribe();
        int count = 400;
        db.events().appendAll(Collections.nCopies(count, event("x", "one")));
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        ExecutorService consumers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> done = IntStream.range(0, 4)
                    .mapToObj(i -> consumers.submit(() -> {
                        int acknowledged = 0;
                        while (seen.size() < count) {
                            Optional<PulledEvents> pulled = db.events().next(subscription.name(), 25);
                            if (pulled.isPresent()) {
                                pulled.get()
                                        .events()
                                        .forEach(event -> assertThat(seen.add(event.position()))
                                                .isTrue());
                                acknowledged += pulled.get().events().size();
                                acknowledge(pulled.get());
                            }
                        }
                        return acknowledged;
                    }))
                    .toList();
            int sum = 0;
            for (Future<Integer> one : done) {
                sum += one.get();
            }
            assertThat(sum).isEqualTo(count);
        } finally {
            consumers.shutdown();
        }
    }
}
