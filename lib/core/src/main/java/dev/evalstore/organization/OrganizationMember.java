package dev.evalstore.organization;

import java.time.Instant;
import java.util.UUID;

/**
 * A user's membership in an organization.
 *
 * @param joinedAt when the user became a member, by the server's clock
 */
public record OrganizationMember(UUID organizationId, UUID userId, MemberRole role, Instant joinedAt) {}
