package dev.evalstore.event;

import static dev.evalstore.event.DispatcherTestKit.leaseWebhook;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.Backoff;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** Webhooks from the event in the table to the receiver, and back to the cursor. */
@Timeout(120)
class WebhookDeliveryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final WebhookOptions LOCAL = WebhookOptions.DEFAULT.allowed(InetAddress::isLoopbackAddress);

    private final Database db = database.db();
    private final EventSubscriptionRepository subscriptions = db.events().subscriptions();
    private final String aggregateType = "t" + UUID.randomUUID();

    @BeforeEach
    void onlyTheTestsOwn() {
        subscriptions
                .list(EventSubscriptionFilter.ALL, 100, null)
                .items()
                .forEach(old -> assertThat(subscriptions.delete(old.id())).isTrue());
    }

    private static EventDispatcher.Builder dispatcher(Database on) {
        return EventDispatcher.on(on)
                .webhooks(LOCAL)
                .poll(Duration.ofMillis(5), Duration.ofMillis(20))
                .backoff(Backoff.NONE);
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5));
    }

    private NewEventSubscription to(WebhookReceiver receiver) {
        return NewEventSubscription.of("hooks-" + UUID.randomUUID(), EventDelivery.WEBHOOK)
                .aggregateTypes(aggregateType)
                .endpoint(receiver.url("/hook"));
    }

    private List<String> append(int number) {
        List<NewDomainEvent> events = IntStream.range(0, number)
                .mapToObj(i ->
                        NewDomainEvent.of("thing.changed", aggregateType, "a").payload(Json.of(Map.of("number", i))))
                .toList();
        db.events().appendAll(events);
        List<String> ids = new ArrayList<>();
        db.events()
                .ofAggregate(aggregateType, "a", number, null)
                .items()
                .forEach(event -> ids.add(0, event.id().toString()));
        return ids;
    }

    private static void ok(OutputStream out) throws Exception {
        out.write(WebhookReceiver.OK.getBytes(StandardCharsets.US_ASCII));
    }

    private static void answer(OutputStream out, String head) throws Exception {
        out.write((head + "\r\ncontent-length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static List<String> ids(WebhookReceiver receiver) {
        return receiver.requests().stream()
                .map(request -> request.header("webhook-id"))
                .toList();
    }

    @Test
    void events_arrive_signed_in_order_and_once() {
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> ok(out))) {
            IssuedSubscription issued = subscriptions.subscribe(to(receiver));
            List<String> ids = append(20);
            try (EventDispatcher dispatcher = dispatcher(db).start()) {
                eventually()
                        .until(() ->
                                subscriptions.lag(issued.subscription().id()).events() == 0);
                assertThat(dispatcher.running()).isNotNegative();
            }
            assertThat(ids(receiver)).isEqualTo(ids);
            WebhookVerifier verifier = WebhookVerifier.of(issued.secret());
            assertThat(receiver.requests())
                    .allSatisfy(request -> assertThat(verifier.verify(request::header, request.body()))
                            .hasValueSatisfying(message -> assertThat(
                                            Json.parse(message.body()).asMap())
                                    .containsEntry("type", "thing.changed")
                                    .containsEntry("aggregateId", "a")
                                    .containsEntry("id", request.header("webhook-id"))));
        }
    }

    @Test
    void a_secret_is_rotated_without_a_gap_and_the_old_one_ends() {
        AtomicReference<String> known = new AtomicReference<>();
        List<Boolean> good = new CopyOnWriteArrayList<>();
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> {
            good.add(WebhookVerifier.of(known.get())
                    .verify(request::header, request.body())
                    .isPresent());
            ok(out);
        })) {
            IssuedSubscription old = subscriptions.subscribe(to(receiver));
            UUID id = old.subscription().id();
            known.set(old.secret());
            try (EventDispatcher dispatcher = dispatcher(db).start()) {
                append(2);
                eventually().until(() -> good.size() == 2);
                IssuedSubscription rotated = subscriptions.rotateSecret(id, Duration.ofHours(1));
                append(2);
                eventually().until(() -> good.size() == 4);
                known.set(rotated.secret());
                append(2);
                eventually().until(() -> good.size() == 6);
                assertThat(good).doesNotContain(false);
                assertThat(receiver.requests().get(5).header("webhook-signature"))
                        .matches("v1,\\S{44} v1,\\S{44}");

                // The overlap is over at once.
                IssuedSubscription last = subscriptions.rotateSecret(id, Duration.ZERO);
                append(1);
                eventually().until(() -> good.size() == 7);
                assertThat(good.get(6)).isFalse();
                assertThat(receiver.requests().get(6).header("webhook-signature"))
                        .matches("v1,\\S{44}");
                assertThat(WebhookVerifier.of(last.secret())
                                .verify(
                                        receiver.requests().get(6)::header,
                                        receiver.requests().get(6).body()))
                        .isPresent();
                assertThat(dispatcher.running()).isNotNegative();
            }
        }
    }

    @Test
    void gone_disables_the_subscription_and_what_was_not_delivered_waits() {
        AtomicInteger status = new AtomicInteger(410);
        try (WebhookReceiver receiver =
                WebhookReceiver.answering((request, out) -> answer(out, "HTTP/1.1 " + status.get() + " x"))) {
            EventSubscription subscription =
                    subscriptions.subscribe(to(receiver)).subscription();
            List<String> ids = append(3);
            try (EventDispatcher dispatcher = dispatcher(db).start()) {
                eventually().until(() -> !subscriptions.get(subscription.id()).enabled());
                EventSubscription disabled = subscriptions.get(subscription.id());
                assertThat(disabled.disabledReason()).isEqualTo(DisabledReason.GONE);
                assertThat(ids(receiver)).containsExactly(ids.get(0));
                assertThat(subscriptions.lag(subscription.id()).events()).isEqualTo(3);
                assertThat(subscriptions
                                .parked(subscription.id(), ParkedEventFilter.ALL, 10, null)
                                .items())
                        .isEmpty();

                status.set(204);
                subscriptions.resume(subscription.id());
                eventually().until(() -> subscriptions.lag(subscription.id()).events() == 0);
                assertThat(dispatcher.running()).isNotNegative();
            }
            assertThat(ids(receiver)).containsExactly(ids.get(0), ids.get(0), ids.get(1), ids.get(2));
        }
    }

    @Test
    void retry_after_is_heeded_and_holds_up_no_other_subscription() {
        List<Long> at = new CopyOnWriteArrayList<>();
        try (WebhookReceiver limits = WebhookReceiver.answering((request, out) -> {
                    at.add(System.nanoTime());
                    answer(out, at.size() == 1 ? "HTTP/1.1 429 no\r\nretry-after: 1" : "HTTP/1.1 204 ok");
                });
                WebhookReceiver waits = WebhookReceiver.answering(
                        (request, out) -> answer(out, "HTTP/1.1 503 no\r\nretry-after: 9999"));
                WebhookReceiver other = WebhookReceiver.answering((request, out) -> ok(out))) {
            UUID limited = subscriptions.subscribe(to(limits)).subscription().id();
            UUID waiting = subscriptions.subscribe(to(waits)).subscription().id();
            UUID free = subscriptions.subscribe(to(other)).subscription().id();
            append(3);
            try (EventDispatcher dispatcher = dispatcher(db)
                    .webhooks(LOCAL.maxRetryAfter(Duration.ofHours(2)))
                    .start()) {
                eventually().until(() -> subscriptions.lag(free).events() == 0);
                eventually().until(() -> subscriptions.lag(limited).events() == 0);
                eventually().until(() -> subscriptions.lag(waiting).cursor().retryAt() != null);
                assertThat(dispatcher.running()).isNotNegative();
            }
            assertThat(TimeUnit.NANOSECONDS.toMillis(at.get(1) - at.get(0))).isGreaterThanOrEqualTo(1_000);
            assertThat(other.requests()).hasSize(3);
            assertThat(waits.requests()).hasSize(1);
            EventCursor cursor = subscriptions.lag(waiting).cursor();
            assertThat(cursor.failureCount()).isEqualTo(1);
            assertThat(cursor.lastError()).isEqualTo("the receiver answered 503");
            Instant now = Instant.parse(
                    database.value("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
            // Two hours are the bound; the test takes less than one.
            assertThat(cursor.retryAt()).isBetween(now.plusSeconds(3_600), now.plusSeconds(7_200));
        }
    }

    /** A crash is a pool that is closed while the receiver answers: nothing of that process reaches the database any more. */
    @Test
    void an_event_is_sent_twice_only_after_a_crash_between_answer_and_cursor() {
        List<Integer> crashes = List.of(3, 8);
        Map<String, Integer> sent = new HashMap<>();
        List<String> order = new CopyOnWriteArrayList<>();
        AtomicReference<Database> running = new AtomicReference<>();
        List<String> crashedAt = new CopyOnWriteArrayList<>();
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> {
            order.add(request.header("webhook-id"));
            if (crashes.contains(order.size())) {
                crashedAt.add(request.header("webhook-id"));
                running.get().close();
            }
            ok(out);
        })) {
            UUID id = subscriptions.subscribe(to(receiver)).subscription().id();
            List<String> ids = append(10);
            for (int process = 0; process <= crashes.size(); process++) {
                int crashesBefore = process;
                Database own = Database.open(database.config().build());
                running.set(own);
                try (EventDispatcher dispatcher = dispatcher(own)
                        .lease(Duration.ofSeconds(1))
                        .drainTimeout(Duration.ZERO)
                        .start()) {
                    eventually()
                            .until(() -> crashedAt.size() > crashesBefore
                                    || subscriptions.lag(id).events() == 0);
                    assertThat(dispatcher.running()).isNotNegative();
                } finally {
                    own.close();
                }
            }
            order.forEach(one -> sent.merge(one, 1, Integer::sum));
            List<String> twice = ids.stream().filter(one -> sent.get(one) > 1).toList();
            assertThat(order.stream().distinct().toList()).isEqualTo(ids);
            assertThat(twice).isEqualTo(crashedAt);
            assertThat(order).hasSize(ids.size() + crashes.size());
        }
    }

    @Test
    void a_process_that_lost_its_lease_is_not_told_where_to_send() {
        try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK)) {
            String name = subscriptions.subscribe(to(receiver)).subscription().name();
            append(1);
            EventLease lost = leaseWebhook(db, name, "paused");
            assertThat(EventLeases.webhook(db.events().jdbc(), lost)).isPresent();

            assertThat(EventLeases.release(db.events().jdbc(), lost)).isTrue();
            assertThat(EventLeases.webhook(db.events().jdbc(), lost)).isEmpty();
            EventLease held = leaseWebhook(db, name, "other");
            assertThat(EventLeases.webhook(db.events().jdbc(), lost)).isEmpty();
            assertThat(EventLeases.webhook(db.events().jdbc(), held)).isPresent();
        }
    }

    @Test
    void an_event_that_is_too_large_is_set_aside_at_once_and_the_others_go_on() {
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> ok(out))) {
            UUID id = subscriptions.subscribe(to(receiver)).subscription().id();
            db.events()
                    .append(NewDomainEvent.of("thing.grew", aggregateType, "large")
                            .payload(Json.of("ä".repeat(999_000))));
            List<String> ids = append(2);
            try (EventDispatcher dispatcher = dispatcher(db).start()) {
                eventually().until(() -> subscriptions.lag(id).events() == 0);
                assertThat(dispatcher.running()).isNotNegative();
            }
            assertThat(ids(receiver)).isEqualTo(ids);
            assertThat(subscriptions.parked(id, ParkedEventFilter.ALL, 10, null).items())
                    .singleElement()
                    .satisfies(parked -> {
                        assertThat(parked.aggregateId()).isEqualTo("large");
                        assertThat(parked.attempts()).isEqualTo(1);
                        assertThat(parked.error()).isEqualTo("the event has more than 1 MiB as a webhook");
                    });
        }
    }

    @Test
    void loopback_is_refused_by_default_and_no_log_row_or_list_has_a_secret() {
        try (LogCapture sql = LogCapture.of("dev.evalstore.sql", Level.TRACE);
                LogCapture log = LogCapture.of(EventDispatcher.class.getName(), Level.TRACE);
                WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> ok(out))) {
            IssuedSubscription issued = subscriptions.subscribe(
                    to(receiver).endpoint(receiver.url("/hook?key=sEcReT")).maxFailures(2));
            UUID id = issued.subscription().id();
            append(1);
            try (EventDispatcher dispatcher =
                    dispatcher(db).webhooks(WebhookOptions.DEFAULT).start()) {
                eventually()
                        .until(() -> !subscriptions
                                .parked(id, ParkedEventFilter.ALL, 10, null)
                                .items()
                                .isEmpty());
                assertThat(dispatcher.running()).isNotNegative();
            }
            assertThat(receiver.connections()).isZero();
            List<ParkedEvent> parked =
                    subscriptions.parked(id, ParkedEventFilter.ALL, 10, null).items();
            assertThat(parked).extracting(ParkedEvent::error).containsExactly("the endpoint's address is not public");
            assertThat(List.of(
                            log.text(),
                            parked.toString(),
                            subscriptions
                                            .list(EventSubscriptionFilter.ALL, 10, null)
                                            .items()
                                    + Json.of(subscriptions.get(id)).text()))
                    .noneMatch(text -> text.contains(issued.secret()));
            assertThat(log.text()).contains("event_subscriptions").doesNotContain("sEcReT");
            assertThat(sql.text()).isEmpty();
        }
    }
}
