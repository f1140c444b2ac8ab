package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.EventSubscriptionRepository;
import dev.evalstore.event.IssuedSubscription;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.WebhookOptions;
import dev.evalstore.event.WebhookVerifier;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WebhookReceiverTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void prints_each_event_once_and_refuses_what_is_not_signed() throws Exception {
        Printed printed = new Printed();
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .schema("webhook_receiver")
                        .build());
                WebhookReceiver receiver = new WebhookReceiver(0, WebhookVerifier.of(SECRET), printed.stream())) {
            db.migrate();
            EventSubscriptionRepository subscriptions = db.events().subscriptions();
            IssuedSubscription issued = subscriptions.subscribe(NewEventSubscription.of("hook", EventDelivery.WEBHOOK)
                    .secret(SECRET)
                    .endpoint("http://localhost:" + receiver.port() + "/hook"));
            UUID id = issued.subscription().id();
            db.events().append(NewDomainEvent.of("order.paid", "order", "a"));
            db.events().append(NewDomainEvent.of("order.shipped", "order", "a"));
            try (EventDispatcher dispatcher = EventDispatcher.on(db)
                    .webhooks(WebhookOptions.DEFAULT.allowed(InetAddress::isLoopbackAddress))
                    .poll(Duration.ofMillis(5), Duration.ofMillis(20))
                    .start()) {
                await(() -> subscriptions.lag(id).events() == 0);
                // Sent once more, and not printed once more.
                subscriptions.rewind(id, 0);
                await(() -> subscriptions.lag(id).events() == 0);
                assertThat(dispatcher.running()).isNotNegative();
            }
            assertThat(forged(receiver)).isEqualTo(401);
        }
        assertThat(printed.text().lines()).containsExactly("order.paid of order a", "order.shipped of order a");
    }

    private static int forged(WebhookReceiver receiver) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + receiver.port() + "/hook"))
                                .header("webhook-id", "x")
                                .header("webhook-timestamp", "1614265330")
                                .header("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
                                .POST(BodyPublishers.ofString("{\"type\": \"order.refunded\"}"))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private static void await(BooleanSupplier done) throws InterruptedException {
        while (!done.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
