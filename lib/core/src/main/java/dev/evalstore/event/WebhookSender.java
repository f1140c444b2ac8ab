package dev.evalstore.event;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to endpoints, each in one attempt that ends in time, whatever the receiver does. What fails is an outcome, and no
 * exception. Thread-safe.
 */
final class WebhookSender implements AutoCloseable {
    private static final String CLOSED = "the sender is closed";
    private static final String NO_ADDRESS = "the endpoint's name has no address";

    private final WebhookOptions options;
    private final Clock clock;
    private final @Nullable WebhookClient client;
    private final ExecutorService lookups = Executors.newCachedThreadPool(named("webhook-names"));
    private final ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(1, named("webhook-watch"));
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    WebhookSender(WebhookOptions options) {
        this(options, Clock.systemUTC());
    }

    /** @param clock says when an attempt is signed; receivers compare it with theirs */
    WebhookSender(WebhookOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
        this.client = options.client() == null ? null : new WebhookClient(options.client());
        watch.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, "evalstore-" + name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Sends an event, on the calling thread. An interrupt ends the attempt, and the thread stays interrupted. */
    WebhookOutcome send(WebhookTarget target, DomainEvent event) {
        long deadline = System.nanoTime() + options.timeout().toNanos();
        byte[] body = WebhookRequest.body(event);
        if (body.length > WebhookRequest.MAX_BODY) {
            return new WebhookOutcome(
                    WebhookOutcome.Kind.UNDELIVERABLE, "the event has more than 1 MiB as a webhook", null);
        }
        try {
            WebhookEndpoint endpoint = WebhookEndpoint.of("endpoint", target.endpoint());
            List<InetAddress> addresses = addresses(endpoint.host(), deadline);
            Instant now = clock.instant();
            WebhookRequest request = WebhookRequest.of(event, body, target.secrets(), now.getEpochSecond());
            WebhookAnswer answer = client == null
                    ? post(endpoint, addresses, request, deadline)
                    : client.send(endpoint, request, deadline);
            return answer.outcome(options.maxRetryAfter(), now);
        } catch (Refused e) {
            return WebhookOutcome.failed(e.error);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WebhookOutcome.failed("interrupted");
        } catch (TimeoutException e) {
            return WebhookOutcome.failed(tooSlow());
        } catch (IOException e) {
            // Messages of exceptions name hosts.
            return WebhookOutcome.failed(
                    deadline - System.nanoTime() <= 0
                            ? tooSlow()
                            : (e instanceof SSLException ? "TLS failed: " : "the connection failed: ")
                                    + e.getClass().getSimpleName());
        } catch (IllegalArgumentException e) {
            // Of an endpoint or secret that was stored by others.
            return WebhookOutcome.failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // Of the host's own rules and client.
            return WebhookOutcome.failed("the attempt failed: " + e.getClass().getName());
        }
    }

    private String tooSlow() {
        return "there was no answer within " + options.timeout().toMillis() + " ms";
    }

    /** The addresses that the host's name leads to, if all of them are allowed: an answer that mixes them is no mistake. */
    private List<InetAddress> addresses(String host, long deadline)
            throws Refused, TimeoutException, InterruptedException {
        Future<List<InetAddress>> lookup = submitted(host);
        List<InetAddress> addresses;
        try {
            addresses = lookup.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new Refused(
                    cause instanceof UnknownHostException
                            ? NO_ADDRESS
                            : "the look-up of the endpoint's name failed: "
                                    + cause.getClass().getSimpleName());
        } finally {
            lookup.cancel(true);
        }
        if (addresses.isEmpty()) {
            throw new Refused(NO_ADDRESS);
        }
        for (InetAddress address : addresses) {
            if (!WebhookAddresses.isPublic(address) && !options.allowed().test(address)) {
                throw new Refused("the endpoint's address is not public");
            }
        }
        return addresses;
    }

    private Future<List<InetAddress>> submitted(String host) throws Refused {
        try {
            return lookups.submit(() -> List.copyOf(options.resolver().resolve(host)));
        } catch (RejectedExecutionException e) {
            throw new Refused(CLOSED);
        }
    }

    /** To the first address that can be connected to. */
    private WebhookAnswer post(
            WebhookEndpoint endpoint, List<InetAddress> addresses, WebhookRequest request, long deadline)
            throws IOException, Refused {
        WebhookPost post = new WebhookPost(endpoint, options, deadline);
        for (InetAddress address : addresses) {
            try (Socket socket = new Socket()) {
                ScheduledFuture<?> cut = cutAt(deadline, socket);
                try {
                    if (connects(post, socket, address, deadline)) {
                        return post.send(socket, request);
                    }
                } finally {
                    cut.cancel(false);
                    open.remove(socket);
                }
            }
        }
        throw new Refused(
                deadline - System.nanoTime() <= 0 ? tooSlow() : "no connection could be made to the endpoint");
    }

    private boolean connects(WebhookPost post, Socket socket, InetAddress address, long deadline) {
        if (closed || Thread.currentThread().isInterrupted() || deadline - System.nanoTime() <= 0) {
            return false;
        }
        try {
            post.connect(socket, address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Closing the socket from another thread ends whatever waits for it, a write and a handshake too. */
    private ScheduledFuture<?> cutAt(long deadline, Socket socket) throws Refused {
        open.add(socket);
        try {
            return watch.schedule(() -> cut(socket), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            open.remove(socket);
            throw new Refused(CLOSED);
        }
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    /** Ends all attempts: whether the receiver has their events is not known. */
    @Override
    public void close() {
        closed = true;
        watch.shutdownNow();
        lookups.shutdownNow();
        open.forEach(WebhookSender::cut);
    }

    /** Why nothing was sent. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String error;

        Refused(String error) {
            super(error, null, false, false);
            this.error = error;
        }
    }
}
