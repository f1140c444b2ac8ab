package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The votes on community verifications, and what they raise. A writer of a vote first locks the community verification, in a
 * statement of its own: so each adds to counts that are final. Lock order: the submission's organization, the
 * community verification, then the user and the submission.
 */
final class CommunityVotes {
    private static final Table<CommunityVerification> TABLE = CommunityVerificationReads.TABLE;

    static final Table<VerificationVote> VOTES = Table.of(
                    "verification vote", "verification_votes", """
                    community_verification_id, user_id, direction, created_at, updated_at""", CommunityVotes::map)
            .key("community_verification_id", "user_id")
            .audited("create", "change", "withdraw");

    private static final Keyset<VerificationVote> LATEST_FIRST = Keyset.newestFirst(
            "verification_votes", "created_at", "user_id", VerificationVote::createdAt, VerificationVote::userId);

    /** Foreign keys of votes do not wait for it. */
    private static final String LOCK = """
            and id = ? for no key update""";

    /** A submission that the user sees, and whether the user is active; null for an unknown user. */
    private static final String SEEN = """
            /* submissions.seen */ select (select u.active from evalstore.users u where u.id = ?) as active,
                current_setting('transaction_isolation') as isolation
            from evalstore.submissions s where s.id = ? and s.deleted_at is null""";

    private static final String OF_SEEN = """
            and exists (
                select from evalstore.community_verifications c join evalstore.submissions s on s.id = c.submission_id
                where c.id = community_verification_id""";

    private final int threshold;

    CommunityVotes(int threshold) {
        this.threshold = threshold;
    }

    CommunityVerification vote(Jdbc tx, UUID id, UUID user, VoteDirection direction) {
        CommunityVerification locked = lockFor(tx, id, user, "vote");
        List<UUID> key = List.of(id, user);
        VoteDirection before =
                VOTES.find(tx, key).map(VerificationVote::direction).orElse(null);
        if (before == direction) {
            return locked;
        }
        Columns values = new Columns().set("direction", direction);
        if (before == null) {
            VOTES.create(tx, values.set("community_verification_id", id).set("user_id", user));
        } else {
            VOTES.update(tx, key, "change", values);
        }
        return count(tx, id, before, direction);
    }

    boolean withdraw(Jdbc tx, UUID id, UUID user) {
        lock(tx, id);
        List<UUID> key = List.of(id, user);
        Optional<VerificationVote> vote = VOTES.find(tx, key);
        if (vote.isEmpty()) {
            return false;
        }
        VOTES.delete(tx, key, "withdraw");
        count(tx, id, vote.get().direction(), null);
        return true;
    }

    private CommunityVerification count(
            Jdbc tx, UUID id, @Nullable VoteDirection before, @Nullable VoteDirection after) {
        Columns counts = new Columns()
                .expression("up", "up + ?", change(VoteDirection.UP, before, after))
                .expression("down", "down + ?", change(VoteDirection.DOWN, before, after));
        return raise(tx, TABLE.update(tx, id, "count_votes", counts));
    }

    private static int change(VoteDirection counted, @Nullable VoteDirection before, @Nullable VoteDirection after) {
        return (after == counted ? 1 : 0) - (before == counted ? 1 : 0);
    }

    /** Raises the submission where the community verification, which is locked, has just come to reach the threshold. */
    CommunityVerification raise(Jdbc tx, CommunityVerification now) {
        boolean reaches = now.reachedAt() == null
                && now.reproduced()
                && !now.flagged()
                && now.review() != VerificationReview.REJECTED
                && now.up() - now.down() >= threshold;
        if (!reaches) {
            return now;
        }
        CommunityVerification reached = TABLE.update(tx, now.id(), "reach", new Columns().now("reached_at"));
        SubmissionStanding.raise(tx, now.submissionId(), VerificationLevel.COMMUNITY_VERIFIED);
        return reached;
    }

    /**
     * Locks the community verification for an act of this user, who must be independent, and becomes no member of the
     * submission's organization until the transaction ends.
     *
     * @param verb what is refused
     */
    static CommunityVerification lockFor(Jdbc tx, UUID id, UUID user, String verb) {
        Verifiers.lockOrganization(tx, TABLE.get(tx, id).submissionId());
        CommunityVerification locked = lock(tx, id);
        if (!isSeen(tx, locked.submissionId(), user, verb)) {
            throw TABLE.notFound(id);
        }
        if (locked.verifierId().equals(user)) {
            throw new ConflictException("user " + user + " made community verification " + id + ": cannot " + verb);
        }
        SubmissionStanding.requireIndependent(tx, locked.submissionId(), user, verb);
        return locked;
    }

    private static CommunityVerification lock(Jdbc tx, UUID id) {
        return tx.change(TABLE.selectAll("lock").and(LOCK, id), TABLE.mapper()).orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * False where the user may not see the submission, or it is deleted. An unknown user is left to the foreign key.
     *
     * @throws ConflictException if the user is inactive
     * @throws IllegalStateException if the transaction is not read committed: it would not see what the locks waited for
     */
    static boolean isSeen(Jdbc tx, UUID submission, UUID user, String verb) {
        Sql seen = Sql.of(SEEN, user, submission).and(Visibility.byId(Viewer.user(user)));
        Optional<Boolean> found = tx.find(seen, row -> {
            if (!row.text("isolation").equals("read committed")) {
                throw new IllegalStateException("to " + verb
                        + " needs the isolation level read committed, and was asked for in " + row.text("isolation"));
            }
            if (Boolean.FALSE.equals(row.boolOrNull("active"))) {
                throw new ConflictException("user " + user + " is not active: cannot " + verb);
            }
            return true;
        });
        return found.isPresent();
    }

    static Optional<VerificationVote> find(Jdbc jdbc, UUID id, UUID user, Viewer viewer) {
        Sql vote = seen("find", id, viewer).and("and user_id = ?", Objects.requireNonNull(user, "user"));
        return jdbc.find(vote, VOTES.mapper());
    }

    static Page<VerificationVote> list(Jdbc jdbc, UUID id, Viewer viewer, int limit, @Nullable Cursor after) {
        return LATEST_FIRST.read(jdbc, seen("list", id, viewer), VOTES.mapper(), limit, after);
    }

    private static Sql seen(String verb, UUID id, Viewer viewer) {
        return VOTES.selectAll(verb)
                .and("and community_verification_id = ?", Objects.requireNonNull(id, "id"))
                .and(OF_SEEN)
                .and(Visibility.byId(viewer))
                .and(")");
    }

    private static VerificationVote map(Row row) throws SQLException {
        return new VerificationVote(
                row.uuid("community_verification_id"),
                row.uuid("user_id"),
                row.enumValue("direction", VoteDirection.class),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
