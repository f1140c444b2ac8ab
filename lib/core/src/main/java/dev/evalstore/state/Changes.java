package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.jdbc.Sql;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The feed. A change gets its number while its transaction holds the entry's row, so numbers tell the order of changes to a
 * key, which transaction ids do not: the older transaction may be the one that waited. But a lower number may be committed after
 * a higher one was read. So a number L is noted, and after it a transaction id X: whoever holds a number up to L had an id below
 * X. Once every transaction below X has ended, nothing can appear up to L any more, and it can be given.
 */
final class Changes {
    private static final int BATCH = 1_000;

    /** The floor rises in the same statement that deletes, so a reader sees both or neither. */
    static final String COMPACT = """
        /* state.compact */ with gone as (
            delete from evalstore.state_changes c where c.namespace_id = ? and c.seq = any (array(
                select o.seq from (
                    select d.seq, d.created_at from evalstore.state_changes d
                    where d.namespace_id = ? order by d.seq limit ?) o
                where o.created_at < statement_timestamp() - make_interval(secs => ?::float8)))
            returning c.seq),
        floor as (
            update evalstore.state_namespaces
            set change_floor = greatest(change_floor, (select max(seq) from gone)), updated_at = statement_timestamp()
            where id = ? and exists (select from gone))
        select count(*) as n from gone\
        """;

    private Changes() {}

    /**
     * A place in the feed.
     *
     * @param given the number of the last change given
     * @param bound the number up to which changes are settled once the barrier has passed
     * @param barrier the transaction id below which all must have ended
     * @param floor the feed's floor when the listener began: what is below was gone before, and what may still come there is new
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
                // Falls through: whatever was wrong with it, it is not a token of a feed.
            }
            throw new IllegalArgumentException("token is not one of a feed");
        }
    }

    /** One row of the answer; without a change where there is none to give. */
    private record Answer(
            long floor, boolean settled, long seq, @Nullable StateChange change) {}

    static StateChanges watch(Scope scope, byte[] prefix, @Nullable Cursor from, int limit) {
        requireFeed(scope);
        Token token = from == null ? new Token(0, 0, "0", 0) : Token.of(from);
        if (token.given() >= token.bound()) {
            token = noted(scope, token);
        }
        if (token.given() >= token.bound() && from != null) {
            return new StateChanges(List.of(), token.cursor());
        }
        byte[] bound = Bytes.after(prefix);
        Sql sql = scope.plain("""
                            /* state.watch */ with s as materialized (
                                select change_floor, pg_snapshot_xmin(pg_current_snapshot()) >= ?::xid8 as settled
                                from evalstore.state_namespaces where id = ?)
                            select s.change_floor, s.settled, c.seq, c.kind, c.key, c.version, c.created_at
                            from s left join lateral (
                                select seq, kind, key, version, created_at from evalstore.state_changes
                                where namespace_id = ? and seq > ? and seq <= ? and key >= ?\
                            """, token.barrier(), scope.id(), scope.id(), token.given(), token.bound(), prefix)
                .andIf(bound != null, "and key < ?", bound)
                .and("order by seq limit ?) c on s.settled order by c.seq", limit);
        List<Answer> answers = scope.jdbc().list(sql, row -> {
            Long seq = row.bigintOrNull("seq");
            return new Answer(
                    row.bigint("change_floor"),
                    row.bool("settled"),
                    seq == null ? 0 : seq,
                    seq == null
                            ? null
                            : new StateChange(
                                    row.enumValue("kind", StateChange.Kind.class),
                                    row.bytes("key"),
                                    row.bigint("version"),
                                    row.instant("created_at")));
        });
        return given(scope, token, from, limit, answers);
    }

    private static StateChanges given(
            Scope scope, Token token, @Nullable Cursor from, int limit, List<Answer> answers) {
        Answer first = answers.get(0);
        if (from == null) {
            // Not given up to the floor: a change from before it may still be committed.
            token = new Token(token.given(), token.bound(), token.barrier(), first.floor());
        } else if (token.given() < first.floor() && token.floor() < first.floor()) {
            throw new ChangesCompactedException(scope.namespace().name());
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

    /**
     * The last number given out, and an id drawn after it was read: the CTE has its row before the function runs. An id is drawn
     * only where there is a number to wait for.
     */
    private static Token noted(Scope scope, Token token) {
        Sql sql = scope.plain("""
                /* state.watch_bound */ with l as materialized (
                    select case when is_called then last_value else 0 end as last from evalstore.state_change_numbers)
                select l.last, case when l.last > ? then pg_current_xact_id()::text end as barrier from l\
                """, token.given());
        return scope.jdbc().one(sql, row -> {
            String barrier = row.textOrNull("barrier");
            return barrier == null ? token : new Token(token.given(), row.bigint("last"), barrier, token.floor());
        });
    }

    static Cleanup compact(Scope scope, Duration olderThan) {
        requireFeed(scope);
        Sql sql = scope.plain(COMPACT, scope.id(), scope.id(), BATCH, olderThan, scope.id());
        return Batches.run(
                BATCH, () -> scope.jdbc().change(sql, row -> row.bigint("n")).orElse(0L));
    }

    private static void requireFeed(Scope scope) {
        if (!scope.namespace().watched()) {
            throw new IllegalStateException(
                    "state namespace " + scope.namespace().name() + " was made without a feed");
        }
    }
}
