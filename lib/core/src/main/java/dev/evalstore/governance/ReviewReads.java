package dev.evalstore.governance;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** The verbs of {@link ReviewRepository} that only read. */
public sealed class ReviewReads extends TableRows<Review, ReviewFilter> permits ReviewRepository {
    static final Table<Review> TABLE = Table.of("review", "reviews", """
                    id, proposal_id, reviewer_id, status, decision, summary, submitted_at, created_at,
                    updated_at""", ReviewReads::map)
            .newestFirst(Review::createdAt, Review::id)
            .status(Review::status)
            .audited("create", "start", "complete", "decline", "reopen")
            .emitting(Emits.<Review>as("review")
                    .tell("proposalId", Review::proposalId)
                    .tell("reviewerId", Review::reviewerId)
                    .tell("status", Review::status)
                    .tell("decision", Review::decision)
                    .on("create", "created")
                    .on("start", "started")
                    .on("complete", "completed")
                    .on("decline", "declined")
                    .on("reopen", "reopened"));

    ReviewReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The comments in reviews. */
    public ReviewCommentReads comments() {
        return new ReviewCommentReads(jdbc);
    }

    /** The review of this user of this proposal; empty when there is none. */
    public Optional<Review> findByReviewer(UUID proposal, UUID reviewer) {
        return jdbc.find(
                TABLE.select("find_by_reviewer")
                        .and(
                                "and proposal_id = ? and reviewer_id = ?",
                                Objects.requireNonNull(proposal, "proposal"),
                                Objects.requireNonNull(reviewer, "reviewer")),
                TABLE.mapper());
    }

    private static Review map(Row row) throws SQLException {
        return new Review(
                row.uuid("id"),
                row.uuid("proposal_id"),
                row.uuid("reviewer_id"),
                row.enumValue("status", ReviewStatus.class),
                row.enumValueOrNull("decision", ReviewDecision.class),
                row.textOrNull("summary"),
                row.instantOrNull("submitted_at"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
