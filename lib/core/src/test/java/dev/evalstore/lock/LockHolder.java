package dev.evalstore.lock;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A process that acquires a lock or campaigns, and writes under the lock whenever a line arrives. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[0])
                .user(arguments[1])
                .password(arguments[2])
                .poolSize(3)
                .build();
        try (Database db = Database.open(config)) {
            if (arguments[3].equals("campaign")) {
                campaign(db);
            } else {
                hold(db, arguments[4]);
            }
        }
    }

    private static void hold(Database db, String name) throws Exception {
        Duration lease = Duration.ofMillis(700);
        Lock lock =
                db.locks().acquire("shared", name, lease, Duration.ofMinutes(1)).orElseThrow();
        System.out.println("acquired " + lock.token());
        while (System.in.available() == 0) {
            try {
                // Not in a transaction: stopped in the middle of one, a process holds its row locks until it is
                // continued.
                db.locks().extend(lock, lease);
            } catch (LockLostException e) {
                storeUnder(db, lock);
                return;
            }
            Thread.sleep(50);
        }
    }

    private static void storeUnder(Database db, Lock lock) {
        try {
            db.useTransaction(tx -> tx.locks().require(lock));
            System.out.println("stored " + lock.token());
        } catch (LockLostException e) {
            System.out.println("refused " + lock.token());
        }
    }

    private static void campaign(Database db) throws Exception {
        LeaderElection.Listener listener = new LeaderElection.Listener() {
            @Override
            public void elected(Lock lock) {
                System.out.println("elected " + lock.token());
            }

            @Override
            public void lost(Lock lock) {
                System.out.println("lost " + lock.token());
            }
        };
        try (var election = LeaderElection.start(db.locks(), "cluster", "child", Duration.ofMillis(600), listener)) {
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println("leads " + election.isLeader());
            }
        }
    }
}
