package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.reliability.Write.Trait;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each write is broken off at each of its requests, before the server gets it and after the server has done it. Whatever the
 * caller is told must be true: success, with everything stored once; an unknown outcome, with everything or nothing; any other
 * failure, with nothing.
 */
abstract class UnknownOutcomes {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final String HELD = "select 1 from pg_locks where locktype = 'advisory' and database ="
            + " (select oid from pg_database where datname = current_database())";

    private static final String EVENTS_AFTER = "select event_type || ' [' || array_to_string(array("
            + "select jsonb_object_keys(payload) order by 1), ', ') || ']' from evalstore.domain_events where position > ";

    private static final Retry QUICKLY = Retry.times(3).backoff(Duration.ofMillis(1), Duration.ofMillis(5));
    private static final DatabaseOptions OPTIONS = DatabaseOptions.DEFAULT
            .retry(QUICKLY)
            .passwordHasher(new CheapHasher())
            .listener(database.names())
            .slowStatement(null);
    private static final int MAX_REQUESTS = 300;

    private static TcpProxy proxy;
    private static SparePool application;
    private static SparePool owner;
    private static Connection admin;
    private static Picture picture;
    private static final Map<Write<?>, Set<String>> audited = new LinkedHashMap<>();
    private static final Map<String, List<String>> emitted = new TreeMap<>();

    /** How the call is made. */
    enum How {
        /** On its own and for the first time, and the server is there again at once. */
        ALONE(QUICKLY),
        /** On its own, and the server cannot be reached any more. */
        ALONE_AND_AWAY(Retry.NONE),
        /** In a transaction that is retried: then the library asks what became of the commit. */
        RETRIED(QUICKLY);

        private final Retry retry;

        How(Retry retry) {
            this.retry = retry;
        }
    }

    @BeforeAll
    static void open() throws SQLException {
        proxy = database.proxy();
        DatabaseConfig config = database.through(proxy).build();
        TestServer server = TestServer.get();
        application = new SparePool(config.url(), server.admin(), server.adminPassword(), "evalstore_app");
        owner = new SparePool(config.url(), server.admin(), server.adminPassword(), "evalstore_owner");
        admin = TestServer.get().admin(database.name());
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        picture = new Picture(admin);
    }

    @AfterAll
    static void close() throws SQLException {
        application.close();
        owner.close();
        proxy.close();
        admin.close();
    }

    static Stream<Write<?>> todaysWrites() {
        return Writes.todays(Writes.all(), 6);
    }

    static Stream<Write<?>> aFewOfTodaysWrites() {
        return Writes.todays(Writes.all(), 18);
    }

    static Stream<Write<?>> aFewOfTodaysWritesInTransactions() {
        return Writes.todays(Writes.all(), 18).filter(write -> !write.is(Trait.ALONE));
    }

    static Stream<Write<?>> aFewOfTodaysAuditedWrites() throws SQLException {
        return Writes.todays(List.copyOf(audited().keySet()), 18);
    }

    /** What leaves audit entries on behalf of an actor, and the actions that they name. */
    static Map<Write<?>, Set<String>> audited() throws SQLException {
        if (audited.isEmpty()) {
            for (Write<?> write : Writes.all()) {
                // What writes entries by itself is not audited besides.
                if (!write.verb().startsWith("audit.")) {
                    Write<?> acting = write.acting();
                    Set<String> actions = actions(write, acting);
                    if (!actions.isEmpty()) {
                        audited.put(acting, actions);
                    }
                }
            }
        }
        return audited;
    }

    /** The domain events that each write appends, with the fields of their payloads: {@code submission.deleted [versionId, …]}. */
    static Map<String, List<String>> emitted() throws SQLException {
        audited();
        return emitted;
    }

    /** The entries that the write leaves: {@code user.create}. */
    private static <C> Set<String> actions(Write<?> of, Write<C> write) throws SQLException {
        Attempt<C> attempt = attempt(write, How.ALONE, database(write, How.ALONE));
        attempt.begin();
        String last = database.query("select coalesce(max(position), 0)::text from evalstore.domain_events")
                .get(0);
        assertThat(attempt.call()).as(write.toString()).isNull();
        emitted.put(of.toString(), database.query(EVENTS_AFTER + last + " order by event_type"));
        return new TreeSet<>(database.query("select distinct entity_type || '.' || action from evalstore.audit_log"));
    }

    static <C> void prove(Write<C> write, How how) throws Exception {
        picture.vacuum();
        Database known = database(write, how);
        Attempt<C> whole = new Attempt<>(write, how, known);
        List<String> before = whole.before();
        assertThat(whole.call()).as(how + " undisturbed").isNull();
        List<String> after = picture.take();
        assertThat(after)
                .as("the picture shows no change: nothing would be noticed")
                .isNotEqualTo(before);
        for (TcpProxy.Way lost : TcpProxy.Way.values()) {
            int nth = 1;
            while (nth < MAX_REQUESTS && broken(attempt(write, how, known), lost, nth, before, after)) {
                nth++;
            }
            assertThat(nth).as(how + ": requests, and one more").isBetween(2, MAX_REQUESTS - 1);
        }
    }

    private static <C> Attempt<C> attempt(Write<C> write, How how, Database known) {
        return new Attempt<>(write, how, how == How.ALONE ? database(write, how) : known);
    }

    private static SparePool pool(Write<?> write) {
        return write.is(Trait.OWNER) ? owner : application;
    }

    private static Database database(Write<?> write, How how) {
        return Database.using(pool(write), OPTIONS.retry(how.retry));
    }

    /** False when the call made fewer requests than that. */
    private static <C> boolean broken(
            Attempt<C> attempt, TcpProxy.Way lost, int nth, List<String> before, List<String> after) throws Exception {
        Write<C> write = attempt.write;
        How how = attempt.how;
        String where = how + ", " + (lost == TcpProxy.Way.TO_CLIENT ? "answer" : "request") + " " + nth + " lost";
        attempt.begin();
        proxy.loseAt(nth, lost, how == How.ALONE_AND_AWAY);
        Exception failure = attempt.call();
        boolean hasLost = proxy.hasLost();
        proxy.loseNothing();
        proxy.refuse(false);
        if (hasLost) {
            // The others of its time have gone with it.
            application.close();
            owner.close();
        }
        List<String> now = picture.take();
        if (failure == null) {
            boolean isNothing = withoutAudit(now).equals(withoutAudit(before));
            if (write.is(Trait.PASSES_OVER) && isNothing) {
                return repeated(attempt, where, now.equals(before), after) && hasLost;
            }
            if (write.is(Trait.PASSES_OVER) && write.is(Trait.IN_PIECES) && !now.equals(after)) {
                // It passed over what a session held that was cut off; the next call comes when that has ended.
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> database.query(HELD).isEmpty());
                return repeated(attempt, where, true, after) && hasLost;
            }
            assertThat(now).as(where + ": reported as done").isEqualTo(after);
            return hasLost;
        }
        assertThat(failure).as(where).isInstanceOf(DatabaseException.class);
        boolean unknown = failure instanceof TransientDatabaseException t && t.outcomeUnknown();
        assertThat(how)
                .as(where + ": a retried transaction goes through")
                .withFailMessage(() -> where + " " + failure)
                .isNotEqualTo(How.RETRIED);
        if (write.is(Trait.IN_PIECES)) {
            return repeated(attempt, where, !write.is(Trait.ADDS) || now.equals(before), after);
        }
        assertThat(now)
                .as(where + ": " + failure)
                .satisfiesAnyOf(
                        is -> assertThat(is).isEqualTo(before),
                        is -> assertThat(unknown && is.equals(after)).isTrue());
        return repeated(attempt, where, !write.is(Trait.ADDS) || !unknown, after);
    }

    /** An act is audited, also where it touched nothing. */
    private static List<String> withoutAudit(List<String> lines) {
        return lines.stream().filter(line -> !line.contains(" audit_log: ")).toList();
    }

    private static <C> boolean repeated(Attempt<C> attempt, String where, boolean isSafe, List<String> after)
            throws Exception {
        if (isSafe) {
            Exception again = attempt.call();
            // A second time it may be refused: it was done.
            assertThat(again instanceof TransientDatabaseException)
                    .as(where + ", and again: " + again)
                    .isFalse();
            assertThat(picture.take()).as(where + ", and again: " + again).isEqualTo(after);
        }
        return true;
    }

    /** One call from the same beginning. */
    private static final class Attempt<C> {
        private final Write<C> write;
        private final How how;
        private final Database db;
        private final Lab lab;
        private @Nullable C found;

        Attempt(Write<C> write, How how, Database db) {
            this.write = write;
            this.how = how;
            this.db = db;
            this.lab = new Lab(Database.using(database.pool(), OPTIONS), admin);
        }

        List<String> before() throws SQLException {
            begin();
            return picture.take();
        }

        void begin() throws SQLException {
            picture.clear();
            pool(write).warm(2);
            found = write.before().apply(lab);
            write.warm().accept(db, found);
        }

        @Nullable
        Exception call() throws SQLException {
            try {
                if (how == How.RETRIED) {
                    db.inTransaction(
                            TxOptions.DEFAULT.retry(QUICKLY), tx -> write.call().on(tx, found));
                } else {
                    write.call().on(db, found);
                }
                return null;
            } catch (Exception e) {
                return e;
            }
        }
    }
}
