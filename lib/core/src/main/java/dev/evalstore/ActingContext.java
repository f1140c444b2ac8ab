package dev.evalstore;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf something is done, and in the course of what.
 *
 * @param actor who acts
 * @param requestId what ties the audit entries of one request together, or null
 * @param correlationId what ties everything together that one cause led to, across services, or null
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

    /** Somebody, without a request. */
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
