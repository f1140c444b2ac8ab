package dev.evalstore;

import dev.evalstore.internal.Check;
import java.net.InetAddress;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The actor that an audit entry names.
 *
 * @param kind the kind of actor
 * @param id the user's, key's or service's id, or null
 * @param label the actor's name at that time; not blank
 * @param ipAddress where the request came from, or null
 * @param userAgent what the request said it came from, or null
 */
public record Actor(
        ActorKind kind,
        @Nullable UUID id,
        String label,
        @Nullable InetAddress ipAddress,
        @Nullable String userAgent) {
    /** The library or an operator by hand. */
    public static final Actor SYSTEM = new Actor(ActorKind.SYSTEM, null, "system", null, null);

    public Actor {
        Objects.requireNonNull(kind, "kind");
        Check.text("label", label);
        Check.contentOrNull("userAgent", userAgent);
    }

    /** A part of the platform. */
    public static Actor service(String name) {
        return new Actor(ActorKind.SERVICE, null, name, null, null);
    }

    /** The same, from there. */
    public Actor from(@Nullable InetAddress address, @Nullable String agent) {
        return new Actor(kind, id, label, address, agent);
    }
}
