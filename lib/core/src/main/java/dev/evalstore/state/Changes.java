package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.event.FeedOrder;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The feed of a watched namespace.
 *
 * <p>A change gets its number while its transaction holds the entry's row, so the numbers of one key's changes are in
 * order. But a lower number may be committed after a higher one was read. So a reader first asks {@link FeedOrder} up to
 * which number nothing is yet to come, and then reads up to there in a later statement.
 */
final class Changes {
    static final Table<StateChange> TABLE =
            Table.of("state change", "state_changes", "kind, key, version, created_at", Changes::map);

    private static final int BATCH = 1_000;

    /** The floor rises in the statement that deletes, so that a reader sees both or neither. */
    static final String CLEANUP = """
            /* state.cleanup_changes */ with {named},
            gone as (
                delete from evalstore.state_changes c where c.namespace_id = (select id from n) and c.seq = any (array(
                    select o.seq from (
                        select d.seq, d.created_at from evalstore.state_changes d
                        where d.namespace_id = (select id from n) order by d.seq limit ?) o
                    where o.created_at < statement_timestamp() - make_interval(secs => ?::float8)))
                returning c.seq),
            floor as (
                update evalstore.state_namespaces
                set change_floor = greatest(change_floor, (select max(seq) from gone)),
                    updated_at = statement_timestamp()
                where id = (select id from n) and exists (select from gone))
            select (select count(*) from gone) as n from n""";

    /**
     * Where a position is: the last change up to it, or the floor if all of them were removed. A number is never
     * given twice, so a store that was put back does not have it, or has it no longer at this place.
     */
    private static final String ANCHOR = """
            coalesce(
                (select max(a.seq) from evalstore.state_changes a where a.namespace_id = n.id and a.seq <= ?),
                n.change_floor)""";

    /**
     * The life of the server and of the table. A bound that was noted in another one, before a crash, a restore or a new
     * table, says nothing of this one's transactions.
     */
    private static final String LIFE = """
            hashtextextended(
                extract(epoch from pg_postmaster_start_time()) || '|'
                    || coalesce(extract(epoch from pg_stat_get_bgwriter_stat_reset_time())::text, '') || '|'
                    || (select oid from pg_database where datname = current_database()) || '|'
                    || pg_relation_filenode('evalstore.state_changes'), 0)""";

    private static final Template WATCH =
            new Template("""
            /* state.watch */ with s as materialized (
                select n.change_floor, {anchor} as anchor, {anchor} as next_anchor, {life} as life, i.incarnation
                from evalstore.state_namespaces n cross join evalstore.state_incarnation i where {checked})
            select s.change_floor, s.anchor, s.next_anchor, s.life, s.incarnation,
                c.seq, c.kind, c.key, c.version, c.created_at
            from s left join lateral (
                select e.seq, e.kind, e.key, e.version, e.created_at from evalstore.state_changes e
                where e.namespace_id = ? and e.seq > ? and e.seq <= ? {range}
                order by e.seq limit ?) c on true
            order by c.seq""").with("anchor", ANCHOR).with("life", LIFE);

    /** Up to where the feed is settled, and the last number drawn: each with all the random bits that may stand below it. */
    private static final Template BOUND = new Template("""
            /* state.watch_bound */ with {order}
            select case when s.number > 0 then (s.number << 16) + 65535 else 0 end as bound,
                case when s.last > 0 then (s.last << 16) + 65535 else 0 end as last,
                {anchor} as anchor, n.change_floor, {life} as life, i.incarnation
            from settled s cross join evalstore.state_namespaces n cross join evalstore.state_incarnation i
            where {checked}""")
            .with("order", StateSql.ORDER.settled())
            .with("anchor", ANCHOR)
            .with("life", LIFE);

    private Changes() {}

    static StateChanges watch(Namespace namespace, byte[] prefix, @Nullable Cursor from, int limit) {
        namespace.requireFeed();
        Token token = from == null ? Token.START : Token.of(from);
        if (token.given() >= token.bound()) {
            token = bounded(namespace, token, from == null);
        }
        while (token.given() < token.bound() || from == null) {
            List<Answer> answers = answers(namespace, prefix, token, limit);
            if (answers.get(0).life() == token.life()) {
                return changes(namespace, token, from == null, limit, answers);
            }
            token = bounded(namespace, token, from == null);
        }
        return new StateChanges(List.of(), token.cursor());
    }

    private static List<Answer> answers(Namespace namespace, byte[] prefix, Token token, int limit) {
        Range range = new Range(prefix, limit, null);
        int ns = namespace.id();
        Sql sql = namespace.sql.of(
                WATCH,
                range,
                token.given(),
                Math.max(token.given(), token.bound()),
                ns,
                namespace.name(),
                ns,
                token.given(),
                token.bound(),
                range,
                limit);
        List<Answer> answers = namespace.jdbc.list(sql, Changes::answer);
        if (answers.isEmpty()) {
            throw Namespaces.changed();
        }
        return answers;
    }

    /** The answer of a namespace that there is not, whose feed is empty. */
    static StateChanges none(@Nullable Cursor from) {
        return new StateChanges(List.of(), from == null ? Token.START.cursor() : from);
    }

    private static Answer answer(Row row) throws SQLException {
        Long seq = row.bigintOrNull("seq");
        return new Answer(
                row.bigint("change_floor"),
                row.bigint("anchor"),
                row.bigint("next_anchor"),
                row.bigint("life"),
                row.bigint("incarnation"),
                seq == null ? 0 : seq,
                seq == null ? null : TABLE.mapper().map(row));
    }

    private static StateChanges changes(
            Namespace namespace, Token token, boolean fromStart, int limit, List<Answer> answers) {
        Answer first = answers.get(0);
        if (fromStart) {
            // The position stays below the floor: a change from before it may still be committed.
            token = token.from(first.floor());
        }
        token = token.in(first.incarnation());
        require(namespace, token, first.incarnation(), first.anchor(), first.floor());
        List<StateChange> changes = new ArrayList<>();
        for (Answer answer : answers) {
            if (answer.change() != null) {
                changes.add(answer.change());
            }
        }
        if (changes.size() < limit) {
            long reached = Math.max(token.given(), token.bound());
            return new StateChanges(
                    changes, token.at(reached, first.nextAnchor()).cursor());
        }
        long last = answers.get(answers.size() - 1).seq();
        return new StateChanges(changes, token.at(last, last).cursor());
    }

    /** Throws if the feed is not the one of which the token is, or has lost changes behind it. */
    private static void require(Namespace namespace, Token token, long incarnation, long anchor, long floor) {
        boolean isFloor = anchor == floor && floor == token.floor();
        if (incarnation != token.incarnation() || (anchor != token.anchor() && !isFloor)) {
            throw new ChangesCompactedException(namespace.name());
        }
    }

    private static StateChange map(Row row) throws SQLException {
        return new StateChange(
                row.enumValue("kind", StateChange.Kind.class),
                row.bytes("key"),
                row.bigint("version"),
                row.instant("created_at"));
    }

    /** The token with a bound of this life of the server, where it has none or has reached it. */
    private static Token bounded(Namespace namespace, Token token, boolean fromStart) {
        Sql sql = namespace.sql.of(BOUND, token.given(), namespace.id(), namespace.name());
        return namespace
                .jdbc
                .find(sql, row -> {
                    long last = row.bigint("last");
                    long life = row.bigint("life");
                    long incarnation = row.bigint("incarnation");
                    Token here = token.in(incarnation);
                    if (!fromStart) {
                        require(namespace, here, incarnation, row.bigint("anchor"), row.bigint("change_floor"));
                        if (last < token.given()) {
                            throw new ChangesCompactedException(namespace.name());
                        }
                    }
                    return here.until(Math.max(token.given(), row.bigint("bound")), life);
                })
                .orElseThrow(Namespaces::changed);
    }

    static Cleanup cleanup(Namespace namespace, Duration olderThan) {
        namespace.requireFeed();
        Sql sql = Sql.of(namespace.sql.text(CLEANUP), namespace.id(), namespace.name(), BATCH, olderThan);
        return Batches.run(BATCH, () -> namespace.removed(sql));
    }

    /**
     * A position in the feed.
     *
     * @param incarnation of the store, or 0 in the token of a namespace that there was not
     * @param given the number of the last change that was returned
     * @param bound the number up to which changes were settled when it was noted, and so for every later statement
     * @param life of the server and the table when the bound was noted
     * @param anchor the last change that there was up to the position, or the floor where there was none
     * @param floor the feed's floor when the reader began. What lies below it was removed before; what may still appear
     *     there is new
     */
    record Token(long incarnation, long given, long bound, long life, long anchor, long floor) {
        static final Token START = new Token(0, 0, 0, 0, 0, 0);

        /** The token in this incarnation, if it has none yet. */
        private Token in(long current) {
            return incarnation == 0 ? new Token(current, given, bound, life, anchor, floor) : this;
        }

        private Token from(long start) {
            return new Token(incarnation, given, bound, life, start, start);
        }

        private Token until(long number, long now) {
            return new Token(incarnation, given, number, now, anchor, floor);
        }

        private Token at(long reached, long change) {
            return new Token(incarnation, reached, bound, life, change, floor);
        }

        Cursor cursor() {
            String text = Stream.of(incarnation, given, bound, life, anchor, floor)
                    .map(String::valueOf)
                    .collect(Collectors.joining("|", "watch|", ""));
            return new Cursor(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));
        }

        static Token of(Cursor cursor) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.US_ASCII)
                        .split("\\|", -1);
                if (parts.length == 7 && parts[0].equals("watch")) {
                    return new Token(
                            Long.parseLong(parts[1]),
                            Long.parseLong(parts[2]),
                            Long.parseLong(parts[3]),
                            Long.parseLong(parts[4]),
                            Long.parseLong(parts[5]),
                            Long.parseLong(parts[6]));
                }
            } catch (RuntimeException e) {
                // Falls through: whatever is wrong, this is not a token of a feed.
            }
            throw new IllegalArgumentException("token does not belong to a feed");
        }
    }

    /** One row of the answer; its change is null if there is none to return. */
    private record Answer(
            long floor,
            long anchor,
            long nextAnchor,
            long life,
            long incarnation,
            long seq,
            @Nullable StateChange change) {}
}
