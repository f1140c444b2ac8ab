package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;

/** The verbs of {@link ReviewCommentRepository} that only read. */
public sealed class ReviewCommentReads extends TableRows<ReviewComment, ReviewCommentFilter>
        permits ReviewCommentRepository {
    static final Table<ReviewComment> TABLE = Table.of(
                    "review comment", "review_comments", """
                    id, review_id, parent_id, depth, kind, content, path, line_from, line_to, resolved_by, resolved_at,
                    created_by, created_at, updated_at""", ReviewCommentReads::map)
            .newestFirst(ReviewComment::createdAt, ReviewComment::id)
            .status(comment -> comment.resolvedAt() == null ? Standing.OPEN : Standing.RESOLVED)
            .audited("create", "update", "resolve", "unresolve", "delete");

    ReviewCommentReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    private static ReviewComment map(Row row) throws SQLException {
        return new ReviewComment(
                row.uuid("id"),
                row.uuid("review_id"),
                row.uuidOrNull("parent_id"),
                row.integer("depth"),
                row.enumValue("kind", ReviewCommentKind.class),
                row.text("content"),
                row.textOrNull("path"),
                row.integerOrNull("line_from"),
                row.integerOrNull("line_to"),
                row.uuidOrNull("resolved_by"),
                row.instantOrNull("resolved_at"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    /** Whether a comment is settled. */
    private enum Standing {
        OPEN,
        RESOLVED
    }
}
