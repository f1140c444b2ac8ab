package dev.evalstore.examples.bench.soak;

import dev.evalstore.lock.Lock;
import dev.evalstore.lock.LockLostException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Takes turns with other processes at one resource; whoever has it writes its token, in the order of which nobody goes back. */
final class LockRoom extends Room {
    LockRoom(Site site) {
        super(site, Stage.LOCKS, "");
    }

    @Override
    void step() throws SQLException {
        Optional<Lock> taken =
                db.locks().acquire("soak", site.client(), Duration.ofMillis(1_500), Duration.ofMillis(500));
        if (taken.isEmpty()) {
            return;
        }
        Lock lock = taken.get();
        try {
            for (int i = random.nextInt(4); i >= 0; i--) {
                write(lock);
                pause(10, 400);
            }
            if (random.nextInt(4) != 0) {
                db.locks().release(lock);
            }
        } catch (LockLostException e) {
            // Somebody else has it.
        }
    }

    private void write(Lock lock) throws SQLException {
        journal.write(
                Stage.LOCKS,
                "write",
                site.name() + ":" + lock.token(),
                () -> db.<Integer, SQLException>inTransaction(Site.RETRIED, tx -> {
                    tx.locks().require(lock);
                    try (PreparedStatement row =
                            tx.connection().prepareStatement("insert into soak.turns (token) values (?)")) {
                        row.setLong(1, lock.token());
                        return row.executeUpdate();
                    }
                }));
    }
}
