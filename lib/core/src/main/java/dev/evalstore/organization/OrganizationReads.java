package dev.evalstore.organization;

import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link OrganizationRepository} that only read. */
public sealed class OrganizationReads extends TableRows<Organization, OrganizationFilter>
        permits OrganizationRepository {
    static final Table<Organization> TABLE = OrganizationRows.TABLE;

    static final Table<OrganizationMember> MEMBERS = OrganizationRows.MEMBERS;

    private static final Keyset<OrganizationMember> MEMBERS_OF = Keyset.newestFirst(
            "organization_members", "joined_at", "user_id", OrganizationMember::joinedAt, OrganizationMember::userId);

    private static final Keyset<OrganizationMember> MEMBERSHIPS_OF = Keyset.newestFirst(
            "memberships",
            "joined_at",
            "organization_id",
            OrganizationMember::joinedAt,
            OrganizationMember::organizationId);

    static final String MEMBER = """
            and organization_id = ? and user_id = ?""";

    private static final String NEITHER_DELETED = """
            and exists (
                select from evalstore.organizations o where o.id = organization_id and o.deleted_at is null)
            and exists (select from evalstore.users u where u.id = user_id and u.deleted_at is null)""";

    /** Called by {@code Reading} alone. */
    public OrganizationReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The organization with exactly this slug; empty when there is none or it is deleted. */
    public Optional<Organization> findBySlug(String slug) {
        return jdbc.find(TABLE.select("find_by_slug").and("and slug = ?", Check.content("slug", slug)), TABLE.mapper());
    }

    /**
     * {@link #findBySlug}, which must find it.
     *
     * @throws NotFoundException if none has the slug, as for text that is no slug, or it is deleted
     */
    public Organization getBySlug(String slug) {
        return findBySlug(slug).orElseThrow(() -> TABLE.notFoundBySlug(slug));
    }

    /** The membership, by which a host decides what the user may do; empty when there is none, or one is deleted. */
    public Optional<OrganizationMember> findMember(UUID organizationId, UUID userId) {
        return findMember(jdbc, key(organizationId, userId));
    }

    static Optional<OrganizationMember> findMember(Jdbc jdbc, List<UUID> key) {
        Sql membership = MEMBERS.select("find_member").and(MEMBER, key.toArray());
        return jdbc.find(membership.and(NEITHER_DELETED), MEMBERS.mapper());
    }

    /**
     * A page of the organization's members, who joined last first. {@code UserFilter.memberOf} lists them as users.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @return empty when no organization has the id, or it is deleted
     */
    public Page<OrganizationMember> members(UUID organizationId, int limit, @Nullable Cursor after) {
        Sql members = MEMBERS.select("list_members")
                .and("and organization_id = ?", Objects.requireNonNull(organizationId, "organizationId"));
        return MEMBERS_OF.read(jdbc, members.and(NEITHER_DELETED), MEMBERS.mapper(), limit, after);
    }

    /**
     * A page of the user's memberships, the latest first. {@link OrganizationFilter#member} lists them as organizations.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @return empty when no user has the id, or the user is deleted
     */
    public Page<OrganizationMember> ofUser(UUID userId, int limit, @Nullable Cursor after) {
        Sql memberships =
                MEMBERS.select("list_of_user").and("and user_id = ?", Objects.requireNonNull(userId, "userId"));
        return MEMBERSHIPS_OF.read(jdbc, memberships.and(NEITHER_DELETED), MEMBERS.mapper(), limit, after);
    }

    static List<UUID> key(UUID organizationId, UUID userId) {
        return List.of(
                Objects.requireNonNull(organizationId, "organizationId"), Objects.requireNonNull(userId, "userId"));
    }
}
