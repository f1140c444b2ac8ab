package dev.evalstore.internal.event;

/**
 * The numbers of a feed, and up to which of them nothing is yet to come.
 *
 * <p>A writer draws the number of a row from a sequence, while it holds what orders the row among others of its kind. So numbers of
 * one kind are in the order of their commits, but a lower number of another kind may be committed after a higher one was read.
 *
 * <p>Therefore a writer, before it draws its first number, takes a shared lock whose number is the last one drawn, until its
 * transaction has ended and is visible. A reader first notes the last number drawn, and then the least number among these locks. A
 * writer whose lock it does not see either is visible, or draws after the reader noted; one whose lock it sees draws numbers
 * above the lock's. So nothing is yet to come up to the lesser of the two: that is settled. Nobody waits, and only
 * transactions that hold a number hold up what comes after it. What is settled is seen by the statements after the one that asked,
 * and not by that one, whose snapshot is older.
 *
 * <p>The lock's class is the sequence's oid, so that feeds and schemas do not meet. Its number is the sequence's less 2^31, in 32
 * bits: that tells it while fewer than 2^31 numbers are drawn in one transaction's time. A transaction remembers in a
 * setting of its own that it holds one; a savepoint that is rolled back takes back both.
 */
public final class FeedOrder {
    private static final String HOLDING = """
            holding as materialized (
                select case when current_setting('evalstore_feed.{name}', true) is distinct from n.class::text
                    then set_config('evalstore_feed.{name}', n.class::text, true)
                        || pg_advisory_xact_lock_shared(n.class, n.number)::text end as held
                from (
                    select 'evalstore.{name}'::regclass::oid::int as class,
                        ((s.last_value - (not s.is_called)::int) % 4294967296 - 2147483648)::int as number
                    from evalstore.{name} s{where}) n)""";

    /**
     * The lateral join makes the locks be read after the number. A standby knows no locks of writers and a sequence that is ahead, so
     * the server refuses the question there, as it refuses to say where its log ends.
     */
    private static final String SETTLED = """
            last_drawn as materialized (
                select 'evalstore.{name}'::regclass::oid as class,
                    case when pg_is_in_recovery() then (pg_current_wal_lsn() - '0/0')::bigint
                        else s.last_value - (not s.is_called)::int end as number
                from evalstore.{name} s),
            settled as materialized (
                select n.number as last,
                    -- Less how many numbers ago a lock was taken; of one taken after the number was noted that is negative.
                    least(n.number, n.number + 2147483648 - max((n.number - l.objid::bigint) & 4294967295)) as number
                from last_drawn n left join lateral (
                    select p.objid from pg_catalog.pg_locks p
                    where p.locktype = 'advisory' and p.objsubid = 2 and p.classid = n.class
                        and p.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
                    ) l on true
                group by n.number)""";

    private static final String IF_ANY = " where exists (select from {rows})";

    private static final String NEXT = "nextval('evalstore.{name}')";

    private final String name;

    private FeedOrder(String name) {
        this.name = name;
    }

    /** The order by this sequence, named without its schema. */
    public static FeedOrder by(String sequence) {
        return new FeedOrder(sequence);
    }

    /** The CTE {@code holding} of one row, which a statement must join before it draws a number. */
    public String holding() {
        return of(HOLDING).replace("{where}", "");
    }

    /** The same, which has a row and takes the lock only if the CTE of this name has rows, and after the first of them is written. */
    public String holdingFor(String rows) {
        return of(HOLDING).replace("{where}", IF_ANY.replace("{rows}", rows));
    }

    /** The expression that draws a number. */
    public String next() {
        return of(NEXT);
    }

    /**
     * The CTE {@code settled} of one row: {@code last}, the last number drawn, and {@code number}, up to which all rows there will ever
     * be are seen by the transaction's next statement, if it is read committed. Refused by standbys (55000).
     */
    public String settled() {
        return of(SETTLED);
    }

    private String of(String text) {
        return text.replace("{name}", name);
    }
}
