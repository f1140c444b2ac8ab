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
    /** What joins the page's submissions, and the end. */
    static final String ORDER = """
            order by p.board_score, p.submitted_at, p.submission_id""";

    static final BoardSql NOW = of("now", false, false);

    /** Of several versions. */
    static final BoardSql NOW_OF_SEVERAL = of("now_of_several", false, true);

    static final BoardSql PAST = of("past", true, false);

    /** Of several versions. */
    static final BoardSql PAST_OF_SEVERAL = of("past_of_several", true, true);

    /** The open entries of the version {@code v}, by an index of their own. */
    private static final class Parts {
        static final String OPEN = """
                (select c.subject_key, c.board_score, c.submitted_at, c.submission_id
                from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and c.valid_to is null)""";

        /** The same of a moment: entries that are open still, and entries that were closed later. Each has its index. */
        static final String VALID = """
                (select c.subject_key, c.board_score, c.submitted_at, c.submission_id
                from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and c.valid_to is null and c.valid_from <= q.moment
                union all
                select c.subject_key, c.board_score, c.submitted_at, c.submission_id
                from evalstore.leaderboard_entries c
                where c.version_id = v.id and c.board = q.board and c.valid_to > q.moment and c.valid_from <= q.moment)""";

        static final String OPEN_ONE = """
                c.valid_to is null""";

        static final String VALID_ONE = """
                c.valid_from <= q.moment and (c.valid_to is null or c.valid_to > q.moment)""";

        /** Of several versions, only the model's best entry counts. */
        static final String UNBEATEN = """
                and not exists (
                    select from unnest(q.versions) w (id)
                    join evalstore.leaderboard_entries c
                        on c.version_id = w.id and c.subject_key = e.subject_key and c.board = q.board
                    where {one} and (c.board_score, c.submitted_at, c.submission_id)
                        < (e.board_score, e.submitted_at, e.submission_id))""";

        static final String PAGE = """
                /* leaderboard_entries.page_{name} */ with q as materialized (
                    select ?::uuid[] as versions, ?::text as board, ?::timestamptz as moment, ?::float8 as board_score,
                        ?::timestamptz as submitted_at, ?::uuid as submission_id, ?::bigint as skipped, ?::bigint as size),
                page as materialized (
                    select e.board_score, e.submitted_at, e.submission_id
                    from q cross join unnest(q.versions) v (id)
                    cross join lateral (
                        select e.board_score, e.submitted_at, e.submission_id from {entries} e
                        where (e.board_score, e.submitted_at, e.submission_id)
                            > (q.board_score, q.submitted_at, q.submission_id) {unbeaten}
                        order by e.board_score, e.submitted_at, e.submission_id limit q.skipped + q.size) e
                    order by e.board_score, e.submitted_at, e.submission_id
                    offset (select q.skipped from q) limit (select q.size from q)),
                """;

        static final String AROUND = """
                /* leaderboard_entries.around_{name} */ with q as materialized (
                    select ?::uuid[] as versions, ?::text as board, ?::timestamptz as moment, ?::uuid as subject_key,
                        ?::bigint as before, ?::bigint as size),
                own as materialized (
                    select c.board_score, c.submitted_at, c.submission_id
                    from q cross join unnest(q.versions) v (id)
                    join evalstore.leaderboard_entries c
                        on c.version_id = v.id and c.subject_key = q.subject_key and c.board = q.board
                    where {one}
                    order by c.board_score, c.submitted_at, c.submission_id limit 1),
                page as materialized (
                    (select e.board_score, e.submitted_at, e.submission_id
                    from own cross join q cross join unnest(q.versions) v (id)
                    cross join lateral (
                        select e.board_score, e.submitted_at, e.submission_id from {entries} e
                        where (e.board_score, e.submitted_at, e.submission_id)
                            < (own.board_score, own.submitted_at, own.submission_id) {unbeaten}
                        order by e.board_score desc, e.submitted_at desc, e.submission_id desc limit q.before) e
                    order by e.board_score desc, e.submitted_at desc, e.submission_id desc limit (select q.before from q))
                    union all
                    (select e.board_score, e.submitted_at, e.submission_id
                    from own cross join q cross join unnest(q.versions) v (id)
                    cross join lateral (
                        select e.board_score, e.submitted_at, e.submission_id from {entries} e
                        where (e.board_score, e.submitted_at, e.submission_id)
                            >= (own.board_score, own.submitted_at, own.submission_id) {unbeaten}
                        order by e.board_score, e.submitted_at, e.submission_id limit q.size) e
                    order by e.board_score, e.submitted_at, e.submission_id limit (select q.size from q))),
                """;

        /** Entries with a better score than the page's first, and earlier ones of the same score. */
        static final String RANKED = """
                counted as materialized (
                    select coalesce(sum(b.better), 0)::bigint as better, coalesce(sum(t.equal), 0)::bigint as equal
                    from (
                        select p.board_score, p.submitted_at, p.submission_id from page p
                        order by p.board_score, p.submitted_at, p.submission_id limit 1) f
                    cross join q cross join unnest(q.versions) v (id)
                    cross join lateral (
                        select count(*) as better from {entries} e where e.board_score < f.board_score {unbeaten}) b
                    cross join lateral (
                        select count(*) as equal from {entries} e
                        where e.board_score = f.board_score
                            and (e.submitted_at, e.submission_id) < (f.submitted_at, f.submission_id) {unbeaten}) t)
                select p.board_score, p.submitted_at, p.submission_id, n.better, n.equal, {submission}
                from page p cross join counted n
                left join evalstore.submissions s on s.id = p.submission_id""";

        private Parts() {}
    }

    private static BoardSql of(String name, boolean isPast, boolean isOfSeveral) {
        String one = isPast ? Parts.VALID_ONE : Parts.OPEN_ONE;
        String ranked = Parts.RANKED;
        return new BoardSql(
                filled(Parts.PAGE.concat(ranked), name, isPast, isOfSeveral, one),
                filled(Parts.AROUND.concat(ranked), name, isPast, isOfSeveral, one));
    }

    private static String filled(String text, String name, boolean isPast, boolean isOfSeveral, String one) {
        return text.replace("{entries}", isPast ? Parts.VALID : Parts.OPEN)
                .replace("{unbeaten}", isOfSeveral ? Parts.UNBEATEN : "")
                .replace("{one}", one)
                .replace("{name}", name)
                .replace("{submission}", RankedSubmission.COLUMNS);
    }
}
