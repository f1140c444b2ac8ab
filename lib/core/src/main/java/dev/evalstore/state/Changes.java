package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The feed of a watched namespace.
 *
 * <p>A change gets its number while its transaction holds the entry's row, so the numbers of one key's changes are in
 * order. Transaction ids are not: the older transaction may be the one that waited. But a lower number may be committed
 * after a higher one was read. So a reader first notes the last number L, and then a transaction id X: every
 * transaction that holds a number up to L has an id below X. Once all transactions below X have ended, no change up to
 * L can appear any more, and those up to L are settled.
 */
final class Changes {
    static final Table<StateChange> TABLE =
            Table.of("state change", "state_changes", "kind, key, version, created_at", Changes::map);

    private static final int BATCH = 1_000;

    /** The floor rises in the statement that deletes, so that a reader sees both or neither. */
    static final String CLEANUP = """
            /* state.cleanup_changes */ with gone as (
                delete from evalstore.state_changes c where c.namespace_id = ? and c.seq = any (array(
                    select o.seq from (
                        select d.seq, d.created_at from evalstore.state_changes d
                        where d.namespace_id = ? order by d.seq limit ?) o
                    where o.created_at < statement_timestamp() - make_interval(secs => ?::float8)))
                returning c.seq),
            floor as (
                update evalstore.state_namespaces
                set change_floor = greatest(change_floor, (select max(seq) from gone)),
                    updated_at = statement_timestamp()
                where id = ? and exists (select from gone))
            select count(*) as n from gone""";

    private static final Template WATCH = new Template("""
            /* state.watch */ with s as materialized (
                select change_floor, pg_snapshot_xmin(pg_current_snapshot()) >= ?::xid8 as settled
                from evalstore.state_namespaces where id = ?)
            select s.change_floor, s.settled, c.seq, c.kind, c.key, c.version, c.created_at
            from s left join lateral (
                select e.seq, e.kind, e.key, e.version, e.created_at from evalstore.state_changes e
                where e.namespace_id = ? and e.seq > ? and e.seq <= ? {range}
                order by e.seq limit ?) c on s.settled
            order by c.seq""");

    /**
     * The last number drawn, and an id drawn after it was read: the CTE has its row before the function runs. An id is
     * drawn only if there is a number to wait for.
     */
    private static final String BOUND = """
            /* state.watch_bound */ with l as materialized (
                select case when is_called then last_value else 0 end as last from evalstore.state_change_numbers)
            select l.last, case when l.last > ? then pg_current_xact_id()::text end as barrier from l""";

    private Changes() {}

    static StateChanges watch(Namespace namespace, byte[] prefix, @Nullable Cursor from, int limit) {
        namespace.requireFeed();
        Token token = from == null ? new Token(0, 0, "0", 0) : Token.of(from);
        if (token.given() >= token.bound()) {
            token = withBound(namespace, token);
        }
        if (token.given() >= token.bound() && from != null) {
            return new StateChanges(List.of(), token.cursor());
        }
        Range range = new Range(prefix, limit, null);
        int ns = namespace.id();
        Sql sql = namespace.sql.of(WATCH, range, token.barrier(), ns, ns, token.given(), token.bound(), range, limit);
        return changes(namespace, token, from, limit, namespace.jdbc.list(sql, Changes::answer));
    }

    private static Answer answer(Row row) throws SQLException {
        Long seq = row.bigintOrNull("seq");
        return new Answer(
                row.bigint("change_floor"),
                row.bool("settled"),
                seq == null ? 0 : seq,
                seq == null ? null : TABLE.mapper().map(row));
    }

    private static StateChanges changes(
            Namespace namespace, Token token, @Nullable Cursor from, int limit, List<Answer> answers) {
        Answer first = answers.get(0);
        if (from == null) {
            // The position stays below the floor: a change from before it may still be committed.
            token = new Token(token.given(), token.bound(), token.barrier(), first.floor());
        } else if (token.given() < first.floor() && token.floor() < first.floor()) {
            throw new ChangesCompactedException(namespace.name());
        }
        if (!first.settled()) {
            return new StateChanges(List.of(), token.cursor());
        }
        List<StateChange> changes = new ArrayList<>();
        for (Answer answer : answers) {
            if (answer.change() != null) {
                changes.add(answer.change());
            }
        }
        long reached = changes.size() < limit
                ? Math.max(token.given(), token.bound())
                : answers.get(answers.size() - 1).seq();
        return new StateChanges(changes, new Token(reached, token.bound(), token.barrier(), token.floor()).cursor());
    }

    private static StateChange map(Row row) throws SQLException {
        return new StateChange(
                row.enumValue("kind", StateChange.Kind.class),
                row.bytes("key"),
                row.bigint("version"),
                row.instant("created_at"));
    }

    private static Token withBound(Namespace namespace, Token token) {
        Sql sql = Sql.of(namespace.sql.text(BOUND), token.given());
        return namespace.jdbc.one(sql, row -> {
            String barrier = row.textOrNull("barrier");
            return barrier == null ? token : new Token(token.given(), row.bigint("last"), barrier, token.floor());
        });
    }

    static Cleanup cleanup(Namespace namespace, Duration olderThan) {
        namespace.requireFeed();
        int id = namespace.id();
        Sql sql = Sql.of(namespace.sql.text(CLEANUP), id, id, BATCH, olderThan, id);
        return Batches.run(
                BATCH, () -> namespace.jdbc.change(sql, row -> row.bigint("n")).orElseThrow());
    }

    /**
     * A position in the feed.
     *
     * @param given the number of the last change that was returned
     * @param bound the number up to which changes are settled once the barrier has passed
     * @param barrier the transaction id below which all must have ended
     * @param floor the feed's floor when the reader began. What lies below it was removed before; what may still appear
     *     there is new
     */
    record Token(long given, long bound, String barrier, long floor) {
        Cursor cursor() {
            String text = "watch|" + given + "|" + bound + "|" + barrier + "|" + floor;
            return new Cursor(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));
        }

        static Token of(Cursor cursor) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.US_ASCII)
                        .split("\\|", -1);
                if (parts.length == 5 && parts[0].equals("watch")) {
                    Long.parseUnsignedLong(parts[3]);
                    return new Token(
                            Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3], Long.parseLong(parts[4]));
                }
            } catch (RuntimeException e) {
                // Falls through: whatever is wrong, this is not a token of a feed.
            }
            throw new IllegalArgumentException("token does not belong to a feed");
        }
    }

    /** One row of the answer; its change is null if there is none to return. */
    private record Answer(
            long floor, boolean settled, long seq, @Nullable StateChange change) {}
}
