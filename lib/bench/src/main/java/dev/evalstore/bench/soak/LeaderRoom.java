package dev.evalstore.bench.soak;

import dev.evalstore.lock.LeaderElection;
import dev.evalstore.lock.Lock;
import dev.evalstore.lock.LockLostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Campaigns, and while it leads notes when, and writes what only a leader may; now and then it resigns. The times are those of the
 * machine's one monotonic clock, so they can be compared with another process's.
 */
final class LeaderRoom extends FencedRoom implements LeaderElection.Listener {
    static final String LEAD = "lead";

    private static final Duration LEASE = Duration.ofMillis(1_500);

    private LeaderElection election;

    LeaderRoom(Site site) {
        super(site, Stage.LEADER);
        this.election = LeaderElection.start(db.locks(), Stage.LEADER, site.client(), LEASE, this);
    }

    @Override
    public void elected(Lock lock) {
        journal.done(Stage.LEADER, "elected");
    }

    @Override
    public void lost(Lock lock) {
        journal.done(Stage.LEADER, "ended");
    }

    @Override
    void step() throws SQLException {
        long asked = System.nanoTime();
        Optional<Lock> lock = election.lock();
        long told = System.nanoTime();
        if (lock.isPresent()) {
            journal.line(
                    Journal.Status.OK,
                    Stage.LEADER,
                    LEAD,
                    Long.toString(lock.get().token()),
                    asked + " " + told);
            lead(lock.get());
        }
        pause(10, 100);
    }

    private void lead(Lock lock) throws SQLException {
        try {
            write("order", lock);
            if (random.nextInt(40) == 0) {
                election.close();
                election = LeaderElection.start(db.locks(), Stage.LEADER, site.client(), LEASE, this);
            }
        } catch (LockLostException e) {
            // Somebody else leads.
        }
    }

    @Override
    void leave() {
        election.close();
    }
}
