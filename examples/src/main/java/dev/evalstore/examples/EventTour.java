package dev.evalstore.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventContext;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.EventFailedException;
import dev.evalstore.event.EventSubscriptionRepository;
import dev.evalstore.event.IssuedSubscription;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.ParkedEventFilter;
import dev.evalstore.event.WebhookMessage;
import dev.evalstore.event.WebhookOptions;
import dev.evalstore.event.WebhookVerifier;
import dev.evalstore.job.Backoff;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Events of two orders, told to four subscriptions: a ledger whose rows commit with its cursor, a mailer that fails twice, a billing
 * that parks what it cannot do, and a partner who gets webhooks.
 */
public final class EventTour {
    private static final String ORDER = "order";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Database db;
    private final EventSubscriptionRepository subscriptions;
    private final PrintStream out;

    private final BlockingQueue<DomainEvent> written = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> mailed = new LinkedBlockingQueue<>();
    private final BlockingQueue<DomainEvent> billed = new LinkedBlockingQueue<>();
    private final BlockingQueue<Optional<WebhookMessage>> received = new LinkedBlockingQueue<>();
    private volatile boolean customerIsKnown;
    private volatile @Nullable WebhookVerifier verifier;

    EventTour(Database db, PrintStream out) {
        this.db = db;
        this.subscriptions = db.events().subscriptions();
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws Exception {
        Usage.require(args.length == 0, "EventTour, without arguments");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new EventTour(db, System.out).run();
        }
    }

    void run() throws IOException, InterruptedException {
        HttpServer partner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        partner.createContext("/orders", this::receive);
        partner.start();
        String run = UUID.randomUUID().toString();
        UUID billing = subscribe("billing-" + run);
        UUID ledger = subscribe("ledger-" + run);
        UUID mailer = subscribe("mailer-" + run);
        IssuedSubscription webhooks =
                subscriptions.subscribe(NewEventSubscription.of("partner-" + run, EventDelivery.WEBHOOK)
                        .eventTypes("order.shipped")
                        .endpoint("http://localhost:" + partner.getAddress().getPort() + "/orders"));
        verifier = WebhookVerifier.of(Objects.requireNonNull(webhooks.secret()));
        EventDispatcher dispatcher = EventDispatcher.on(db)
                .handle("ledger-" + run, this::write)
                .handle("mailer-" + run, this::mail)
                .handle("billing-" + run, this::bill)
                // A receiver in the same process has no public address.
                .webhooks(WebhookOptions.DEFAULT.allowed(InetAddress::isLoopbackAddress))
                .backoff(new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)))
                .start();
        try {
            UUID cause = append(run);
            inOrder();
            failsTwice();
            parked(billing, run);
            webhook();
            say(
                    "correlation",
                    "%d events led from one cause",
                    db.events().byCorrelation(cause, 100, null).items().size());
        } finally {
            dispatcher.close();
            partner.stop(0);
        }
        say(
                "lag",
                "%d events behind, %d parked",
                subscriptions.lag(billing).events(),
                subscriptions.lag(billing).parked());
        // Whoever leaves a subscription behind that nobody serves keeps its events from being dropped.
        List.of(billing, ledger, mailer, webhooks.subscription().id()).forEach(subscriptions::delete);
    }

    private UUID subscribe(String name) {
        return subscriptions
                .subscribe(NewEventSubscription.of(name, EventDelivery.HANDLER).aggregateTypes(ORDER))
                .subscription()
                .id();
    }

    /** The shop has no row of ours to lock, so each event is appended behind a lock on its order. */
    private UUID append(String run) {
        UUID cause = UUID.randomUUID();
        Database shop = db.actingAs(ActingContext.of(Actor.service("shop")).causedBy(cause, null));
        for (String what : List.of("a placed", "b placed", "a paid", "b cancelled", "a shipped")) {
            String[] parts = what.split(" ", -1);
            DomainEvent event = shop.events()
                    .appendLocked(NewDomainEvent.of("order." + parts[1], ORDER, parts[0] + "-" + run)
                            .payload(Json.of(Map.of("total", "12.50"))));
            say("append", "order %s: %s", order(event), event.eventType());
        }
        return cause;
    }

    /** The row and the cursor commit together: the ledger has each event once, whatever fails. */
    private void write(EventContext context) {
        DomainEvent event = context.event();
        context.complete(tx -> tx.state("event-tour").increment(event.aggregateId(), 1));
        written.add(event);
    }

    private void inOrder() throws InterruptedException {
        List<DomainEvent> all = new ArrayList<>();
        while (all.size() < 5) {
            all.add(take(written));
        }
        for (String order : List.of("a", "b")) {
            List<String> types = all.stream()
                    .filter(event -> order(event).equals(order))
                    .map(DomainEvent::eventType)
                    .toList();
            say("in order", "order %s: %s, and %d in the ledger", order, types, entries(all, order));
        }
    }

    private long entries(List<DomainEvent> all, String order) {
        String id = all.stream()
                .filter(event -> order(event).equals(order))
                .map(DomainEvent::aggregateId)
                .findFirst()
                .orElseThrow();
        return db.state("event-tour").increment(id, 0);
    }

    private void mail(EventContext context) {
        if (context.event().eventType().equals("order.paid")) {
            mailed.add(context.attempt());
            if (context.attempt() < 3) {
                throw new IllegalStateException("the mail server does not answer");
            }
        }
    }

    private void failsTwice() throws InterruptedException {
        say("retry", "attempt %d failed", take(mailed));
        say("retry", "attempt %d failed", take(mailed));
        say("retry", "attempt %d delivered", take(mailed));
    }

    private void bill(EventContext context) throws EventFailedException {
        if (order(context.event()).equals("b") && !customerIsKnown) {
            throw EventFailedException.permanently("no such customer");
        }
        billed.add(context.event());
    }

    /** Order b waits behind the event that failed, and order a does not. */
    private void parked(UUID billing, String run) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            DomainEvent event = take(billed);
            say("bill", "order %s: %s", order(event), event.eventType());
        }
        subscriptions
                .parked(billing, ParkedEventFilter.ALL, 10, null)
                .items()
                .forEach(event -> say(
                        "parked",
                        "%s: %s",
                        event.eventType(),
                        event.error() == null ? "waits behind it" : event.error()));
        customerIsKnown = true;
        int retried = subscriptions.retryParked(billing, ParkedEventFilter.ALL.aggregate(ORDER, "b-" + run));
        say("retry parked", "%d events", retried);
        for (int i = 0; i < retried; i++) {
            DomainEvent event = take(billed);
            say("bill", "order %s: %s", order(event), event.eventType());
        }
    }

    /** A receiver believes a signature, and nothing else of a request. */
    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        WebhookVerifier signed = verifier;
        Optional<WebhookMessage> message = signed == null
                ? Optional.empty()
                : signed.verify(name -> exchange.getRequestHeaders().getFirst(name), body);
        received.add(message);
        exchange.sendResponseHeaders(message.isPresent() ? 204 : 401, -1);
        exchange.close();
    }

    private void webhook() throws InterruptedException {
        WebhookMessage message = take(received).orElseThrow();
        say(
                "webhook",
                "signature verified: %s",
                Json.parse(message.body()).asMap().get("type"));
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new IllegalStateException("nothing was delivered");
        }
        return next;
    }

    private static String order(DomainEvent event) {
        return event.aggregateId().substring(0, 1);
    }

    private void say(String what, String text, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-18s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
