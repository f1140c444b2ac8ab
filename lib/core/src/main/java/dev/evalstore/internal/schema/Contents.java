package dev.evalstore.internal.schema;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The server's catalogue of a schema, compared with what the migrations make. */
public final class Contents {
    private static final String HISTORY = "evalstore_schema_history";

    /** A prefix of the host's own stands for it in a second set of the state's tables. */
    private static final String STATE = "state_";

    private static final String NAMESPACES = "namespaces";

    private static final String MISSING = """
            /* schema.missing */ select m.name from unnest(?::text[]) m (name)
            where not exists (
                select from pg_catalog.pg_class c
                where c.relnamespace = (select oid from pg_namespace where nspname = ?) and c.relname = m.name
                    and c.relkind in ('r', 'p', 'S'))
            order by m.name""";

    /**
     * A month that was detached counts to its table. Indexes, triggers and sequences of a table's columns are part of the table.
     * What is elsewhere and would go is found by {@code pg_depend}, which has an index for that.
     */
    private static final String HELD = """
            /* schema.held */ with n as (select oid as id from pg_namespace where nspname = ?),
            own as (
                select c.oid, c.relname::text as name, c.relkind, c.relispartition from pg_catalog.pg_class c, n
                where c.relnamespace = n.id and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c'))
            select case o.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                when 'c' then 'type' else 'table' end as kind, o.name
            from own o
            where not o.relispartition and not exists (
                select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = o.oid
                    and (d.deptype in ('i', 'e') or d.deptype = 'a' and o.relkind = 'S'))
                and not exists (
                    select from own p
                    where p.relkind = 'p' and o.name <> p.name and regexp_replace(o.name, '_\\d{4}_\\d{2}$', '') = p.name)
            union all
            select 'function', p.proname::text from pg_catalog.pg_proc p, n
            where p.pronamespace = n.id and not exists (
                select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('i', 'e'))
            union all
            select 'type', t.typname::text from pg_catalog.pg_type t, n
            where t.typnamespace = n.id and t.typtype in ('d', 'e', 'r') and not exists (
                select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
            union all
            select 'extension', e.extname::text from pg_catalog.pg_extension e, n where e.extnamespace = n.id
            union all
            select 'view', v.relnamespace::regnamespace::text || '.' || v.relname
            from own o
            join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.oid
                and d.classid = 'pg_rewrite'::regclass
            join pg_rewrite r on r.oid = d.objid
            join pg_catalog.pg_class v on v.oid = r.ev_class, n
            where v.relnamespace <> n.id
            union all
            select 'foreign key', k.conname || ' of ' || c.relnamespace::regnamespace::text || '.' || c.relname
            from own o
            join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.oid
                and d.classid = 'pg_constraint'::regclass
            join pg_constraint k on k.oid = d.objid and k.contype = 'f'
            join pg_catalog.pg_class c on c.oid = k.conrelid, n
            where c.relnamespace <> n.id
            order by 1, 2""";

    private Contents() {}

    /** The tables and sequences that the schema lacks, by name. */
    public static List<String> missing(Jdbc db, Made made) {
        List<String> names = new ArrayList<>(made.tables().keySet());
        names.addAll(made.sequences());
        return db.list(Sql.of(MISSING, SqlArray.texts(names), db.options().schema()), row -> row.text("name"));
    }

    /** The kind and name of the first object that no migration made, and that would go with the schema. */
    static Optional<String> foreign(Jdbc db, Made made) {
        List<Held> held =
                db.list(Sql.of(HELD, db.options().schema()), row -> new Held(row.text("kind"), row.text("name")));
        Set<Held> ours = new HashSet<>();
        made.functions().forEach(name -> ours.add(new Held("function", name)));
        made.views().forEach(name -> ours.add(new Held("view", name)));
        made.sequences().forEach(name -> ours.add(new Held("sequence", name)));
        made.tables().keySet().forEach(name -> ours.add(new Held("table", name)));
        ours.add(new Held("table", HISTORY));
        ours.addAll(stateSets(held, ours));
        return held.stream()
                .filter(object -> !ours.contains(object))
                .map(object -> object.kind() + " " + object.name())
                .findFirst();
    }

    /** Sets of the state's tables under other prefixes, where they are whole. */
    private static Set<Held> stateSets(List<Held> held, Set<Held> ours) {
        List<Held> state = ours.stream()
                .filter(object -> object.name().startsWith(STATE))
                .map(object -> new Held(object.kind(), object.name().substring(STATE.length())))
                .toList();
        return held.stream()
                .map(Held::name)
                .filter(name -> name.endsWith(NAMESPACES))
                .map(name -> name.substring(0, name.length() - NAMESPACES.length()))
                .map(prefix -> state.stream()
                        .map(object -> new Held(object.kind(), prefix + object.name()))
                        .collect(Collectors.toSet()))
                .filter(held::containsAll)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
    }

    private record Held(String kind, String name) {}
}
