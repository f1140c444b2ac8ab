package dev.evalstore.bench.soak;

import dev.evalstore.testing.faults.ServerProcess;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testing.faults.TcpProxy.Way;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Strikes as the plan says, and undoes what it did. */
final class Faults {
    private final ServerProcess server;
    private final TcpProxy proxy;
    private final Fleet fleet;
    private final PrintStream out;
    private final List<Strike> strikes = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Lock> locks = new ConcurrentHashMap<>();

    /**
     * A fault that struck.
     *
     * @param began in milliseconds, by this machine's clock
     * @param ended when it was undone, likewise
     */
    record Strike(Fault fault, long began, long ended) {}

    /** What is done about one fault. */
    private interface Action {
        void run() throws Exception;
    }

    Faults(ServerProcess server, TcpProxy proxy, Fleet fleet, PrintStream out) {
        this.server = server;
        this.proxy = proxy;
        this.fleet = fleet;
        this.out = out;
    }

    /** Strikes all of them, each at its time, and returns when the last is undone. */
    List<Strike> run(List<Fault> plan) throws InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool();
        long start = System.nanoTime();
        for (Fault fault : plan) {
            long wait = fault.at().toNanos() - (System.nanoTime() - start);
            TimeUnit.NANOSECONDS.sleep(wait);
            out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, fault);
            threads.execute(() -> strike(fault));
        }
        threads.shutdown();
        if (!threads.awaitTermination(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException("a fault could not be undone");
        }
        return List.copyOf(strikes);
    }

    private void strike(Fault fault) {
        long began = System.currentTimeMillis();
        try {
            switch (fault.kind()) {
                case KILL_CLIENT ->
                    on(fault.client(), () -> {
                        fleet.kill(fault.client());
                        sleep(fault.lasts());
                        fleet.startAgain(fault.client());
                    });
                case PAUSE_CLIENT ->
                    on(fault.client(), () -> {
                        fleet.pause(fault.client());
                        sleep(fault.lasts());
                        fleet.resume(fault.client());
                    });
                case KILL_SERVER ->
                    on("server", () -> {
                        server.kill();
                        sleep(fault.lasts());
                        server.restart();
                    });
                case STOP_SERVER ->
                    on("server", () -> {
                        server.stopImmediately();
                        sleep(fault.lasts());
                        server.restart();
                    });
                case TERMINATE_SESSIONS -> terminate();
                case IDLE_TRANSACTION -> idle(fault);
                case DELAY ->
                    on("network", () -> {
                        proxy.delay(Duration.ofMillis(20 + fault.lasts().toMillis() % 100));
                        sleep(fault.lasts());
                        proxy.delay(Duration.ZERO);
                    });
                case STALL ->
                    on("network", () -> {
                        proxy.stall(way(fault));
                        sleep(fault.lasts());
                        proxy.resume();
                    });
                case CUT -> proxy.cut();
                case HALF_CLOSE -> proxy.halfClose(way(fault));
                case RESET -> proxy.reset();
            }
            strikes.add(new Strike(fault, began, System.currentTimeMillis()));
        } catch (Exception e) {
            throw new IllegalStateException(fault + " could not be undone", e);
        }
    }

    /** One at a time on one thing, also where the machine is slower than the plan. */
    private void on(String target, Action action) throws Exception {
        Lock lock = locks.computeIfAbsent(target, any -> new ReentrantLock());
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private static Way way(Fault fault) {
        return fault.toServer() ? Way.TO_SERVER : Way.TO_CLIENT;
    }

    private static void sleep(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }

    private void terminate() throws SQLException, InterruptedException {
        try (Connection admin = connected("select pg_terminate_backend(pid) from"
                + " (select pid, row_number() over (order by pid) as n"
                + " from pg_stat_activity where application_name like 'soak-%') s where n % 2 = 0")) {
            admin.rollback();
        }
    }

    /** Keeps dead rows from being removed, and one account from being changed; another fault may end it before its time. */
    private void idle(Fault fault) throws SQLException, InterruptedException {
        try (Connection admin =
                connected("set transaction isolation level repeatable read; select count(*) from evalstore.jobs;"
                        + " select from evalstore.state_entries where key = 'account/07' for update")) {
            sleep(fault.lasts());
            admin.rollback();
        } catch (SQLException e) {
            out.printf("%s was ended by another fault [%s]%n", fault, e.getSQLState());
        }
    }

    /**
     * A connection whose transaction has done this. It is tried until it is done: the server may be away by another fault, or the
     * account be changed at the same time.
     */
    private Connection connected(String sql) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            Connection admin = null;
            try {
                admin = Stage.admin(server.port());
                admin.setAutoCommit(false);
                try (var statement = admin.createStatement()) {
                    statement.execute(sql);
                }
                return admin;
            } catch (SQLException e) {
                if (admin != null) {
                    admin.close();
                }
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("a fault could not strike within a minute", e);
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }
}
