package dev.evalstore.state;

import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the state as it was at a checkpoint: the entries of its epoch and before, and the history that spans its
 * epoch. No key is in both.
 */
final class CheckpointReads {
    private static final int STEP_ROWS = 1_000;
    private static final int MAX_KEY = 1_024;

    private static final Template CHECKPOINT = new Template("""
            with c as materialized (
                select epoch from evalstore.state_checkpoints where namespace_id = {id} and id = ?)""");

    /** The entries at the checkpoint {@code c} that are there still; conditions on the keys follow. */
    private static final Template PRESENT = new Template("""
            select {entry} from evalstore.state_entries e
            where e.namespace_id = ? and e.epoch <= (select epoch from c) and {live}""");

    /**
     * The entries at the checkpoint {@code c} that were overwritten or deleted since; conditions on the keys follow.
     */
    private static final Template PAST = new Template("""
            select {entry} from evalstore.state_history e
            where e.namespace_id = ? and e.epoch_from <= (select epoch from c) and e.epoch_to >= (select epoch from c)
                and {live}""");

    static final Template MEASURE = new Template("""
            /* state.measure_checkpoint */ {checkpoint},
            held as materialized (
                select count(*) as n, coalesce(sum(octet_length(key) + octet_length(value)), 0) as bytes
                from ({present} union all {past}) q)
            update evalstore.state_checkpoints p
            set entries = coalesce(p.entries, held.n), bytes = coalesce(p.bytes, held.bytes)
            from held where exists (select from c) and p.namespace_id = ? and p.id = ?
            returning p.id, p.label, p.metadata, p.entries, p.bytes, p.created_at""")
            .with("checkpoint", CHECKPOINT)
            .with("present", PRESENT)
            .with("past", PAST);

    static final Template READ_AT = new Template("""
            /* state.read_at */ {checkpoint} {present} and e.key = ? union all {past} and e.key = ?""")
            .with("checkpoint", CHECKPOINT)
            .with("present", PRESENT)
            .with("past", PAST);

    /**
     * A step over so many rows of either table, whether the checkpoint holds them or not. The planner does not merge
     * the two tables in the order of keys, so without the step's upper key each page would read all that follows it. A
     * step that reaches the end has an upper key that is longer than any key.
     */
    static final Template STEP = new Template("""
            /* state.entries_at */ {checkpoint},
            b as materialized (
                select coalesce(
                    least(
                        (select e.key from evalstore.state_entries e
                         where e.namespace_id = ? {range} order by e.key offset {step_rows} limit 1),
                        (select e.key from evalstore.state_history e
                         where e.namespace_id = ? {range} order by e.key, e.epoch_from offset {step_rows} limit 1)),
                    decode(repeat('ff', {too_long}), 'hex')) as upper)
            select b.upper, p.key, p.value, p.version, p.metadata, p.created_at, p.updated_at, p.expires_at
            from b left join ({page}) p on true
            order by p.key""")
            .with("checkpoint", CHECKPOINT)
            .with("page", Range.PAGE)
            .with("entries", new Template("""
                    select u.key, u.value, u.version, u.metadata, u.created_at, u.updated_at, u.expires_at from (
                        {present} and e.key <= (select upper from b) {range}
                        union all
                        {past} and e.key <= (select upper from b) {range}) u"""))
            .with("present", PRESENT)
            .with("past", PAST)
            .with("step_rows", Integer.toString(STEP_ROWS))
            .with("too_long", Integer.toString(MAX_KEY + 1));

    private static final Template ENTRY_AT = new Template("""
            left join lateral (
                select e.value, e.metadata, e.expires_at from evalstore.state_entries e
                where e.namespace_id = ? and e.key = k.key and e.epoch <= m.{at} and {live}
                union all
                select e.value, e.metadata, e.expires_at from evalstore.state_history e
                where e.namespace_id = ? and e.key = k.key
                    and e.epoch_from <= m.{at} and e.epoch_to >= m.{at} and {live}) {name} on true""");

    /** Looks only at keys that were written since the older of the two moments {@code a} and {@code b}. */
    static final Template DIFF = new Template("""
            /* state.diff */ with m as materialized (
                select a.epoch as a, coalesce(b.epoch, 9223372036854775807) as b
                from evalstore.state_checkpoints a
                left join evalstore.state_checkpoints b on b.namespace_id = a.namespace_id and b.id = ?
                where a.namespace_id = {id} and a.id = ?),
            k as (
                select e.key from evalstore.state_entries e
                where e.namespace_id = ? and e.epoch > 0 and e.epoch > (select least(a, b) from m) {range}
                union
                select e.key from evalstore.state_history e
                where e.namespace_id = ? and e.epoch_to > 0 and e.epoch_to >= (select least(a, b) from m) {range})
            select k.key, case
                when old_entry.value is null then 'added'
                when new_entry.value is null then 'removed'
                else 'changed' end as kind
            from k cross join m {old} {new}
            where (old_entry.value, old_entry.metadata, old_entry.expires_at)
                is distinct from (new_entry.value, new_entry.metadata, new_entry.expires_at)
            order by k.key limit ?""")
            .with("old", ENTRY_AT.with("at", "a").with("name", "old_entry"))
            .with("new", ENTRY_AT.with("at", "b").with("name", "new_entry"));

    private static final String EXISTS = """
            /* state.find_checkpoint */ select exists (
                select from evalstore.state_checkpoints c where c.namespace_id = n.id and c.id = ?) as found
            from evalstore.state_namespaces n where {checked}""";

    private CheckpointReads() {}

    static Checkpoint measure(Namespace namespace, UUID id) {
        int ns = namespace.id();
        return namespace
                .jdbc
                .change(namespace.sql.of(MEASURE, ns, namespace.name(), id, ns, ns, ns, id), Checkpoints.TABLE.mapper())
                .orElseThrow(() -> {
                    namespace.requireHere();
                    return Checkpoints.notFound(id);
                });
    }

    static Optional<StateEntry> read(Namespace namespace, UUID id, byte[] key) {
        int ns = namespace.id();
        Optional<StateEntry> found = namespace.jdbc.find(
                namespace.sql.of(READ_AT, ns, namespace.name(), id, ns, key, ns, key), Namespace.TABLE.mapper());
        if (found.isEmpty()) {
            require(namespace, id);
        }
        return found;
    }

    static List<StateEntry> entries(Namespace namespace, UUID id, Range range) {
        List<StateEntry> page = new ArrayList<>();
        long bytes = 0;
        for (Range rest = range; ; ) {
            Sql sql = step(namespace.sql, namespace.definition(), id, rest);
            List<Step> steps = namespace.jdbc.list(sql, CheckpointReads::step);
            for (Step step : steps) {
                if (step.entry() != null) {
                    page.add(step.entry());
                    bytes += step.entry().value().length;
                }
            }
            byte[] upper = steps.get(0).upper();
            if (page.size() == range.limit() || bytes >= Range.PAGE_BYTES || upper.length > MAX_KEY) {
                break;
            }
            rest = new Range(range.prefix(), range.limit() - page.size(), upper);
        }
        if (page.isEmpty()) {
            require(namespace, id);
        }
        return List.copyOf(page);
    }

    static Sql step(StateSql sql, Namespace.Definition namespace, UUID id, Range range) {
        int ns = namespace.id();
        return sql.of(STEP, range, ns, namespace.name(), id, ns, range, ns, range, ns, range, ns, range, range.limit());
    }

    private static Step step(Row row) throws SQLException {
        return new Step(
                row.bytes("upper"),
                row.bytesOrNull("key") == null ? null : Namespace.TABLE.mapper().map(row));
    }

    static List<StateDifference> diff(Namespace namespace, UUID from, @Nullable UUID to, Range range) {
        int ns = namespace.id();
        Sql sql = namespace.sql.of(
                DIFF, range, to, ns, namespace.name(), from, ns, range, ns, range, ns, ns, ns, ns, range.limit());
        List<StateDifference> page = namespace.jdbc.list(
                sql, row -> new StateDifference(row.bytes("key"), row.enumValue("kind", StateDifference.Kind.class)));
        // Asked afterwards: a checkpoint that still exists also existed when the page was read.
        require(namespace, from);
        if (to != null) {
            require(namespace, to);
        }
        return page;
    }

    static void require(Namespace namespace, UUID id) {
        Sql sql = Sql.of(namespace.sql.text(EXISTS), id, namespace.id(), namespace.name());
        if (!namespace.jdbc.find(sql, row -> row.bool("found")).orElseThrow(Namespaces::changed)) {
            throw Checkpoints.notFound(id);
        }
    }

    /**
     * One row of a step.
     *
     * @param upper the key up to which the step went
     * @param entry null if the step found none
     */
    private record Step(byte[] upper, @Nullable StateEntry entry) {}
}
