package dev.evalstore.event;

import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What every subscription keeps, new or changed. */
final class SubscriptionRules {
    static final int MAX_FAILURES = 1_000;

    private static final int MAX_TYPES = 100;
    private static final int MAX_NAME = 100;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");

    private SubscriptionRules() {}

    static String name(String field, @Nullable String value) {
        Objects.requireNonNull(value, field);
        if (!isName(value)) {
            throw new IllegalArgumentException(
                    field + " must be lower-case letters and digits in parts joined by single hyphens or dots, 1 to "
                            + MAX_NAME + " characters");
        }
        return value;
    }

    static boolean isName(String value) {
        return value.length() <= MAX_NAME && NAME.matcher(value).matches();
    }

    /** Null for every type. */
    static @Nullable List<String> types(String field, @Nullable List<String> values) {
        if (values == null) {
            return null;
        }
        List<String> types = Check.names(field, values).stream().distinct().toList();
        if (types.isEmpty() || types.size() > MAX_TYPES) {
            throw new IllegalArgumentException(field + " must be 1 to " + MAX_TYPES + ", or null for all");
        }
        return types;
    }

    /** An address for webhooks, a type for jobs, and nothing for the others. */
    static void endpointOrNull(EventDelivery delivery, @Nullable String value) {
        if (value != null && hasEndpoint(delivery)) {
            endpoint(delivery, value);
        } else if (value != null) {
            throw new IllegalArgumentException("endpoint must be null unless the delivery is webhook or job");
        }
    }

    /** {@link #endpointOrNull}, which is given where the delivery needs it. */
    static void requireEndpoint(EventDelivery delivery, @Nullable String value) {
        if (value == null && hasEndpoint(delivery)) {
            throw new IllegalArgumentException("endpoint must be given where the delivery is webhook or job");
        }
        endpointOrNull(delivery, value);
    }

    private static boolean hasEndpoint(EventDelivery delivery) {
        return delivery == EventDelivery.WEBHOOK || delivery == EventDelivery.JOB;
    }

    private static void endpoint(EventDelivery delivery, String value) {
        if (delivery == EventDelivery.WEBHOOK) {
            WebhookEndpoint.of("endpoint", value);
        } else {
            Check.name("endpoint", value);
        }
    }
}
