package dev.evalstore.governance;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The comments in reviews, and replies to them, which nest at most 50 deep. Any active user may write one, also in the
 * review of another: the host says who may.
 *
 * <p>Comments are written and changed while their proposal is under review or voted on, and its discussion is not closed;
 * otherwise the verb throws {@link ConflictException}. They are resolved and deleted at any time. What is written about
 * one proposal waits for each other, and for votes on it. Comments emit no events.
 */
public final class ReviewCommentRepository extends ReviewCommentReads {
    /** Below a parent that does not exist any depth will do: the foreign key refuses the row. */
    private static final String BELOW = """
            coalesce((select c.depth + 1 from evalstore.review_comments c where c.id = ?), 1)""";

    private static final String PROPOSAL = """
            /* review_comments.proposal */ select r.proposal_id
            from evalstore.review_comments c join evalstore.reviews r on r.id = c.review_id
            where c.id = ?""";

    ReviewCommentRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a comment and returns it as stored.
     *
     * @throws NotFoundException if no review has the id
     * @throws ConflictException if the proposal is neither under review nor voted on, its discussion is closed, or the user
     *     is inactive
     * @throws ConstraintViolationException if the parent is no comment of the review ({@code review_comments_parent_fk}) or
     *     stands 50 deep already ({@code review_comments_depth_range}), or the user does not exist
     *     ({@code review_comments_created_by_fk})
     */
    public ReviewComment create(NewReviewComment comment) {
        Objects.requireNonNull(comment, "comment");
        Columns values = new Columns()
                .set("review_id", comment.reviewId())
                .set("created_by", comment.createdBy())
                .set("content", comment.content())
                .set("kind", comment.kind())
                .set("path", comment.path())
                .set("line_from", comment.lineFrom())
                .set("line_to", comment.lineTo());
        if (comment.parentId() != null) {
            values.set("parent_id", comment.parentId()).expression("depth", BELOW, comment.parentId());
        }
        return jdbc.atomically(tx -> {
            UUID proposal = ReviewReads.TABLE.get(tx, comment.reviewId()).proposalId();
            Discussion.lock(tx, proposal, comment.createdBy(), "comment").requireOpen("comment");
            return TABLE.create(tx, values);
        });
    }

    /**
     * Changes the text of a comment and returns the changed row.
     *
     * @param content not blank, at most 20,000 characters
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the proposal is neither under review nor voted on, or its discussion is closed
     */
    public ReviewComment update(UUID id, String content) {
        Columns values = new Columns().set("content", Check.text("content", content, 1, NewReviewComment.MAX_CONTENT));
        return jdbc.atomically(tx -> {
            Discussion.lock(tx, proposalOf(tx, id), null, "comment").requireOpen("comment");
            return TABLE.update(tx, id, "update", values);
        });
    }

    /**
     * Settles a comment: its question is answered, its issue is dealt with. Its replies stay as they are.
     *
     * @param user who settles it
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is resolved already, or the user is inactive
     * @throws ConstraintViolationException if the user does not exist ({@code review_comments_resolved_by_fk})
     */
    public ReviewComment resolve(UUID id, UUID user) {
        Columns values = new Columns()
                .set("resolved_by", Objects.requireNonNull(user, "user"))
                .now("resolved_at");
        return jdbc.atomically(tx -> {
            Discussion.lock(tx, proposalOf(tx, id), user, "resolve a comment");
            return TABLE.move(tx, id, "resolve", "resolved_at is null", values);
        });
    }

    /**
     * Opens a resolved comment again.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is not resolved
     */
    public ReviewComment unresolve(UUID id) {
        Columns values = new Columns().set("resolved_by", null).set("resolved_at", null);
        return jdbc.atomically(tx -> {
            Discussion.lock(tx, proposalOf(tx, id), null, "open a comment");
            return TABLE.move(tx, id, "unresolve", "resolved_at is not null", values);
        });
    }

    /** Deletes a comment with all replies below it; false when none has the id. */
    public boolean delete(UUID id) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> {
            Optional<UUID> proposal = findProposal(tx, id);
            proposal.ifPresent(of -> Discussion.lock(tx, of, null, "delete a comment"));
            return proposal.isPresent() && TABLE.delete(tx, id);
        });
    }

    private static UUID proposalOf(Jdbc tx, UUID comment) {
        Objects.requireNonNull(comment, "id");
        return findProposal(tx, comment).orElseThrow(() -> TABLE.notFound(comment));
    }

    private static Optional<UUID> findProposal(Jdbc tx, UUID comment) {
        return tx.find(Sql.of(PROPOSAL, comment), row -> row.uuid("proposal_id"));
    }
}
