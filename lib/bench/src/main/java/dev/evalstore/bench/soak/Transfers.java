package dev.evalstore.bench.soak;

import dev.evalstore.ConflictException;
import dev.evalstore.Tx;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateEntry;
import java.util.List;

/** Moves money from one account to another, and leaves a line in the ledger, in one transaction over two namespaces. */
final class Transfers extends Room {
    Transfers(Site site, int thread) {
        super(site, Stage.STATE, "transfers" + thread);
    }

    @Override
    void step() {
        int one = random.nextInt(Money.ACCOUNTS - 1);
        int other = one + 1 + random.nextInt(Money.ACCOUNTS - 1 - one);
        long amount = random.nextInt(101) - 50L;
        String name = "transfer/" + site.name();
        boolean byVersion = random.nextBoolean();
        try {
            journal.write(
                    Stage.STATE,
                    "transfer",
                    name,
                    () -> db.inTransaction(Site.RETRIED, tx -> {
                        if (byVersion) {
                            byVersion(tx, one, other, amount);
                        } else {
                            byIncrement(tx, one, other, amount);
                        }
                        return Money.ledger(tx).put(Money.key(name), Money.amount(amount));
                    }));
        } catch (ConflictException e) {
            // Somebody changed one of the accounts in between.
        }
        pause(5, 40);
    }

    /** Always the lower key first, so that two transfers do not wait for each other. */
    private static void byIncrement(Tx tx, int one, int other, long amount) {
        StateBackend accounts = Money.accounts(tx);
        accounts.increment(Money.account(one), -amount);
        accounts.increment(Money.account(other), amount);
    }

    private static void byVersion(Tx tx, int one, int other, long amount) {
        StateBackend accounts = Money.accounts(tx);
        List<StateEntry> both = accounts.getAll(List.of(Money.account(one), Money.account(other)));
        put(accounts, both.get(0), -amount);
        put(accounts, both.get(1), amount);
    }

    private static void put(StateBackend accounts, StateEntry entry, long more) {
        accounts.put(
                entry.key(),
                Money.amount(Money.amount(entry.value()) + more),
                PutOptions.NONE.ifVersion(entry.version()));
    }
}
