package dev.evalstore.internal.jdbc;

/**
 * How statements tell whether transaction ids still mean what they meant. They do not on another timeline (a promoted replica), nor
 * after a crash, which forgets ids that had not reached the log. A crash is recognised because it resets the server's statistics,
 * even where the postmaster survived.
 */
public final class ServerLife {
    private static final String TIMELINE = "left(pg_walfile_name(pg_current_wal_lsn()), 8)";
    private static final String LIFE = "coalesce(extract(epoch from pg_stat_get_bgwriter_stat_reset_time())::text, '')";

    private ServerLife() {}

    /** The statement with both for its {@code {timeline}} and {@code {life}}. */
    public static String text(String statement) {
        return statement.replace("{timeline}", TIMELINE).replace("{life}", LIFE);
    }
}
