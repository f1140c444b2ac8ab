package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * What changes where a submission stands: its level, its visibility, its deletion. Each locks the submission, changes it, and
 * brings its model's boards up to date, all in one commit. Nothing else writes these columns.
 *
 * <p>Lock order: a verification or community verification, then the submission, then what {@link Boards} locks.
 */
final class SubmissionStanding {
    private static final Table<Submission> TABLE = SubmissionRows.TABLE;

    private static final String VERIFIED = "verification_level <> 'unverified'";

    /** Foreign keys to the submission do not wait for it. */
    private static final String LOCK = """
            /* submissions.lock */ select verification_level, visibility, deleted_at is not null as deleted
            from evalstore.submissions where id = ? for no key update""";

    /** A member is not independent of a deleted organization either. */
    private static final String INTERESTED = """
            /* submissions.interested */ select s.submitted_by is not distinct from ? or exists (
                select from evalstore.organization_members m
                where m.organization_id = s.organization_id and m.user_id = ?) as interested
            from evalstore.submissions s where s.id = ?""";

    private SubmissionStanding() {}

    /**
     * Raises the submission to the level. Nothing happens where it stands there or higher, or is deleted. The caller has locked
     * the verification or community verification that is the reason.
     *
     * @return whether the level rose
     * @throws dev.evalstore.NotFoundException if no submission has the id
     */
    static boolean raise(Jdbc tx, UUID submission, VerificationLevel level) {
        Locked before = lock(tx, submission);
        if (before.deleted() || before.level().compareTo(level) >= 0) {
            return false;
        }
        Columns values = new Columns().set("verification_level", level).now("verified_at");
        Submission raised = TABLE.update(tx, submission, "raise_level", values);
        recompute(tx, raised);
        if (before.isPublic()) {
            StatisticsMarks.markDue(tx, raised);
        }
        return true;
    }

    /**
     * Sets a verified submission back to unverified; the audit entry has the reason.
     *
     * @throws dev.evalstore.NotFoundException if no submission has the id, or it is deleted
     * @throws ConflictException if it is unverified
     */
    static Submission revoke(Jdbc jdbc, UUID submission, String reason) {
        Json metadata = Json.of(Map.of("reason", DefinitionRules.reason(reason)), JsonMapping.builtIn());
        Columns values = new Columns()
                .set("verification_level", VerificationLevel.UNVERIFIED)
                .set("verified_at", null);
        return jdbc.atomically(tx -> {
            Locked before = lock(tx, submission);
            Submission revoked = TABLE.move(tx, submission, "revoke", VERIFIED, values, metadata);
            return taken(tx, before, revoked);
        });
    }

    static Submission changeVisibility(Jdbc jdbc, UUID submission, SubmissionVisibility visibility) {
        Objects.requireNonNull(visibility, "visibility");
        return jdbc.atomically(tx -> {
            Locked before = lock(tx, submission);
            if (before.visibility() == visibility && !before.deleted()) {
                return TABLE.get(tx, submission);
            }
            Columns values = new Columns().set("visibility", visibility);
            Submission changed = TABLE.update(tx, submission, "change_visibility", values);
            if (visibility == SubmissionVisibility.PUBLIC) {
                recompute(tx, changed);
                StatisticsMarks.markDue(tx, changed);
                return changed;
            }
            return taken(tx, before, changed);
        });
    }

    /** One that is requested at the same moment may stay; its completion raises nothing. */
    static Submission softDelete(Jdbc jdbc, UUID submission) {
        Objects.requireNonNull(submission, "id");
        return jdbc.atomically(tx -> {
            VerificationOutcomes.cancelAll(tx, submission);
            Locked before = lock(tx, submission);
            return taken(tx, before, TABLE.softDelete(tx, submission, new Columns()));
        });
    }

    /**
     * Refuses a user who submitted it, or is a member of the organization that did.
     *
     * @param verb what is refused
     * @throws dev.evalstore.NotFoundException if no submission has the id
     * @throws ConflictException if the user is not independent
     */
    static void requireIndependent(Jdbc jdbc, UUID submission, UUID user, String verb) {
        Sql interested = Sql.of(INTERESTED, user, user, submission);
        boolean isInterested =
                jdbc.find(interested, row -> row.bool("interested")).orElseThrow(() -> TABLE.notFound(submission));
        if (isInterested) {
            throw new ConflictException("user " + user + " submitted submission " + submission
                    + ", or is a member of the organization that did: cannot " + verb);
        }
    }

    /** What stands is read by this and by later statements alone: they see what the lock waited for. */
    private static Locked lock(Jdbc tx, UUID submission) {
        Sql lock = Sql.of(LOCK, Objects.requireNonNull(submission, "id"));
        return tx.change(
                        lock,
                        row -> new Locked(
                                row.enumValue("verification_level", VerificationLevel.class),
                                row.enumValue("visibility", SubmissionVisibility.class),
                                row.bool("deleted")))
                .orElseThrow(() -> TABLE.notFound(submission));
    }

    /** It counts for less than before, on boards and in statistics, where it counted at all. */
    private static Submission taken(Jdbc tx, Locked before, Submission changed) {
        recompute(tx, changed);
        if (before.isPublic()) {
            StatisticsMarks.mark(tx, changed);
        }
        return changed;
    }

    private static void recompute(Jdbc tx, Submission changed) {
        List<BoardSubject> subject =
                List.of(new BoardSubject(changed.versionId(), changed.subject().key()));
        Boards.recompute(tx, subject);
        Boards.touch(tx, subject);
    }

    private record Locked(VerificationLevel level, SubmissionVisibility visibility, boolean deleted) {
        boolean isPublic() {
            return visibility == SubmissionVisibility.PUBLIC;
        }
    }
}
