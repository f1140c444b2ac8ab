package dev.evalstore;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An actor, with the request and the cause of what is done.
 *
 *
 * @param actor the actor that audit entries name
 * @param requestId the same for all audit entries of one request, or null
 * @param correlationId the same for everything that one cause led to, across services, or null
 * @param causationId the event or command that led to this, or null
 */
public record ActingContext(
        Actor actor,
        @Nullable String requestId,
        @Nullable UUID correlationId,
        @Nullable UUID causationId) {
    public ActingContext {
        Objects.requireNonNull(actor, "actor");
        Check.contentOrNull("requestId", requestId);
    }

    /** An actor, without a request. */
    public static ActingContext of(Actor actor) {
        return new ActingContext(actor, null, null, null);
    }

    /** The same, in this request. */
    public ActingContext request(@Nullable String request) {
        return new ActingContext(actor, request, correlationId, causationId);
    }

    /** The same, as a part of what this cause led to; either may be null. */
    public ActingContext causedBy(@Nullable UUID correlation, @Nullable UUID causation) {
        return new ActingContext(actor, requestId, correlation, causation);
    }
}
