package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link CommunityVerificationRepository} that only read. */
public sealed class CommunityVerificationReads permits CommunityVerificationRepository {
    static final Table<CommunityVerification> TABLE = Table.of(
                    "community verification", "community_verifications", """
                    id, submission_id, verifier_id, reproduced, reproduced_score, environment_description,
                    environment_hash, evidence_url, notes, up, down, flagged, review, reviewed_by, reviewed_at,
                    review_notes, reached_at, created_at, updated_at""", CommunityVerificationReads::map)
            .newestFirst(CommunityVerification::createdAt, CommunityVerification::id)
            .status(verification -> verification.flagged() ? Flag.FLAGGED : Flag.UNFLAGGED)
            .audited("create", "flag", "unflag", "review")
            .emitting(Emits.<CommunityVerification>as(
                            "community_verification", "submissionId", "verifierId", "flagged", "review")
                    .on("create", "created")
                    .on("flag", "flagged")
                    .on("unflag", "unflagged")
                    .on("review", "reviewed")
                    .on("reach", "threshold_reached"));

    final Jdbc jdbc;

    CommunityVerificationReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The community verification; empty when none has the id, or the viewer may not see its submission. */
    public Optional<CommunityVerification> find(UUID id, Viewer viewer) {
        Objects.requireNonNull(id, "id");
        return jdbc.find(
                TABLE.selectAll("find").and("and id = ?", id).and(CommunityVerificationFilter.byId(viewer)),
                TABLE.mapper());
    }

    /**
     * {@link #find}, which must find it.
     *
     * @throws NotFoundException if none has the id, or the viewer may not see its submission
     */
    public CommunityVerification get(UUID id, Viewer viewer) {
        return find(id, viewer).orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * A page of what the filter admits and the viewer may see, newest first. Empty when nothing does.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<CommunityVerification> list(
            CommunityVerificationFilter filter, Viewer viewer, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, Objects.requireNonNull(filter, "filter").seenBy(viewer), limit, after);
    }

    /** How many the filter admits and the viewer may see. Counts them, so the time grows with the answer. */
    public long count(CommunityVerificationFilter filter, Viewer viewer) {
        return TABLE.count(jdbc, Objects.requireNonNull(filter, "filter").seenBy(viewer));
    }

    /** The user's vote; empty when there is none, or the viewer may not see the submission. */
    public Optional<VerificationVote> findVote(UUID id, UUID user, Viewer viewer) {
        return CommunityVotes.find(
                jdbc, Objects.requireNonNull(id, "id"), Objects.requireNonNull(user, "user"), viewer);
    }

    /**
     * A page of the votes on a community verification, first given last first. Empty when there are none, or the viewer may
     * not see the submission.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<VerificationVote> votes(UUID id, Viewer viewer, int limit, @Nullable Cursor after) {
        return CommunityVotes.list(jdbc, Objects.requireNonNull(id, "id"), viewer, limit, after);
    }

    private static CommunityVerification map(Row row) throws SQLException {
        return new CommunityVerification(
                row.uuid("id"),
                row.uuid("submission_id"),
                row.uuid("verifier_id"),
                row.bool("reproduced"),
                row.realOrNull("reproduced_score"),
                row.text("environment_description"),
                row.textOrNull("environment_hash"),
                row.textOrNull("evidence_url"),
                row.text("notes"),
                row.integer("up"),
                row.integer("down"),
                row.bool("flagged"),
                row.enumValueOrNull("review", VerificationReview.class),
                row.uuidOrNull("reviewed_by"),
                row.instantOrNull("reviewed_at"),
                row.textOrNull("review_notes"),
                row.instantOrNull("reached_at"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    /** Whether moderators are asked to look. */
    private enum Flag {
        FLAGGED,
        UNFLAGGED
    }
}
