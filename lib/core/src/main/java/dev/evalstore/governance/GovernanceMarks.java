package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Marks by which the next refresh counts a user's proposals, votes and reviews anew. They are only inserted, and lock nothing. */
final class GovernanceMarks {
    private static final String MARK = """
            /* statistics_marks.mark_user */ insert into evalstore.statistics_marks (kind, subject, stale)
            values ('user', ?, false)""";

    private GovernanceMarks() {}

    /** In the transaction of what changes the user's figures; nobody's are nobody's. */
    static void mark(Jdbc tx, @Nullable UUID user) {
        if (user != null) {
            tx.update(Sql.of(MARK, user));
        }
    }
}
