package dev.evalstore.state;

import dev.evalstore.internal.jdbc.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state as it was at a checkpoint: the entries of its epoch and before, and the history that spans its epoch; never both for
 * one key.
 */
final class CheckpointReads {
    private static final int STEP_ROWS = 1_000;
    private static final int LONGEST_KEY = 1_024;

    /** One branch each of the entries at a checkpoint, whose epoch is {@code c}; conditions on the keys follow. */
    private static final Fragment PRESENT = new Fragment("select " + StateSql.ENTRY + """
         from evalstore.state_entries e
        where e.namespace_id = ? and e.epoch <= (select epoch from c) and :live\
        """);

    private static final Fragment PAST = new Fragment("select " + StateSql.ENTRY + """
         from evalstore.state_history e
        where e.namespace_id = ? and e.epoch_from <= (select epoch from c) and e.epoch_to >= (select epoch from c)
            and :live\
        """);

    private static final Fragment CHECKPOINT = new Fragment(
            "with c as materialized (select epoch from evalstore.state_checkpoints where namespace_id = ? and id = ?)");

    private CheckpointReads() {}

    static Checkpoint measure(Scope scope, UUID id) {
        Sql sum = Sql.of("/* state.measure */ " + CHECKPOINT, scope.id(), id)
                .and(", held as materialized (select count(*) as n, coalesce(sum(octet_length(key) +"
                        + " octet_length(value)), 0) as bytes from (")
                .and(PRESENT + " union all " + PAST, scope.id(), scope.id())
                .and(
                        ") q) update evalstore.state_checkpoints p set entries = coalesce(p.entries, held.n), bytes ="
                                + " coalesce(p.bytes, held.bytes) from held where p.namespace_id = ? and p.id = ?"
                                + " returning p.id, p.label, p.metadata, p.entries, p.bytes, p.created_at",
                        scope.id(),
                        id);
        return scope.jdbc()
                .change(Checkpoints.texts(scope, sum), Checkpoints::map)
                .orElseThrow(() -> Checkpoints.notFound(id));
    }

    static Optional<StateEntry> read(Scope scope, UUID id, byte[] key) {
        Sql sql = Sql.of("/* state.read_at */ " + CHECKPOINT, scope.id(), id)
                .and(PRESENT + " and e.key = ? union all " + PAST + " and e.key = ?", scope.id(), key, scope.id(), key);
        Optional<StateEntry> found = scope.jdbc().find(Checkpoints.texts(scope, sql), Scope::entry);
        if (found.isEmpty()) {
            require(scope, id);
        }
        return found;
    }

    /**
     * In steps of so many rows of either table at most, whether the checkpoint holds them or not: a plan that merges the two in the
     * order of keys is not to be had, and without a bound each page would read everything that follows it.
     */
    static List<StateEntry> entries(Scope scope, UUID id, Range range) {
        List<StateEntry> page = new ArrayList<>();
        long bytes = 0;
        for (Range rest = range; ; ) {
            List<Step> steps = scope.jdbc()
                    .list(
                            Checkpoints.texts(scope, step(scope.id(), id, rest)),
                            row -> new Step(
                                    row.bytes("upper"), row.bytesOrNull("key") == null ? null : Scope.entry(row)));
            for (Step step : steps) {
                if (step.entry() != null) {
                    page.add(step.entry());
                    bytes += step.entry().value().length;
                }
            }
            byte[] upper = steps.get(0).upper();
            if (page.size() == range.limit() || bytes >= Range.PAGE_BYTES || upper.length > LONGEST_KEY) {
                break;
            }
            rest = new Range(range.prefix(), range.limit() - page.size(), upper);
        }
        if (page.isEmpty()) {
            require(scope, id);
        }
        return List.copyOf(page);
    }

    /**
     * One row of a step.
     *
     * @param upper the key up to which the step went, longer than any key at the end
     * @param entry null where the step found none
     */
    private record Step(byte[] upper, @Nullable StateEntry entry) {}

    static Sql step(int namespace, UUID id, Range range) {
        Sql both = Sql.of(
                        "select u.key, u.value, u.version, u.metadata, u.created_at, u.updated_at, u.expires_at from ("
                                + PRESENT + " and e.key <= (select upper from b)",
                        namespace)
                .and(range.sql("e"))
                .and("union all " + PAST + " and e.key <= (select upper from b)", namespace)
                .and(range.sql("e"))
                .and(") u");
        return Sql.of("/* state.entries_at */ " + CHECKPOINT, namespace, id)
                .and(
                        ", b as materialized (select coalesce(least("
                                + "(select e.key from evalstore.state_entries e where e.namespace_id = ?",
                        namespace)
                .and(range.sql("e"))
                .and(
                        "order by e.key offset " + STEP_ROWS
                                + " limit 1), (select e.key from evalstore.state_history e where e.namespace_id = ?",
                        namespace)
                .and(range.sql("e"))
                .and("order by e.key, e.epoch_from offset " + STEP_ROWS + " limit 1)), decode(repeat('ff', "
                        + (LONGEST_KEY + 1) + "), 'hex')) as upper) select b.upper, p.key, p.value, p.version,"
                        + " p.metadata, p.created_at, p.updated_at, p.expires_at from b left join"
                        + " (")
                .and(range.page(both))
                .and(") p on true order by p.key");
    }

    /** Looks only at keys that were written since the older of the two moments. */
    static List<StateDifference> diff(Scope scope, UUID from, @Nullable UUID to, Range range) {
        int ns = scope.id();
        String at = """
            left join lateral (
                select e.value, e.metadata, e.expires_at from evalstore.state_entries e
                where e.namespace_id = ? and e.key = k.key and e.epoch <= m.%1$s and :live
                union all
                select e.value, e.metadata, e.expires_at from evalstore.state_history e
                where e.namespace_id = ? and e.key = k.key and e.epoch_from <= m.%1$s and e.epoch_to >= m.%1$s and :live
            ) %1$s_entry on true
            """;
        Sql sql = Sql.of("""
            /* state.diff */ with m as materialized (
                select a.epoch as a, coalesce(b.epoch, 9223372036854775807) as b
                from evalstore.state_checkpoints a
                left join evalstore.state_checkpoints b on b.namespace_id = a.namespace_id and b.id = ?
                where a.namespace_id = ? and a.id = ?),
            k as (
                select e.key from evalstore.state_entries e
                where e.namespace_id = ? and e.epoch > 0 and e.epoch > (select least(a, b) from m)\
            """, to, ns, from, ns)
                .and(range.sql("e"))
                .and(
                        "union select e.key from evalstore.state_history e where e.namespace_id = ?"
                                + " and e.epoch_to > 0 and e.epoch_to >= (select least(a, b) from m)",
                        ns)
                .and(range.sql("e"))
                .and(
                        ") select k.key, case when a_entry.value is null then 'added' when b_entry.value is null then"
                                + " 'removed' else 'changed' end as kind from k cross join m "
                                + at.formatted("a") + at.formatted("b")
                                + " where (a_entry.value, a_entry.metadata, a_entry.expires_at) is distinct from"
                                + " (b_entry.value, b_entry.metadata, b_entry.expires_at) order by k.key limit ?",
                        ns,
                        ns,
                        ns,
                        ns,
                        range.limit());
        if (to != null) {
            require(scope, to);
        }
        List<StateDifference> page = scope.jdbc()
                .list(
                        Checkpoints.texts(scope, sql),
                        row -> new StateDifference(
                                row.bytes("key"), row.enumValue("kind", StateDifference.Kind.class)));
        require(scope, from);
        if (to != null) {
            require(scope, to);
        }
        return page;
    }

    static void require(Scope scope, UUID id) {
        boolean there = scope.jdbc()
                .one(
                        scope.plain(
                                "/* state.checkpoints */ select exists (select from evalstore.state_checkpoints"
                                        + " where namespace_id = ? and id = ?) as found",
                                scope.id(),
                                id),
                        row -> row.bool("found"));
        if (!there) {
            throw Checkpoints.notFound(id);
        }
    }
}
