package dev.evalstore.audit;

import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import java.net.InetAddress;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One audit entry; it never changes.
 *
 * @param id version 7
 * @param actorId the user, key or service that acted, or null; it may have been deleted since
 * @param actorLabel the actor's name at that time
 * @param action the verb, such as {@code update}
 * @param entityType the kind of entity that was acted on
 * @param changes the fields that changed, see {@link AuditChanges}, or null
 * @param ipAddress the address that the request came from, or null
 * @param userAgent the client as the request named it, or null
 * @param requestId what the entries of one request have in common, or null
 * @param metadata anything else, or null
 * @param createdAt when the entry was written
 */
public record AuditEntry(
        UUID id,
        Instant occurredAt,
        @Nullable UUID actorId,
        String actorLabel,
        ActorKind actorKind,
        String action,
        String entityType,
        @Nullable String entityId,
        @Nullable Json changes,
        @Nullable InetAddress ipAddress,
        @Nullable String userAgent,
        @Nullable String requestId,
        @Nullable Json metadata,
        Instant createdAt) {}
