package dev.evalstore.organization;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.organization.Memberships;
import java.sql.SQLException;

/** The rows of organizations and of their members. */
final class OrganizationRows {
    static final Table<Organization> TABLE = Table.of("organization", "organizations", """
                    id, slug, name, description, website, logo_url, type, verified_at, verified_by, created_at,
                    updated_at, deleted_at""", OrganizationRows::map)
            .newestFirst(Organization::createdAt, Organization::id)
            .status(organization -> organization.verifiedAt() == null ? Verification.UNVERIFIED : Verification.VERIFIED)
            .softDeleted()
            .audited("create", "update", "verify", "unverify", "soft_delete")
            .emitting(Emits.<Organization>as("organization", "slug", "name", "type", "verifiedAt", "verifiedBy")
                    .on("create", "created")
                    .on("update", "updated")
                    .on("verify", "verified")
                    .on("unverify", "unverified")
                    .on("soft_delete", "deleted"));

    static final Table<OrganizationMember> MEMBERS = Table.of(
                    "organization member", "organization_members", """
                    organization_id, user_id, role, joined_at""", OrganizationRows::mapMember)
            .key("organization_id", "user_id")
            .audited("create", "change_role", "delete", "leave")
            .emitting(Emits.<OrganizationMember>as(Memberships.AGGREGATE, "organizationId", "userId", "role")
                    .on("create", "created")
                    .on("change_role", "role_changed")
                    .on("delete", Memberships.REMOVED)
                    .on("leave", "left"));

    private OrganizationRows() {}

    private static Organization map(Row row) throws SQLException {
        return new Organization(
                row.uuid("id"),
                row.text("slug"),
                row.text("name"),
                row.textOrNull("description"),
                row.textOrNull("website"),
                row.textOrNull("logo_url"),
                row.enumValue("type", OrganizationType.class),
                row.instantOrNull("verified_at"),
                row.uuidOrNull("verified_by"),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("deleted_at"));
    }

    private static OrganizationMember mapMember(Row row) throws SQLException {
        return new OrganizationMember(
                row.uuid("organization_id"),
                row.uuid("user_id"),
                row.enumValue("role", MemberRole.class),
                row.instant("joined_at"));
    }

    /** Whether the platform has confirmed who an organization is. */
    private enum Verification {
        VERIFIED,
        UNVERIFIED
    }
}
