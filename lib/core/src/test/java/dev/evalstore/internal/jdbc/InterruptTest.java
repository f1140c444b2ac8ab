package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.account.NewUser;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thread that is told to stop costs no connection but its own. A virtual thread's socket is closed by an interrupt. */
@Timeout(120)
class InterruptTest {
    private static final int POOL = 10;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private HikariDataSource pool;
    private Database db;

    @BeforeEach
    void open() {
        database.admin("delete from evalstore.users");
        HikariConfig settings =
                Pools.hikari(database.config().poolSize(POOL).minimumIdle(POOL).build());
        settings.setPoolName("interrupted");
        pool = new HikariDataSource(settings);
        db = Database.using(pool);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> pool.getHikariPoolMXBean().getIdleConnections() == POOL);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static List<String> sessions() {
        return database.query("select pid::text from pg_stat_activity where datname = current_database()"
                + " and usename = 'evalstore_app' order by 1");
    }

    /** Waits for a lock on a thread, until something ends that. */
    private CompletableFuture<Boolean> blocked(boolean isVirtual, CompletableFuture<Thread> self) throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        start(isVirtual, () -> {
            self.complete(Thread.currentThread());
            try {
                db.users().create(NewUser.of("ada@x", "ada"));
                ended.complete(true);
            } catch (RuntimeException e) {
                ended.complete(Thread.interrupted());
            }
        });
        return ended;
    }

    /** This is compiled for a Java without virtual threads. */
    private static void start(boolean isVirtual, Runnable task) throws ReflectiveOperationException {
        if (isVirtual) {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } else {
            new Thread(task).start();
        }
    }

    private void oneOfTenIsLost(boolean isVirtual) throws Exception {
        List<String> before = sessions();
        CompletableFuture<Thread> self = new CompletableFuture<>();
        try (Connection holder = database.connection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("insert into evalstore.users (email, username) values ('ada@x', 'other')");
            CompletableFuture<Boolean> ended = blocked(isVirtual, self);
            database.awaitBlocked();
            self.get(60, TimeUnit.SECONDS).interrupt();
            if (!isVirtual) {
                // What the JDK does to a virtual thread's socket.
                database.query("select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname ="
                        + " current_database() and wait_event_type = 'Lock'");
            }
            assertThat(ended.get(60, TimeUnit.SECONDS)).as("still interrupted").isTrue();
            holder.rollback();
        }
        List<String> after = new ArrayList<>(sessions());
        after.retainAll(before);
        assertThat(after).hasSizeGreaterThanOrEqualTo(POOL - 1);
    }

    @Test
    void an_interrupted_thread_that_loses_its_connection_leaves_the_others() throws Exception {
        oneOfTenIsLost(false);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void an_interrupted_virtual_thread_leaves_the_others() throws Exception {
        oneOfTenIsLost(true);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void a_virtual_thread_that_was_interrupted_before_loses_nothing() throws Exception {
        List<String> before = sessions();
        // Otherwise the pool does not look whether a connection lives.
        Thread.sleep(1_000);
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        start(true, () -> {
            Thread.currentThread().interrupt();
            try {
                db.users().create(NewUser.of("ada@x", "ada"));
                db.useTransaction(tx -> tx.users().create(NewUser.of("bob@x", "bob")));
                ended.complete(Thread.interrupted());
            } catch (Throwable e) {
                ended.completeExceptionally(e);
            }
        });
        assertThat(ended.get(60, TimeUnit.SECONDS)).as("still interrupted").isTrue();
        assertThat(db.users().findByUsername("bob")).isPresent();
        assertThat(sessions()).containsAll(before);
    }
}
