package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.List;
import java.util.UUID;

/** Recomputes all models of a version, by pages in the order in which models are locked. */
final class BoardRebuild {
    /** Each model is a lock, and the server has room for some thousands of all sessions together. */
    private static final int BATCH = 200;

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    /** Models with public submissions, and those that are on a board and may have none any more. */
    private static final String SUBJECTS = """
            /* leaderboard_entries.subjects */ select k.subject_key
            from (
                (select distinct s.subject_key from evalstore.submissions s
                where s.version_id = ? and s.subject_key > ? and s.visibility = 'public' and s.deleted_at is null
                order by s.subject_key limit ?)
                union
                (select distinct e.subject_key from evalstore.leaderboard_entries e
                where e.version_id = ? and e.subject_key > ? and e.valid_to is null
                order by e.subject_key limit ?)) k
            order by k.subject_key limit ?""";

    private BoardRebuild() {}

    static long rebuild(Jdbc jdbc, UUID version) {
        long changes = 0;
        UUID after = BEFORE_ALL;
        List<UUID> keys;
        do {
            keys = jdbc.list(
                    Sql.of(SUBJECTS, version, after, BATCH, version, after, BATCH, BATCH),
                    row -> row.uuid("subject_key"));
            List<BoardSubject> subjects =
                    keys.stream().map(key -> new BoardSubject(version, key)).toList();
            changes += jdbc.atomically(tx -> Boards.recompute(tx, subjects));
            after = keys.isEmpty() ? after : keys.get(keys.size() - 1);
        } while (keys.size() == BATCH);
        return changes;
    }
}
