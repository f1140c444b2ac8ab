package dev.evalstore.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.evalstore.Json;
import dev.evalstore.event.WebhookMessage;
import dev.evalstore.event.WebhookVerifier;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Receives webhooks, and needs no database: {@code WebhookReceiver <port>}. It prints each event once, whatever is sent twice, and
 * refuses what the secret in {@code WEBHOOK_SECRET} has not signed; while that is rotated, the old one and the new one with a comma between
 * them. A receiver that must not forget what it has seen stores the ids beside the effects.
 */
public final class WebhookReceiver implements AutoCloseable {
    private static final int MAX_BODY = 1 << 20;
    private static final int REMEMBERED = 100_000;

    private final WebhookVerifier verifier;
    private final PrintStream out;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final HttpServer server;

    /** The ids of the last events. */
    private final Set<String> seen = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    /** Begins to listen; 0 is any free port. */
    WebhookReceiver(int port, WebhookVerifier verifier, PrintStream out) throws IOException {
        this.verifier = verifier;
        this.out = out;
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    /** Listens until the process is told to end. */
    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = System.out;
        String secrets = System.getenv("WEBHOOK_SECRET");
        Usage.require(
                args.length == 1 && Usage.isCount(args[0]) && secrets != null,
                "WebhookReceiver <port>, with the secret in WEBHOOK_SECRET");
        try (WebhookReceiver receiver = new WebhookReceiver(
                Integer.parseInt(args[0]),
                WebhookVerifier.of(String.valueOf(secrets).split(",")),
                out)) {
            out.println("listens on port " + receiver.port());
            new CountDownLatch(1).await();
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
            int status = body.length > MAX_BODY
                    ? 413
                    : verifier.verify(exchange.getRequestHeaders()::getFirst, body)
                            .map(this::handle)
                            .orElse(401);
            exchange.sendResponseHeaders(status, -1);
        }
    }

    /** An answer of 2xx says that the event need not be sent again: so first the work, then the answer. */
    private int handle(WebhookMessage message) {
        if (seen.add(message.id())) {
            try {
                Map<String, Object> event = Json.parse(message.body()).asMap();
                out.printf(
                        Locale.ROOT,
                        "%s of %s %s%n",
                        event.get("type"),
                        event.get("aggregateType"),
                        event.get("aggregateId"));
            } catch (RuntimeException e) {
                seen.remove(message.id());
                return 500;
            }
        }
        return 204;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
