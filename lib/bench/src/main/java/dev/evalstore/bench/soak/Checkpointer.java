package dev.evalstore.bench.soak;

import dev.evalstore.NotFoundException;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.StateBackend;
import java.util.List;

/** Takes checkpoints of the accounts, goes back to them, forgets old ones, and looks whether the sum holds, now and then. */
final class Checkpointer extends Room {
    private static final int KEPT = 8;

    Checkpointer(Site site) {
        super(site, Stage.STATE, "checkpoints");
    }

    @Override
    void step() {
        StateBackend accounts = Money.accounts(db);
        List<Checkpoint> checkpoints = accounts.listCheckpoints();
        switch (random.nextInt(6)) {
            case 0, 1 ->
                journal.write(
                        Stage.STATE,
                        "checkpoint",
                        site.name(),
                        accounts::createCheckpoint,
                        made -> made.id().toString());
            case 2 -> {
                if (!checkpoints.isEmpty()) {
                    restore(accounts, checkpoints.get(random.nextInt(checkpoints.size())));
                }
            }
            case 3 -> {
                if (checkpoints.size() > KEPT) {
                    forget(accounts, checkpoints.get(checkpoints.size() - 1));
                }
            }
            case 4 -> {
                accounts.cleanupHistory();
                journal.done(Stage.STATE, "cleanupHistory");
            }
            default -> {
                look("now", Money.sum(Money.present(accounts)));
                if (!checkpoints.isEmpty()) {
                    Checkpoint one = checkpoints.get(random.nextInt(checkpoints.size()));
                    look(one.id().toString(), Money.sum(Money.all(accounts, one.id())));
                }
            }
        }
        pause(100, 400);
    }

    private void restore(StateBackend accounts, Checkpoint to) {
        journal.write(
                Stage.STATE,
                "restore",
                site.name(),
                () -> accounts.restoreCheckpoint(to.id()),
                changed -> to.id().toString());
    }

    private void forget(StateBackend accounts, Checkpoint oldest) {
        try {
            journal.write(Stage.STATE, "forget", oldest.id().toString(), () -> accounts.deleteCheckpoint(oldest.id()));
        } catch (NotFoundException e) {
            // An attempt whose outcome was unknown had done it.
        }
    }

    private void look(String when, long sum) {
        if (sum == Money.SUM) {
            journal.done(Stage.STATE, "sum");
        } else {
            journal.line(Journal.Status.SURPRISE, Stage.STATE, "sum", "-", "the accounts hold " + sum + " at " + when);
        }
    }
}
