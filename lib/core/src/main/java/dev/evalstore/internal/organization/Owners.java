package dev.evalstore.internal.organization;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * An organization that is not deleted keeps an active owner. Two owners who leave at once would each still see the other, so
 * whatever may end an ownership holds the same locks: the organizations by id, proposals by id, definitions by id, community verifications by id, submissions by id, then the user. The owners are counted in a later
 * statement, which sees what the holder before has done.
 */
public final class Owners {
    private static final String LOCK_ORGANIZATION = """
            /* organizations.lock_for_members */ select current_setting('transaction_isolation') as isolation
            from evalstore.organizations
            where id = ? and deleted_at is null
            for no key update""";

    private static final String OWNED_BY = """
            /* organizations.lock_owned */ select o.id from evalstore.organizations o
            where o.deleted_at is null and o.id in (
                select m.organization_id from evalstore.organization_members m where m.user_id = ? and m.role = 'owner')""";

    private static final String OWNED_OR_INVITING = """
            /* organizations.lock_owned_or_inviting */ select o.id from evalstore.organizations o
            where o.deleted_at is null and o.id in (
                select m.organization_id from evalstore.organization_members m where m.user_id = ? and m.role = 'owner'
                union all
                select t.organization_id from evalstore.user_tokens t
                where t.purpose = 'invitation' and t.used_at is null and evalstore.fold_case(t.email) = (
                    select evalstore.fold_case(u.email) from evalstore.users u where u.id = ?))""";

    /** Deleted ones too: the foreign key writes them as well. */
    private static final String OWNED_OR_VERIFIED = """
            /* organizations.lock_owned_or_verified */ select o.id from evalstore.organizations o
            where o.id in (
                select m.organization_id from evalstore.organization_members m where m.user_id = ? and m.role = 'owner'
                union all
                select v.id from evalstore.organizations v where v.verified_by = ?)""";

    /** Whoever writes a review, a comment or an amendment locks its proposal before, and one who implements it the definition after. */
    private static final String DISCUSSED = """
            /* proposals.lock_discussed */ select o.id from evalstore.proposals o
            where o.id in (
                select p.id from evalstore.proposals p where p.created_by = ? or p.implemented_by = ?
                union all
                select a.proposal_id from evalstore.proposal_amendments a where a.created_by = ? or a.decided_by = ?
                union all
                select r.proposal_id from evalstore.review_comments c join evalstore.reviews r on r.id = c.review_id
                where c.created_by = ? or c.resolved_by = ?)""";

    /** Whoever locks a version locks its definition before. */
    private static final String CREATED = """
            /* benchmark_definitions.lock_created */ select o.id from evalstore.benchmark_definitions o
            where o.id in (
                select d.id from evalstore.benchmark_definitions d where d.created_by = ?
                union all
                select v.definition_id from evalstore.definition_versions v where v.created_by = ?)""";

    /** Whoever votes on one locks it before the voter, and the submission after it. */
    private static final String REVIEWED = """
            /* community_verifications.lock_reviewed */ select o.id from evalstore.community_verifications o
            where o.reviewed_by = ?""";

    private static final String SUBMITTED = """
            /* submissions.lock_submitted */ select o.id from evalstore.submissions o where o.submitted_by = ?""";

    /** Shared: a user may join several organizations at once. A deletion or deactivation comes before or after. */
    private static final String LOCK_MEMBER = """
            /* users.lock_member */ select
                case when active then 'active' when deleted_at is null then 'inactive' else 'deleted' end as state
            from evalstore.users
            where id = ?
            for share""";

    private static final String LOCK_OWNER = """
            /* users.lock_owner */ select current_setting('transaction_isolation') as isolation from evalstore.users
            where id = ?""";

    private static final String OWNED = """
            /* organizations.list_owned */ select o.slug, not exists (
                select from evalstore.organization_members other join evalstore.users u on u.id = other.user_id
                where other.organization_id = o.id and other.role = 'owner' and other.user_id <> m.user_id and u.active
            ) as alone
            from evalstore.organization_members m
            join evalstore.organizations o on o.id = m.organization_id
            join evalstore.users u on u.id = m.user_id
            where m.user_id = ? and m.role = 'owner' and u.active and o.deleted_at is null""";

    private Owners() {}

    /**
     * Locks the organization against every other change of its members.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     */
    public static void lock(Jdbc tx, UUID organization) {
        String isolation = tx.find(Sql.of(LOCK_ORGANIZATION, organization), row -> row.text("isolation"))
                .orElseThrow(() -> new NotFoundException("organization", organization));
        requireReadCommitted(isolation);
    }

    /**
     * Locks a user who is to become a member. An unknown id is left to the foreign key.
     *
     * @throws ConflictException if the user is deleted
     */
    public static void lockMember(Jdbc tx, UUID user) {
        if (state(tx, user) == State.DELETED) {
            throw new ConflictException("user " + user + " is deleted: cannot be a member of an organization");
        }
    }

    /**
     * Locks a user who is to become the owner of a new organization. An unknown id is left to the foreign key.
     *
     * @throws ConflictException if the user is inactive or deleted
     */
    public static void lockFirstOwner(Jdbc tx, UUID user) {
        if (state(tx, user) != State.ACTIVE) {
            throw new ConflictException("user " + user + " is not active: cannot own an organization");
        }
    }

    private static State state(Jdbc tx, UUID user) {
        return tx.find(Sql.of(LOCK_MEMBER, user), row -> row.enumValue("state", State.class))
                .orElse(State.ACTIVE);
    }

    /**
     * The organization is locked, and is about to lose this owner, if the user is one.
     *
     * @param verb what is refused to the last one
     * @throws ConflictException if the user is its last active owner
     */
    public static void requireAnother(Jdbc tx, UUID organization, UUID user, String verb) {
        refuseLast(tx.list(Sql.of(OWNED, user).and("and o.id = ?", organization), Owned::map), user, verb);
    }

    /**
     * Runs a change that ends every ownership of the user, in this transaction or in one of its own.
     *
     * @param verb what is refused to the last one
     * @throws ConflictException if the user is the last active owner of an organization
     */
    public static <T> T lose(Jdbc jdbc, UUID user, String verb, Function<Jdbc, T> change) {
        return lose(jdbc, user, verb, List.of(Sql.of(OWNED_BY, user)), "for no key update", change);
    }

    /** {@link #lose} where the change also removes the invitations to the user's address. */
    public static <T> T loseAddress(Jdbc jdbc, UUID user, String verb, Function<Jdbc, T> change) {
        return lose(jdbc, user, verb, List.of(Sql.of(OWNED_OR_INVITING, user, user)), "for no key update", change);
    }

    /**
     * {@link #lose} where the change removes the user's row, by which foreign keys write what the user verified, proposed,
     * discussed, created, reviewed or submitted. Whoever locks one of these may ask for the user next, so they come first here too.
     */
    public static <T> T loseRow(Jdbc jdbc, UUID user, String verb, Function<Jdbc, T> change) {
        List<Sql> written = List.of(
                Sql.of(OWNED_OR_VERIFIED, user, user),
                Sql.of(DISCUSSED, user, user, user, user, user, user),
                Sql.of(CREATED, user, user),
                Sql.of(REVIEWED, user),
                Sql.of(SUBMITTED, user));
        return lose(jdbc, user, verb, written, "for update", change);
    }

    private static <T> T lose(
            Jdbc jdbc, UUID user, String verb, List<Sql> before, String strength, Function<Jdbc, T> change) {
        Objects.requireNonNull(user, "id");
        return jdbc.atomically(tx -> {
            while (!isLocked(tx, user, verb, before, strength)) {
                // One more row came to be locked before the user meanwhile.
            }
            return change.apply(tx);
        });
    }

    /** False, with nothing locked, when by now there is a row to lock before the user that was not among the locked ones. */
    private static boolean isLocked(Jdbc tx, UUID user, String verb, List<Sql> before, String strength) {
        try {
            return tx.inTransaction(TxOptions.DEFAULT, (inner, connection) -> {
                Set<UUID> locked = new HashSet<>();
                before.forEach(rows -> locked.addAll(ids(inner, rows.and("order by o.id for no key update of o"))));
                inner.find(Sql.of(LOCK_OWNER, user).and(strength), row -> row.text("isolation"))
                        .ifPresent(Owners::requireReadCommitted);
                if (!before.stream().allMatch(rows -> locked.containsAll(ids(inner, rows)))) {
                    throw new OneMore();
                }
                refuseLast(inner.list(Sql.of(OWNED, user), Owned::map), user, verb);
                return true;
            });
        } catch (OneMore e) {
            return false;
        }
    }

    private static List<UUID> ids(Jdbc tx, Sql rows) {
        return tx.list(rows, row -> row.uuid("id"));
    }

    private static void refuseLast(List<Owned> owned, UUID user, String verb) {
        owned.stream().filter(Owned::alone).findFirst().ifPresent(one -> {
            throw new ConflictException(
                    "user " + user + " is the last active owner of organization " + one.slug() + ": cannot " + verb);
        });
    }

    /** In an older snapshot the count would not see what the lock waited for. */
    private static void requireReadCommitted(String isolation) {
        if (!isolation.equals("read committed")) {
            throw new IllegalStateException(
                    "a change of an organization's owners needs the isolation level read committed, and was asked for in "
                            + isolation);
        }
    }

    private enum State {
        ACTIVE,
        INACTIVE,
        DELETED
    }

    /** An organization that the user owns, and whether no other owner is active. */
    private record Owned(String slug, boolean alone) {
        static Owned map(Row row) throws SQLException {
            return new Owned(row.text("slug"), row.bool("alone"));
        }
    }

    /** Rolls back to before the locks, which would otherwise be taken out of order. */
    private static final class OneMore extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OneMore() {
            super(null, null, false, false);
        }
    }
}
