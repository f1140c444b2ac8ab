package dev.evalstore.exchange;

/**
 * The statements that read boards. Each is one statement, so that places and ranks are of one moment: {@code page} are the
 * entries in order, and the rank of the first of them is counted, from which those of the others follow. The viewer's
 * conditions and the order come after.
 *
 * @param page the entries after a place; arguments: versions, board, moment, score, time and id of the place, how many are
 *     skipped, how many are read
 * @param around the entries around a model's; arguments: versions, board, moment, model, how many before, how many from it on
 */
record BoardSql(String page, String around) {
    static final String ORDER = """
            order by p.board_score, p.submitted_at, p.submission_id""";

    static final BoardSql NOW = of("now", Parts.NOW, Parts.ONE_VERSION);
    static final BoardSql PAST = of("past", Parts.PAST, Parts.ONE_VERSION);
    static final BoardSql NOW_OF_SEVERAL = of("now_of_several", Parts.NOW, Parts.SEVERAL_VERSIONS);
    static final BoardSql PAST_OF_SEVERAL = of("past_of_several", Parts.PAST, Parts.SEVERAL_VERSIONS);

    /** What stands in the gaps of the texts, by whether boards are read as they are, and by how many versions they are of. */
    private static final class Parts {
        private static final String PAGE = """
                /* leaderboard_entries.page_{name} */ with q as materialized (
                    select ?::uuid[] as versions, ?::text as board, ?::timestamptz as moment, ?::float8 as board_score,
                        ?::timestamptz as submitted_at, ?::uuid as submission_id, ?::bigint as skipped, ?::bigint as size),
                page as materialized (
                    select e.board_score, e.submitted_at, e.submission_id
                    from q cross join unnest(q.versions) v (id)
                    cross join lateral ({entries_after}) e
                    order by e.board_score, e.submitted_at, e.submission_id
                    offset (select q.skipped from q) limit (select q.size from q)),
                """;

        private static final String AROUND = """
                /* leaderboard_entries.around_{name} */ with q as materialized (
                    select ?::uuid[] as versions, ?::text as board, ?::timestamptz as moment, ?::uuid as subject_key,
                        ?::bigint as before, ?::bigint as size),
                own as materialized (
                    select c.board_score, c.submitted_at, c.submission_id
                    from q cross join unnest(q.versions) v (id)
                    cross join lateral (
                        select c.board_score, c.submitted_at, c.submission_id from evalstore.leaderboard_entries c
                        where c.version_id = v.id and c.subject_key = q.subject_key and c.board = q.board and {valid}
                        order by c.valid_from desc limit 1) c
                    order by c.board_score, c.submitted_at, c.submission_id limit 1),
                page as materialized (
                    (select e.board_score, e.submitted_at, e.submission_id
                    from own cross join q cross join unnest(q.versions) v (id)
                    cross join lateral ({entries_before_own}) e
                    order by e.board_score desc, e.submitted_at desc, e.submission_id desc limit (select q.before from q))
                    union all
                    (select e.board_score, e.submitted_at, e.submission_id
                    from own cross join q cross join unnest(q.versions) v (id)
                    cross join lateral ({entries_from_own}) e
                    order by e.board_score, e.submitted_at, e.submission_id limit (select q.size from q))),
                """;

        /**
         * Entries better than the page's first, and as good and earlier. Up to the nearest mark below they are what was counted
         * when the mark was made, with those that came since and less those that went since; see {@link BoardMarks}.
         */
        private static final String RANKED = """
                counted as materialized (
                    select coalesce(sum(m.better + b.n + o.n - g.n), 0)::bigint as better,
                        coalesce(sum(s.n), 0)::bigint as equal
                    from (
                        select p.board_score, p.submitted_at, p.submission_id from page p
                        order by p.board_score, p.submitted_at, p.submission_id limit 1) f
                    cross join q cross join unnest(q.versions) v (id)
                    cross join lateral ({mark}) m
                    cross join lateral (select sum(c.n) as n from ({better}) c) b
                    -- In the order of the index by time: another one would read the whole board.
                    cross join lateral (
                        select count(*) filter (where d.board_score < m.board_score) as n from (
                            select c.board_score from evalstore.leaderboard_entries c
                            where c.version_id = v.id and c.board = q.board and c.valid_from > m.marked_at and {valid}
                            order by c.valid_from) d) o
                    cross join lateral (
                        select count(*) filter (where d.board_score < m.board_score) as n from (
                            select c.board_score from evalstore.leaderboard_entries c
                            where c.version_id = v.id and c.board = q.board and c.valid_to > m.marked_at {closed}
                                and c.valid_from <= m.marked_at
                            order by c.valid_to) d) g
                    cross join lateral (select sum(c.n) as n from ({as_good}) c) s)
                select p.board_score, p.submitted_at, p.submission_id, n.better, n.equal, {submission}
                from page p cross join counted n
                -- Apart from the viewer's conditions: with them the server may read a whole partial index instead.
                left join lateral (
                    select {submission}, s.visibility, s.submitted_by, s.deleted_at from evalstore.submissions s
                    where s.id = p.submission_id offset 0) s on true""";

        private static final String ENTRIES_AFTER = """
                (select c.board_score, c.submitted_at, c.submission_id from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and {arm}
                    and (c.board_score, c.submitted_at, c.submission_id)
                        > (q.board_score, q.submitted_at, q.submission_id) {unbeaten}
                order by c.board_score, c.submitted_at, c.submission_id limit q.skipped + q.size)""";

        private static final String ENTRIES_BEFORE_OWN = """
                (select c.board_score, c.submitted_at, c.submission_id from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and {arm}
                    and (c.board_score, c.submitted_at, c.submission_id)
                        < (own.board_score, own.submitted_at, own.submission_id) {unbeaten}
                order by c.board_score desc, c.submitted_at desc, c.submission_id desc limit q.before)""";

        private static final String ENTRIES_FROM_OWN = """
                (select c.board_score, c.submitted_at, c.submission_id from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and {arm}
                    and (c.board_score, c.submitted_at, c.submission_id)
                        >= (own.board_score, own.submitted_at, own.submission_id) {unbeaten}
                order by c.board_score, c.submitted_at, c.submission_id limit q.size)""";

        private static final String BETTER = """
                (select count(*) as n from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and {arm}
                    and c.board_score >= m.board_score and c.board_score < f.board_score {unbeaten})""";

        private static final String AS_GOOD = """
                (select count(*) as n from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and {arm} and c.board_score = f.board_score
                    and (c.submitted_at, c.submission_id) < (f.submitted_at, f.submission_id) {unbeaten})""";

        private static final String MARK = """
                (select k.board_score, k.better, k.marked_at
                from (
                    (select l.board_score, l.better, l.marked_at from evalstore.leaderboard_marks l
                    where l.version_id = v.id and l.board = q.board and l.board_score <= f.board_score {marked}
                    order by l.marked_at desc, l.board_score desc limit 1)
                    union all
                    select '-infinity', 0, 'infinity') k
                order by k.marked_at limit 1)""";

        private static final String NO_MARK = """
                (select '-infinity'::float8 as board_score, 0::bigint as better, 'infinity'::timestamptz as marked_at)""";

        private static final String OPEN = """
                c.valid_to is null""";

        private static final String VALID = """
                c.valid_from <= q.moment and (c.valid_to is null or c.valid_to > q.moment)""";

        /** Of several versions, only the model's best entry counts. */
        private static final String UNBEATEN = """
                and not exists (
                    select from unnest(q.versions) w (id)
                    join evalstore.leaderboard_entries o
                        on o.version_id = w.id and o.subject_key = c.subject_key and o.board = q.board
                    where {valid_other} and (o.board_score, o.submitted_at, o.submission_id)
                        < (c.board_score, c.submitted_at, c.submission_id))""";

        /**
         * How entries are found: open ones have an index of their own. The past is read from an index of all: where a board has
         * changed since, one of open and one of closed entries would each be searched to its end.
         */
        static final Moment NOW = new Moment(OPEN, "", "");

        static final Moment PAST = new Moment(VALID, "and c.valid_to <= q.moment", "and l.marked_at <= q.moment");

        static final Versions ONE_VERSION = new Versions("", MARK);
        static final Versions SEVERAL_VERSIONS = new Versions(UNBEATEN, NO_MARK);

        private Parts() {}

        record Moment(String valid, String closed, String marked) {
            String fill(String text) {
                return text.replace("{entries_after}", ENTRIES_AFTER)
                        .replace("{entries_before_own}", ENTRIES_BEFORE_OWN)
                        .replace("{entries_from_own}", ENTRIES_FROM_OWN)
                        .replace("{better}", BETTER)
                        .replace("{as_good}", AS_GOOD)
                        .replace("{arm}", valid)
                        .replace("{closed}", closed);
            }
        }

        record Versions(String unbeaten, String mark) {
            String fill(String text) {
                return text.replace("{unbeaten}", unbeaten).replace("{mark}", mark);
            }
        }
    }

    private static BoardSql of(String name, Parts.Moment moment, Parts.Versions versions) {
        return new BoardSql(fill(Parts.PAGE, name, moment, versions), fill(Parts.AROUND, name, moment, versions));
    }

    private static String fill(String text, String name, Parts.Moment moment, Parts.Versions versions) {
        return versions.fill(moment.fill(text.concat(Parts.RANKED)))
                .replace("{marked}", moment.marked())
                .replace("{valid_other}", moment.valid().replace("c.", "o."))
                .replace("{valid}", moment.valid())
                .replace("{name}", name)
                .replace("{submission}", BoardRows.SUBMISSION);
    }
}
