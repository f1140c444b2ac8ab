package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Contents;
import dev.evalstore.internal.schema.Made;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which tables, columns and sequences a backup of the schema holds, by the server's catalogue. */
final class StoreTables {
    /** The secrets of one-time tokens are of no use after a restore, and are nobody's to keep. */
    static final Set<String> NEVER = Set.of("evalstore_schema_history", "user_tokens");

    /** Hashes and secrets, by table, with what may not stand without them. */
    static final Map<String, Set<String>> WITHHELD = Map.of(
            "users", Set.of("password_hash"),
            "api_keys", Set.of("key_hash"),
            "event_subscriptions", Set.of("secret", "previous_secret", "previous_until"));

    /** Of a partitioned table the whole. A generated column computes itself again. */
    private static final String TABLES = """
            /* backup.tables */ select c.relname::text as name, c.relkind = 'p' as partitioned,
                array(
                    select a.attname::text from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                    order by a.attnum) as columns,
                array(
                    select a.attname::text from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> ''
                    order by a.attnum) as generated,
                array(
                    select a.attname::text from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                        and not has_column_privilege(c.oid, a.attnum, 'select')) as denied,
                array(
                    select replace(right(m.relname::text, 7), '_', '-')
                    from pg_inherits i join pg_class m on m.oid = i.inhrelid
                    where i.inhparent = c.oid and c.relkind = 'p' and not i.inhdetachpending
                        and m.relname ~ '_[0-9]{4}_(0[1-9]|1[0-2])$'
                    order by m.relname) as months,
                (select coalesce(sum(greatest(p.reltuples::bigint, pg_stat_get_live_tuples(p.oid), 0)), 0)::bigint
                    from pg_class p where p.oid = c.oid
                        or p.oid in (select t.relid from pg_partition_tree(c.oid) t where t.isleaf)) as estimate
            from pg_class c
            where c.relnamespace = (select oid from pg_namespace where nspname = ?)
                and c.relkind in ('r', 'p') and not c.relispartition
            order by c.relname""";

    private static final String SEQUENCES = """
            /* backup.sequences */ select c.relname::text as name, o.relname::text as owner,
                has_sequence_privilege(c.oid, 'select') as allowed
            from pg_class c
            left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
                and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
            left join pg_class o on o.oid = d.refobjid
            where c.relnamespace = (select oid from pg_namespace where nspname = ?) and c.relkind = 'S'
            order by c.relname""";

    /** The function looks at the present, the table at the snapshot. */
    private static final String CHANGED = """
            /* backup.changed */ select exists (
                select from pg_class c
                where c.relnamespace = (select oid from pg_namespace where nspname = ?) and c.relkind = 'r'
                    and pg_relation_filenode(c.oid) is distinct from c.relfilenode) as changed""";

    private static final String LOCK = "/* backup.lock */ %s";
    private static final String LOCKED = "select 1 as one from evalstore.%s where false";
    private static final String VALUES = "/* backup.values */ %s";
    private static final String VALUE = "select '%1$s' as name, last_value, is_called from evalstore.%1$s";
    private static final String COPY = "/* backup.export */ copy %s to stdout";
    private static final String COPY_BINARY = "/* backup.export_binary */ copy %s to stdout (format binary)";
    private static final String WHOLE = "evalstore.%s (%s)";

    /** COPY takes a partitioned table only as a query, which costs a little more. */
    private static final String QUERY = "(select %2$s from evalstore.%1$s)";

    private static final String UNION = " union all ";

    private final List<StoreTable> tables = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Jdbc tx;
    private final Made made;

    /**
     * Reads the catalogue.
     *
     * @param version the schema's
     * @throws BackupException naming each table, column and sequence that the schema lacks, or that this role may not read
     */
    StoreTables(Jdbc tx, int version, boolean hashes) {
        this.tx = tx;
        this.made = Made.upTo(version);
        requireAll(version);
        List<BackupProblem> problems = new ArrayList<>();
        for (StoreTable table : tx.list(Sql.of(TABLES, tx.options().schema()), StoreTables::table)) {
            Set<String> ours = made.tables().get(table.name());
            if (NEVER.contains(table.name())) {
                continue;
            }
            if (ours == null) {
                leftOut.add(table.name());
                continue;
            }
            Set<String> gone = new TreeSet<>(ours);
            table.columns().forEach(gone::remove);
            table.generated().forEach(gone::remove);
            gone.forEach(column -> problems.add(lacking("column", table.name() + "." + column, version)));
            Set<String> foreign = table.foreign(ours);
            foreign.forEach(column -> leftOut.add(table.name() + "." + column));
            StoreTable held = table.without(foreign);
            held = hashes ? held : held.without(WITHHELD.getOrDefault(table.name(), Set.of()));
            if (!held.denied().isEmpty()) {
                problems.add(denied(held.name(), "select on " + String.join(", ", held.denied())));
            }
            tables.add(held);
        }
        if (!problems.isEmpty()) {
            throw new BackupException(problems, null);
        }
    }

    /** A restore of what is left would make a store that looks whole. */
    private void requireAll(int version) {
        List<BackupProblem> missing = Contents.missing(tx, made).stream()
                .map(name -> lacking(made.sequences().contains(name) ? "sequence" : "table", name, version))
                .toList();
        if (!missing.isEmpty()) {
            throw new BackupException(missing, null);
        }
    }

    private static BackupProblem lacking(String what, String name, int version) {
        return new BackupProblem(
                Kind.INCOMPLETE,
                name,
                name + ": the schema lacks this " + what + ", which version " + version + " has");
    }

    List<StoreTable> tables() {
        return tables;
    }

    List<String> leftOut() {
        return leftOut;
    }

    /** Keeps every table from being dropped, emptied or rewritten until the transaction ends, and stops no reader or writer. */
    void lock() {
        tx.list(
                Sql.of(LOCK.formatted(tables.stream()
                        .map(table -> LOCKED.formatted(table.name()))
                        .collect(Collectors.joining(UNION)))),
                row -> row.integer("one"));
    }

    /** Whether a table was dropped, emptied or rewritten after the snapshot and before the lock. */
    boolean changed() {
        return tx.one(Sql.of(CHANGED, tx.options().schema()), row -> row.bool("changed"));
    }

    /**
     * The sequences as they are now.
     *
     * @throws BackupException naming each that this role may not read
     */
    List<BackupSequence> sequences() {
        Set<String> owners = tables.stream().map(StoreTable::name).collect(Collectors.toSet());
        List<StoreSequence> sequences = tx
                .list(
                        Sql.of(SEQUENCES, tx.options().schema()),
                        row -> new StoreSequence(row.text("name"), row.textOrNull("owner"), row.bool("allowed")))
                .stream()
                .filter(sequence -> sequence.owner() == null
                        ? made.sequences().contains(sequence.name())
                        : owners.contains(sequence.owner()))
                .toList();
        List<BackupProblem> denied = sequences.stream()
                .filter(sequence -> !sequence.allowed())
                .map(sequence -> denied(sequence.name(), "select on the sequence"))
                .toList();
        if (!denied.isEmpty()) {
            throw new BackupException(denied, null);
        }
        return tx.list(
                Sql.of(VALUES.formatted(sequences.stream()
                        .map(sequence -> VALUE.formatted(sequence.name()))
                        .collect(Collectors.joining(UNION)))),
                row -> new BackupSequence(row.text("name"), row.bigint("last_value"), row.bool("is_called")));
    }

    private static BackupProblem denied(String name, String what) {
        return new BackupProblem(Kind.DATABASE, name, name + ": this role lacks the right " + what);
    }

    private static StoreTable table(Row row) throws SQLException {
        return new StoreTable(
                row.text("name"),
                row.bool("partitioned"),
                row.texts("columns"),
                row.texts("generated"),
                row.texts("denied"),
                row.texts("months"),
                row.bigint("estimate"));
    }

    /** A table as it is exported. */
    record StoreTable(
            String name,
            boolean partitioned,
            List<String> columns,
            List<String> generated,
            List<String> denied,
            List<String> months,
            long estimate) {
        StoreTable without(Set<String> withheld) {
            return new StoreTable(
                    name, partitioned, other(columns, withheld), generated, other(denied, withheld), months, estimate);
        }

        /** The columns that are not among the library's: the host added them. */
        Set<String> foreign(Set<String> ours) {
            return Stream.concat(columns.stream(), generated.stream())
                    .filter(column -> !ours.contains(column))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        private static List<String> other(List<String> columns, Set<String> withheld) {
            return columns.stream().filter(column -> !withheld.contains(column)).toList();
        }

        /** The statement that reads it. */
        String copy(boolean binary) {
            String list = columns.stream().map(column -> '"' + column + '"').collect(Collectors.joining(", "));
            return (binary ? COPY_BINARY : COPY).formatted((partitioned ? QUERY : WHOLE).formatted(name, list));
        }
    }

    private record StoreSequence(String name, @Nullable String owner, boolean allowed) {}
}
