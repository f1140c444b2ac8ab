package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/** What listening runners are told. */
class WakeupsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    /** Something after which there is work. */
    private record Way(String name, Consumer<Database> before, Consumer<Database> act) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Way way(String name, Consumer<Database> act) {
        return new Way(name, db -> {}, act);
    }

    static Stream<Way> ways() {
        return Stream.of(
                way("create", db -> db.jobs().create(job("a"))),
                way("create all", db -> db.jobs().createAll(List.of(job("a")))),
                way(
                        "create in a transaction",
                        db -> db.useTransaction(tx -> tx.jobs().create(job("a")))),
                way(
                        "create in a savepoint",
                        db -> db.useTransaction(
                                tx -> tx.useTransaction(nested -> nested.jobs().create(job("a"))))),
                way(
                        "create in a savepoint of a savepoint",
                        db -> db.useTransaction(tx -> tx.useTransaction(nested -> nested.useTransaction(
                                innermost -> innermost.jobs().create(job("a")))))),
                new Way(
                        "a schedule's tick",
                        WakeupsTest::ticking,
                        db -> db.jobs().schedules().enqueueDue()),
                new Way(
                        "a schedule's tick in a transaction",
                        WakeupsTest::ticking,
                        db -> db.useTransaction(tx -> tx.jobs().schedules().enqueueDue())),
                way("wake after a joined transaction", db -> {
                    try (Connection host = database.connection()) {
                        host.setAutoCommit(false);
                        db.join(host).jobs().create(job("a"));
                        host.commit();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    db.jobs().wake();
                }),
                way(
                        "wake in a transaction",
                        db -> db.useTransaction(tx -> tx.jobs().wake())),
                way("create, and the end of the producer", WakeupsTest::createAndClose),
                way("create in another schema's object, and the end of the producer", db -> {
                    try (Database own = Database.open(database.config().build())) {
                        own.withSchema("evalstore").jobs().create(job("a"));
                    }
                }),
                new Way("retry", WakeupsTest::cancelled, db -> db.jobs().retry(last(db))),
                new Way(
                        "retry by somebody",
                        WakeupsTest::cancelled,
                        db -> db.actingAs(Actor.SYSTEM).jobs().retry(last(db))));
    }

    private static void createAndClose(Database any) {
        try (Database own = Database.open(database.config().build())) {
            own.jobs().create(job("a"));
        }
    }

    private static void ticking(Database db) {
        db.jobs().schedules().set(Schedule.every("s", Duration.ofHours(1), job("a")));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '1 hour'");
    }

    private static void cancelled(Database db) {
        db.jobs().cancel(last(db));
    }

    private static UUID last(Database db) {
        return db.jobs().list(JobFilter.ALL, 1, null).items().get(0).id();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void whoever_makes_work_tells_listening_runners(Way way) throws Exception {
        JobTestKit.empty(database);
        try (Connection connection = database.connection();
                var statement = connection.createStatement()) {
            PGConnection listening = connection.unwrap(PGConnection.class);
            statement.execute("listen \"" + JobRepository.WAKEUPS.channel("evalstore") + "\"");
            db.jobs().create(job("before"));
            await(listening);
            way.before().accept(db);
            way.act().accept(db);
            await(listening);
        }
    }

    private static void await(PGConnection listening) throws Exception {
        assertThat(listening.getNotifications((int) TimeUnit.SECONDS.toMillis(10)))
                .isNotEmpty();
    }
}
