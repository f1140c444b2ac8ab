package dev.evalstore.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeaderElectionTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Duration LEASE = Duration.ofMillis(600);

    private final Database db = database.db();

    /** Records the calls, and then does something. */
    private static final class Calls implements LeaderElection.Listener {
        private final List<String> all = new CopyOnWriteArrayList<>();
        private final Consumer<Lock> whenElected;

        Calls(Consumer<Lock> whenElected) {
            this.whenElected = whenElected;
        }

        Calls() {
            this(lock -> {});
        }

        @Override
        public void elected(Lock lock) {
            all.add("elected");
            whenElected.accept(lock);
        }

        @Override
        public void lost(Lock lock) {
            all.add("lost");
        }
    }

    private static LeaderElection start(Database on, String name, Calls calls) {
        return LeaderElection.start(on.locks(), name, "candidate", LEASE, calls);
    }

    /** Neither the driver nor the pool gives up in time, and another leads meanwhile. */
    @Test
    void a_leader_learns_that_its_lease_ran_out_though_the_server_is_silent() {
        Calls calls = new Calls();
        try (TcpProxy proxy = database.proxy();
                Database behind = Database.open(database.through(proxy)
                        .connectTimeout(Duration.ofMinutes(1))
                        .statementTimeout(Duration.ofMinutes(1))
                        .build());
                LeaderElection first = start(behind, "silent", calls)) {
            await().until(first::isLeader);
            proxy.stall(TcpProxy.Way.TO_CLIENT);
            try (LeaderElection second = start(db, "silent", new Calls())) {
                await().atMost(30, TimeUnit.SECONDS).until(second::isLeader);
                assertThat(first.isLeader()).isFalse();
                await().atMost(10, TimeUnit.SECONDS)
                        .untilAsserted(() -> assertThat(calls.all).containsExactly("elected", "lost"));
                proxy.resume();
                await().during(LEASE).until(second::isLeader);
            }
            await().atMost(1, TimeUnit.MINUTES)
                    .untilAsserted(() -> assertThat(calls.all).containsExactly("elected", "lost", "elected"));
        }
    }

    @Test
    void a_listener_that_cannot_begin_gives_up_leading_and_the_campaign_goes_on() {
        CountDownLatch healthy = new CountDownLatch(1);
        Calls calls = new Calls(lock -> {
            if (healthy.getCount() > 0) {
                healthy.countDown();
                throw new IllegalStateException("no disk");
            }
        });
        try (LogCapture log = LogCapture.of(LeaderElection.class.getName(), Level.WARN);
                LeaderElection election = start(db, "throws", calls)) {
            await().untilAsserted(() -> assertThat(calls.all).containsExactly("elected", "lost", "elected"));
            assertThat(election.isLeader()).isTrue();
            assertThat(log.text()).contains("throws", "elected");
        }
        assertThat(calls.all).endsWith("lost");
    }

    @Test
    void a_leader_whose_database_is_closed_learns_it_and_can_resign() {
        Calls calls = new Calls();
        Database own = Database.open(database.config().build());
        try (LeaderElection election = start(own, "closed", calls)) {
            await().until(election::isLeader);
            own.close();
            await().untilAsserted(() -> assertThat(calls.all).containsExactly("elected", "lost"));
            assertThat(election.isLeader()).isFalse();
        }
        assertThat(calls.all).hasSize(2);
    }

    @Test
    void a_listener_that_takes_long_does_not_cost_the_lease() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Calls calls = new Calls(lock -> {
            try {
                begun.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (LeaderElection election = start(db, "slow", calls)) {
            await().until(election::isLeader);
            Lock first = election.lock().orElseThrow();
            await().until(() -> election.lock()
                    .filter(lock -> lock.token() == first.token()
                            && lock.expiresAt().isAfter(first.expiresAt().plus(LEASE.multipliedBy(2))))
                    .isPresent());
            begun.countDown();
        }
        assertThat(calls.all).containsExactly("elected", "lost");
    }

    @Test
    void a_listener_may_resign_itself() {
        CompletableFuture<LeaderElection> election = new CompletableFuture<>();
        Calls calls = new Calls(lock -> election.join().close());
        election.complete(start(db, "resigns", calls));
        await().untilAsserted(() -> assertThat(calls.all).containsExactly("elected", "lost"));
        assertThat(db.locks().tryAcquire("resigns", "another", LEASE)).isPresent();
    }

    /** An error of a class that cannot be initialised, say. Its message cannot be read either. */
    private static final class Unreadable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @Test
    void an_error_of_the_listener_ends_the_term_and_nothing_else() {
        CountDownLatch healthy = new CountDownLatch(1);
        List<String> all = new CopyOnWriteArrayList<>();
        LeaderElection.Listener listener = new LeaderElection.Listener() {
            @Override
            public void elected(Lock lock) {
                all.add("elected");
                if (healthy.getCount() > 0) {
                    throw new Unreadable();
                }
            }

            @Override
            public void lost(Lock lock) {
                all.add("lost");
                if (healthy.getCount() > 0) {
                    healthy.countDown();
                    throw new NoClassDefFoundError("no such class");
                }
            }
        };
        try (LogCapture log = LogCapture.of(LeaderElection.class.getName(), Level.WARN);
                LeaderElection election = LeaderElection.start(db.locks(), "errs", "candidate", LEASE, listener)) {
            await().atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(all).containsExactly("elected", "lost", "elected"));
            assertThat(election.isLeader()).isTrue();
            assertThat(log.text())
                    .contains(
                            "election errs: the listener's method elected",
                            "election errs: the listener's method lost");
        }
        assertThat(all).endsWith("lost");
    }

    private static List<Thread> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("evalstore-election-" + name))
                .toList();
    }

    @Test
    void an_interrupted_thread_of_the_election_goes_back_to_sleep_and_leads_on() {
        Calls calls = new Calls(lock -> Thread.currentThread().interrupt());
        try (LeaderElection election = start(db, "interrupted", calls)) {
            await().until(election::isLeader);
            threads("interrupted").forEach(Thread::interrupt);
            await().atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(threads("interrupted"))
                            .hasSize(2)
                            .allMatch(thread ->
                                    !thread.isInterrupted() && thread.getState() == Thread.State.TIMED_WAITING));
            await().until(election::isLeader);
        }
        assertThat(calls.all).startsWith("elected").endsWith("lost");
    }

    @Test
    void an_interrupted_thread_resigns_like_another_and_stays_interrupted() {
        Calls calls = new Calls();
        LeaderElection election = start(db, "left", calls);
        await().until(() -> !calls.all.isEmpty());
        Thread.currentThread().interrupt();
        election.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls.all).containsExactly("elected", "lost");
        assertThat(db.locks().tryAcquire("left", "another", LEASE)).isPresent();
    }
}
