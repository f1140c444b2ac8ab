package dev.evalstore.testkit;

import java.util.List;

/** A schema's whole catalogue as text, so that two of them can be compared byte by byte. */
public final class Catalogue {
    private static final List<String> PARTS = List.of(
            "select format('table %s %s %s %s', relname, relkind, reloptions, obj_description(c.oid, 'pg_class'))"
                    + " from pg_class c where relnamespace = '%1$s'::regnamespace and relkind not in ('i', 'I', 't')",
            "select format('column %s.%s %s %s %s %s %s %s', c.relname, a.attnum, a.attname,"
                    + " format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated,"
                    + " col_description(c.oid, a.attnum))"
                    + " from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d"
                    + " on d.adrelid = a.attrelid and d.adnum = a.attnum where c.relnamespace = '%1$s'::regnamespace"
                    + " and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped",
            "select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint"
                    + " where connamespace = '%1$s'::regnamespace",
            "select format('index %s', indexdef) from pg_indexes where schemaname = '%1$s'",
            "select format('trigger %s %s', pg_get_triggerdef(t.oid), tgenabled) from pg_trigger t join pg_class c"
                    + " on c.oid = t.tgrelid where c.relnamespace = '%1$s'::regnamespace and not tgisinternal",
            "select format('function %s %s', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc')) from pg_proc p"
                    + " where pronamespace = '%1$s'::regnamespace",
            "select format('sequence %s %s %s %s %s', sequencename, data_type, start_value, increment_by, cycle)"
                    + " from pg_sequences where schemaname = '%1$s'",
            "select format('type %s %s', t.typname, t.typtype) from pg_type t"
                    + " where t.typnamespace = '%1$s'::regnamespace",
            "select format('privilege %s %s', relname, relacl) from pg_class where relnamespace = '%1$s'::regnamespace");

    private Catalogue() {}

    /** Sorted lines: tables, columns, defaults, constraints, indexes, triggers, functions, sequences, types, comments, rights. */
    public static List<String> of(TestDatabase database, String schema) {
        return PARTS.stream()
                .flatMap(part -> database.query(part.replace("%1$s", schema)).stream())
                .sorted()
                .toList();
    }

    /** Without the partitions, which come with the first rows and with time. */
    public static List<String> withoutMonths(List<String> catalogue) {
        return catalogue.stream()
                .filter(line -> !line.matches("(?s).*_20[0-9]{2}_(0[1-9]|1[0-2])(?![0-9]).*"))
                .toList();
    }

    /** Without what names the history of migrations, which only exists where the library migrated. */
    public static List<String> withoutHistory(List<String> catalogue) {
        return catalogue.stream()
                .filter(line -> !line.contains("evalstore_schema_history"))
                .toList();
    }
}
