package dev.evalstore.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MadeTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** The library's newest version is undone step by step, and each time the catalogue is asked. */
    @Test
    void the_scripts_text_says_what_the_catalogue_has_at_each_version() {
        try (Database owner = Database.open(database.owner().build())) {
            compare(owner);
        }
    }

    private static void compare(Database owner) {
        for (int version = new Scripts("evalstore").latest(); version > 0; version--) {
            owner.revertTo(version);

            TreeMap<String, Set<String>> tables = new TreeMap<>();
            for (String line : database.query("select c.relname || '.' || a.attname from pg_class c"
                    + " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
                    + " where c.relnamespace = 'evalstore'::regnamespace and c.relkind in ('r', 'p')"
                    + " and not c.relispartition and c.relname <> 'evalstore_schema_history'")) {
                String[] names = line.split("\\.");
                tables.computeIfAbsent(names[0], name -> new TreeSet<>()).add(names[1]);
            }
            List<String> sequences = database.query("select c.relname::text from pg_class c"
                    + " where c.relnamespace = 'evalstore'::regnamespace and c.relkind = 'S' and not exists ("
                    + " select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid"
                    + " and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass)");
            List<String> functions = database.query(
                    "select distinct proname::text from pg_proc where pronamespace = 'evalstore'::regnamespace");
            List<String> views = database.query("select relname::text from pg_class"
                    + " where relnamespace = 'evalstore'::regnamespace and relkind in ('v', 'm')");
            Made made = Made.upTo(version);

            assertThat(made.tables()).as("version %s", version).isEqualTo(tables);
            assertThat(made.sequences()).as("version %s", version).containsExactlyInAnyOrderElementsOf(sequences);
            assertThat(made.functions()).as("version %s", version).containsExactlyInAnyOrderElementsOf(functions);
            assertThat(made.views()).as("version %s", version).containsExactlyInAnyOrderElementsOf(views);
        }
    }
}
