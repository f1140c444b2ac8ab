package dev.evalstore.event;

import dev.evalstore.internal.Check;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;

/**
 * Where a webhook goes.
 *
 * @param uri the whole address, in ASCII
 * @param host the name or address, without brackets
 */
record WebhookEndpoint(URI uri, String host, int port, boolean isSecure) {
    private static final int MAX_PORT = 65_535;

    /** Refuses other than an address of http or https with a host, in ASCII, and without a user's name or a fragment. */
    static WebhookEndpoint of(String field, String address) {
        Check.urlOrNull(field, Objects.requireNonNull(address, field));
        try {
            URI uri = new URI(new URI(address).toASCIIString());
            boolean isSecure = "https".equals(uri.getScheme());
            String host = uri.getHost();
            int port = uri.getPort() == -1 ? isSecure ? 443 : 80 : uri.getPort();
            if (host != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null
                    && port >= 1
                    && port <= MAX_PORT) {
                String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
                return new WebhookEndpoint(
                        uri, name.endsWith(".") ? name.substring(0, name.length() - 1) : name, port, isSecure);
            }
        } catch (URISyntaxException e) {
            // Its message quotes the address.
        }
        throw new IllegalArgumentException(field
                + " must begin with http:// or https:// and a host of letters, digits, hyphens and dots (xn-- for others),"
                + " and have no user's name and no fragment");
    }

    /** What the header {@code Host} says. */
    String authority() {
        return uri.getRawAuthority().toLowerCase(Locale.ROOT);
    }

    /** Path and query. */
    String target() {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }
}
