package dev.evalstore.audit;

import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import java.net.InetAddress;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit trail; it never changes.
 *
 * @param id version 7
 * @param occurredAt when it happened
 * @param actorId who did it, or null; they may be gone
 * @param actorLabel what they were called then
 * @param actorKind what kind of somebody
 * @param action what they did, such as {@code update}
 * @param entityType to what kind of thing
 * @param entityId to which one, or null
 * @param changes the fields that changed; see {@link AuditChanges}; or null
 * @param ipAddress where the request came from, or null
 * @param userAgent what the request said it came from, or null
 * @param requestId what ties the rows of one request together, or null
 * @param metadata anything else, or null
 * @param createdAt when the row was written
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
