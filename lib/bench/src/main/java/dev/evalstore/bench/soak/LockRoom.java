package dev.evalstore.bench.soak;

import dev.evalstore.lock.Lock;
import dev.evalstore.lock.LockLostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Takes turns with other processes at one resource. */
final class LockRoom extends FencedRoom {
    LockRoom(Site site) {
        super(site, "");
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
                write("write", lock);
                pause(10, 400);
            }
            if (random.nextInt(4) != 0) {
                db.locks().release(lock);
            }
        } catch (LockLostException e) {
            // Somebody else has it.
        }
    }
}
