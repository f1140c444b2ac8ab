package dev.evalstore.tracking;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link FeedbackRepository} that only read. */
public sealed class FeedbackReads extends TableRows<Feedback, FeedbackFilter> permits FeedbackRepository {
    static final Table<Feedback> TABLE = Table.of("feedback", "evaluation_feedback", """
                    id, evaluation_id, user_id, rating, thumbs, comment, criteria, created_at, updated_at""", FeedbackReads::map)
            .newestFirst(Feedback::createdAt, Feedback::id)
            .audited("create", "change", "withdraw")
            .withholding("comment", "criteria");

    private static final String OF_USER = """
            and evaluation_id = ? and user_id = ?""";

    /** One snapshot, and one look by the conditions, for figures and newest: each of those comes with the figures. */
    static final String STATS = """
            /* evaluation_feedback.stats */ with given as materialized (
                select id, rating, thumbs, comment is not null as is_commented, created_at
                from evalstore.evaluation_feedback where true""";

    static final String NEWEST = """
            )
            select s.n, s.rated, s.mean, s.stars_1, s.stars_2, s.stars_3, s.stars_4, s.stars_5, s.thumbs_up,
                s.thumbs_down, s.comments, {newest}
            from (
                select count(*) as n, count(rating) as rated,
                    sum(rating)::float8 / nullif(count(rating), 0) as mean,
                    count(*) filter (where rating = 1) as stars_1, count(*) filter (where rating = 2) as stars_2,
                    count(*) filter (where rating = 3) as stars_3, count(*) filter (where rating = 4) as stars_4,
                    count(*) filter (where rating = 5) as stars_5,
                    count(*) filter (where thumbs = 'up') as thumbs_up,
                    count(*) filter (where thumbs = 'down') as thumbs_down,
                    count(*) filter (where is_commented) as comments
                from given) s
            left join (
                (select id as newest_id from given order by created_at desc, id desc limit 10) n
                join evalstore.evaluation_feedback f on f.id = n.newest_id) on true
            order by f.created_at desc, f.id desc""".replace("{newest}", TABLE.columns("f"));

    FeedbackReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** What the user says of the evaluation; empty when the user says nothing. */
    public Optional<Feedback> findByUser(UUID evaluationId, UUID userId) {
        Objects.requireNonNull(evaluationId, "evaluationId");
        return findByUser(jdbc, evaluationId, Objects.requireNonNull(userId, "userId"));
    }

    static Optional<Feedback> findByUser(Jdbc jdbc, UUID evaluation, UUID user) {
        return jdbc.find(TABLE.selectAll("find_by_user").and(OF_USER, evaluation, user), TABLE.mapper());
    }

    /** A page of the feedback on an evaluation, newest first. Empty when there is none. */
    public Page<Feedback> ofEvaluation(UUID evaluationId, int limit, @Nullable Cursor after) {
        return list(FeedbackFilter.ALL.evaluation(evaluationId), limit, after);
    }

    /**
     * Figures over the feedback that the filter admits, and the 10 given last, computed by the server in one read. Zeros and
     * nothing when the filter admits none.
     */
    public FeedbackStats stats(FeedbackFilter filter) {
        Objects.requireNonNull(filter, "filter");
        Sql sql = Sql.of(STATS).and(filter).and(NEWEST);
        List<FeedbackStats> rows = jdbc.list(sql, FeedbackReads::stats);
        List<Feedback> newest = new ArrayList<>();
        rows.forEach(row -> newest.addAll(row.newest()));
        FeedbackStats all = rows.get(0);
        return new FeedbackStats(
                all.count(),
                all.rated(),
                all.mean(),
                all.stars(),
                all.thumbsUp(),
                all.thumbsDown(),
                all.comments(),
                newest);
    }

    /** A row of {@link #STATS}, with the one feedback that it has, or none. */
    private static FeedbackStats stats(Row row) throws SQLException {
        Row feedback = row.at("f");
        return new FeedbackStats(
                row.bigint("n"),
                row.bigint("rated"),
                row.realOrNull("mean"),
                List.of(
                        row.bigint("stars_1"),
                        row.bigint("stars_2"),
                        row.bigint("stars_3"),
                        row.bigint("stars_4"),
                        row.bigint("stars_5")),
                row.bigint("thumbs_up"),
                row.bigint("thumbs_down"),
                row.bigint("comments"),
                feedback.uuidOrNull("id") == null ? List.of() : List.of(map(feedback)));
    }

    private static Feedback map(Row row) throws SQLException {
        return new Feedback(
                row.uuid("id"),
                row.uuid("evaluation_id"),
                row.uuidOrNull("user_id"),
                row.integerOrNull("rating"),
                row.enumValueOrNull("thumbs", Thumbs.class),
                row.textOrNull("comment"),
                row.jsonOrNull("criteria"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
