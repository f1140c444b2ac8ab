package dev.evalstore.testkit;

import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import java.time.Duration;

/** Replaces the store under living {@code Database}s, as an administrator does. */
public final class ReplacedStore {
    private ReplacedStore() {}

    /** Undoes all migrations and migrates again: the same schema, empty, and all numbers begin anew. */
    public static void revertAndMigrate(TestDatabase database) {
        try (Database owner = Database.open(database.owner().poolSize(3).build())) {
            owner.revertTo(0);
            owner.migrate();
        }
    }

    /** The same after the schema was dropped by hand. */
    public static void dropAndMigrate(TestDatabase database) {
        database.admin(
                "drop schema evalstore cascade; grant create on database " + database.name() + " to evalstore_owner");
        try (Database owner = Database.open(database.owner().poolSize(3).build())) {
            owner.migrate();
        }
    }

    /** The quickest way: all rows are gone, and the numbers of namespaces and lanes begin anew. */
    public static void empty(TestDatabase database) {
        database.admin("truncate evalstore.state_namespaces, evalstore.state_entries, evalstore.state_history,"
                + " evalstore.state_checkpoints, evalstore.state_changes, evalstore.job_lanes, evalstore.jobs,"
                + " evalstore.job_ready, evalstore.job_scheduled, evalstore.job_leases, evalstore.job_finished,"
                + " evalstore.job_unique restart identity; alter sequence evalstore.state_change_numbers restart;"
                + " alter sequence evalstore.state_versions restart; alter sequence evalstore.job_numbers restart");
    }

    /** Copies the database as it is; the copy's name is what {@link #restore} takes. */
    public static String backup(TestDatabase database) {
        String copy = database.name() + "_copy";
        close(database.name());
        server().execute(
                        "postgres", "create database " + copy + " template " + database.name() + " strategy file_copy");
        open(database.name());
        awaitAnswer(database);
        return copy;
    }

    /** Puts the copy in the database's place; the copy is used up. */
    public static void restore(TestDatabase database, String copy) {
        close(database.name());
        server().drop(database.name());
        server().execute("postgres", "alter database " + copy + " rename to " + database.name());
        awaitAnswer(database);
    }

    /** A pool notices its dead connections by itself, at the cost of a failure or two. */
    private static void awaitAnswer(TestDatabase database) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> database.db().health().reachable());
    }

    private static void close(String name) {
        server().execute("postgres", "alter database " + name + " allow_connections false");
        server().query(
                        "postgres",
                        "select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = '" + name + "'");
    }

    private static void open(String name) {
        server().execute("postgres", "alter database " + name + " allow_connections true");
    }

    private static TestServer server() {
        return TestServer.get();
    }
}
