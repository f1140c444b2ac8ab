package dev.evalstore.reliability;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/** Fills a store by the write catalogue, one write after the other into the same tables. */
final class WrittenStore {
    /** The beginnings use the same names again. A row that was renamed once is left alone. */
    private static final String RENAME = """
            set session_replication_role = replica;
            update evalstore.users set username = 'u{n}_' || id, email = 'u{n}_' || id || '@example.org'
                where username not like 'u%\\_%-%';
            update evalstore.benchmark_definitions set slug = 'd{n}-' || id where slug not like 'd%-%-%-%';
            update evalstore.models set name = 'm{n} ' || id where name not like 'm% %-%';
            update evalstore.organizations set slug = 'o{n}-' || id where slug not like 'o%-%-%-%';
            update evalstore.event_subscriptions set name = 's{n}-' || id where name not like 's%-%-%-%';
            update evalstore.inference_frameworks set version = 'v{n}-' || id where version not like 'v%-%-%-%';
            update evalstore.use_cases set subcategory = 'c{n}-' || id where subcategory is null or subcategory not like 'c%-%-%-%';
            update evalstore.verifier_keys set key_id = 'k{n}-' || id where key_id not like 'k%-%-%-%';
            update evalstore.datasets set name = 'n{n}-' || id where name not like 'n%-%-%-%';
            set session_replication_role = origin""";

    private WrittenStore() {}

    /** How many of the writes were done: an earlier one may be in the way of a later. */
    static int fill(TestDatabase database, Database db, Collection<Write<?>> writes) throws SQLException {
        int done = 0;
        try (Connection admin = TestServer.get().admin(database.name())) {
            Lab lab = new Lab(db, admin);
            int tried = 0;
            for (Write<?> write : writes) {
                done += isDone(write, lab) ? 1 : 0;
                lab.sql(RENAME.replace("{n}", Integer.toString(++tried)));
            }
        }
        return done;
    }

    private static <C> boolean isDone(Write<C> write, Lab lab) {
        try {
            write.call().on(lab.db(), write.before().apply(lab));
            return true;
        } catch (Exception | AssertionError e) {
            return false;
        }
    }
}
