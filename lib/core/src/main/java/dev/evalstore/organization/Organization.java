package dev.evalstore.organization;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An organization that publishes benchmark definitions. Times are the server's.
 *
 * @param id version 7
 * @param slug the name in addresses, unique among organizations that are not deleted
 * @param name the name to show
 * @param description what the organization does, or null
 * @param website its own pages, or null
 * @param logoUrl where its picture is, or null
 * @param verifiedAt when the platform confirmed that the organization is who it says, or null
 * @param verifiedBy the user who confirmed it; null where it is not verified, and once that user's row is removed
 */
public record Organization(
        UUID id,
        String slug,
        String name,
        @Nullable String description,
        @Nullable String website,
        @Nullable String logoUrl,
        OrganizationType type,
        @Nullable Instant verifiedAt,
        @Nullable UUID verifiedBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {}
