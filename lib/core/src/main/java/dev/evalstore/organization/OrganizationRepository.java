package dev.evalstore.organization;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.organization.Owners;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Organizations and their members. A deleted organization is still found by id, because other rows refer to it, but
 * lists, counts and the other finders pass over it, and every change of it throws {@link NotFoundException}, as for an
 * unknown id. Deleted users are members of nothing.
 *
 * <p>Each organization keeps an active owner: a user in the role {@link MemberRole#OWNER} who may log in. Whatever would
 * end that throws {@link ConflictException}, which names the organization by its slug. That holds for the verbs here, and
 * where {@code users()} deactivates, deletes or anonymizes. It also holds when two owners go at once: one of them is
 * refused. Changes of one organization's members wait for each other, and need the isolation level read committed:
 * in a transaction at another one they throw {@link IllegalStateException}.
 */
public final class OrganizationRepository extends OrganizationReads {
    /** Called by {@code Repositories} alone. */
    public OrganizationRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores an organization and its first owner, in one transaction, and returns the organization as stored.
     *
     * @throws ConstraintViolationException if an organization that is not deleted has the slug
     *     ({@code idx_organizations_slug}), or the user does not exist ({@code organization_members_user_fk})
     * @throws ConflictException if the user is inactive or deleted
     */
    public Organization create(NewOrganization organization, UUID ownerUserId) {
        Objects.requireNonNull(organization, "organization");
        Objects.requireNonNull(ownerUserId, "ownerUserId");
        Columns values = new Columns()
                .set("slug", organization.slug())
                .set("name", organization.name())
                .set("description", organization.description())
                .set("website", organization.website())
                .set("logo_url", organization.logoUrl())
                .set("type", organization.type());
        return jdbc.atomically(tx -> {
            Owners.lockFirstOwner(tx, ownerUserId);
            Organization created = TABLE.create(tx, values);
            MEMBERS.create(tx, member(created.id(), ownerUserId, MemberRole.OWNER));
            return created;
        });
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConstraintViolationException if another organization that is not deleted has the new slug
     *     ({@code idx_organizations_slug})
     */
    public Organization update(UUID id, UpdateOrganization change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Records that the platform has confirmed who the organization is.
     *
     * @param verifiedBy the user who confirmed it
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is verified already
     * @throws ConstraintViolationException if the user does not exist ({@code organizations_verified_by_fk})
     */
    public Organization verify(UUID id, UUID verifiedBy) {
        Columns values =
                new Columns().now("verified_at").set("verified_by", Objects.requireNonNull(verifiedBy, "verifiedBy"));
        return TABLE.move(jdbc, id, "verify", "verified_at is null", values);
    }

    /**
     * Takes the confirmation back.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is not verified
     */
    public Organization unverify(UUID id) {
        Columns values = new Columns().set("verified_at", null).set("verified_by", null);
        return TABLE.move(jdbc, id, "unverify", "verified_at is not null", values);
    }

    /**
     * Deletes the organization and keeps the row, because other rows refer to it. Another organization may take the slug
     * at once. Its owners are free to go.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is deleted already
     */
    public Organization softDelete(UUID id) {
        return TABLE.softDelete(jdbc, id, new Columns());
    }

    /** {@link #addMember(UUID, UUID, MemberRole)} in the role {@link MemberRole#MEMBER}. */
    public OrganizationMember addMember(UUID organizationId, UUID userId) {
        return addMember(organizationId, userId, MemberRole.MEMBER);
    }

    /**
     * Makes a user a member.
     *
     * @throws NotFoundException if no organization has the id, or it is deleted
     * @throws ConflictException if the user is deleted
     * @throws ConstraintViolationException if the user is a member already ({@code organization_members_pkey}), or does
     *     not exist ({@code organization_members_user_fk})
     */
    public OrganizationMember addMember(UUID organizationId, UUID userId, MemberRole role) {
        Columns values = member(organizationId, userId, role);
        return jdbc.atomically(tx -> {
            Owners.lock(tx, organizationId);
            Owners.lockMember(tx, userId);
            return MEMBERS.create(tx, values);
        });
    }

    /**
     * Changes a member's role.
     *
     * @throws NotFoundException if no organization has the id, it is deleted, or the user is no member
     * @throws ConflictException if the user is deleted, or is the last active owner and is to be none
     */
    public OrganizationMember changeRole(UUID organizationId, UUID userId, MemberRole role) {
        Columns values = new Columns().set("role", Objects.requireNonNull(role, "role"));
        List<UUID> key = key(organizationId, userId);
        return jdbc.atomically(tx -> {
            Owners.lock(tx, organizationId);
            Owners.lockMember(tx, userId);
            if (role != MemberRole.OWNER) {
                Owners.requireAnother(tx, organizationId, userId, "demote");
            }
            // Who has the role keeps it, and nobody is told.
            return MEMBERS.find(tx, key)
                    .filter(member -> member.role() == role)
                    .orElseGet(() -> MEMBERS.update(tx, key, "change_role", values));
        });
    }

    /**
     * Ends a membership; false when the user is no member, as a deleted user is of nothing.
     *
     * @throws NotFoundException if no organization has the id, or it is deleted
     * @throws ConflictException if the user is the last active owner
     */
    public boolean removeMember(UUID organizationId, UUID userId) {
        return end(organizationId, userId, "remove", "delete");
    }

    /** {@link #removeMember} at the member's own wish, which an audit entry tells apart. */
    public boolean leave(UUID organizationId, UUID userId) {
        return end(organizationId, userId, "leave", "leave");
    }

    private boolean end(UUID organizationId, UUID userId, String refused, String verb) {
        List<UUID> key = key(organizationId, userId);
        return jdbc.atomically(tx -> {
            Owners.lock(tx, organizationId);
            Owners.requireAnother(tx, organizationId, userId, refused);
            tx.change(MEMBERS.select("lock_member").and(MEMBER, key.toArray()).and("for update"), MEMBERS.mapper());
            // A deleted user is a member of nothing, and that was told when the user was deleted.
            return findMember(tx, key).isPresent() && MEMBERS.delete(tx, key, verb);
        });
    }

    private static Columns member(UUID organizationId, UUID userId, MemberRole role) {
        return new Columns()
                .set("organization_id", Objects.requireNonNull(organizationId, "organizationId"))
                .set("user_id", Objects.requireNonNull(userId, "userId"))
                .set("role", Objects.requireNonNull(role, "role"));
    }
}
