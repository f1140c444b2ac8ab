package dev.evalstore.bench.soak;

import dev.evalstore.lock.Lock;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A room that uses a resource under a lock; the holder writes its token, and tokens never decrease. */
abstract class FencedRoom extends Room {
    FencedRoom(Site site, String thread) {
        super(site, Stage.LOCKS, thread);
    }

    final void write(String what, Lock lock) throws SQLException {
        String name = site.name() + ":" + lock.token();
        journal.write(
                Stage.LOCKS,
                what,
                name,
                () -> db.<Integer, SQLException>inTransaction(Site.RETRIED, tx -> {
                    tx.locks().require(lock);
                    try (PreparedStatement row = tx.connection()
                            .prepareStatement("insert into soak.turns (resource, token, name) values (?, ?, ?)")) {
                        row.setString(1, lock.resource());
                        row.setLong(2, lock.token());
                        row.setString(3, name);
                        return row.executeUpdate();
                    }
                }));
    }
}
