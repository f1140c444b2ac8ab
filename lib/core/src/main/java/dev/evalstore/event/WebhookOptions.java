package dev.evalstore.event;

import dev.evalstore.internal.Check;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How webhooks are sent. Immutable.
 *
 * @param connectTimeout how long a connection may take, longer than zero, at most 60 s; 5 s unless given
 * @param timeout how long a whole attempt may take, from the look-up of the name to the answer, longer than zero, at most 5 minutes;
 *     20 s unless given
 * @param maxRetryAfter a longer {@code Retry-After} of a receiver counts as that, at most a day; an hour unless given
 * @param allowed which addresses are allowed although they are not public; none unless given
 * @param resolver how names are looked up; by the JDK unless given
 * @param sslContext whom TLS trusts; the JDK's default unless given
 * @param client sends instead of the library's own connections, for hosts that must go through a proxy; null for those. The client looks
 *     the name up once more, after the check
 */
public record WebhookOptions(
        Duration connectTimeout,
        Duration timeout,
        Duration maxRetryAfter,
        Predicate<InetAddress> allowed,
        WebhookResolver resolver,
        @Nullable SSLContext sslContext,
        @Nullable HttpClient client) {
    private static final Duration MAX_CONNECT = Duration.ofSeconds(60);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration MAX_RETRY_AFTER = Duration.ofDays(1);

    /** 5 s to connect, 20 s in all, waits of up to an hour, only public addresses. */
    public static final WebhookOptions DEFAULT = new WebhookOptions(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofHours(1),
            address -> false,
            host -> List.of(InetAddress.getAllByName(host)),
            null,
            null);

    public WebhookOptions {
        Check.atMost("connectTimeout", Check.positive("connectTimeout", connectTimeout), MAX_CONNECT);
        Check.atMost("timeout", Check.positive("timeout", timeout), MAX_TIMEOUT);
        Check.atMost("maxRetryAfter", Check.positive("maxRetryAfter", maxRetryAfter), MAX_RETRY_AFTER);
        Objects.requireNonNull(allowed, "allowed");
        Objects.requireNonNull(resolver, "resolver");
        if (client != null && client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("client must never follow redirects");
        }
    }

    public WebhookOptions connectTimeout(Duration time) {
        return new WebhookOptions(time, timeout, maxRetryAfter, allowed, resolver, sslContext, client);
    }

    public WebhookOptions timeout(Duration time) {
        return new WebhookOptions(connectTimeout, time, maxRetryAfter, allowed, resolver, sslContext, client);
    }

    public WebhookOptions maxRetryAfter(Duration time) {
        return new WebhookOptions(connectTimeout, timeout, time, allowed, resolver, sslContext, client);
    }

    /**
     * Allows these addresses although they are private, loopback, link-local, multicast, reserved, or wrap an IPv4 address: of an
     * intranet, or of a test.
     */
    public WebhookOptions allowed(Predicate<InetAddress> addresses) {
        return new WebhookOptions(connectTimeout, timeout, maxRetryAfter, addresses, resolver, sslContext, client);
    }

    public WebhookOptions resolver(WebhookResolver names) {
        return new WebhookOptions(connectTimeout, timeout, maxRetryAfter, allowed, names, sslContext, client);
    }

    public WebhookOptions sslContext(@Nullable SSLContext context) {
        return new WebhookOptions(connectTimeout, timeout, maxRetryAfter, allowed, resolver, context, client);
    }

    /**
     * Sends by this client, which must never follow redirects. Addresses are checked before the client looks the name up itself: a name
     * that leads elsewhere by then is not noticed, unless the client's proxy does.
     */
    public WebhookOptions client(@Nullable HttpClient sender) {
        return new WebhookOptions(connectTimeout, timeout, maxRetryAfter, allowed, resolver, sslContext, sender);
    }
}
