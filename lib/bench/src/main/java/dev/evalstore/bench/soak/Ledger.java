package dev.evalstore.bench.soak;

import dev.evalstore.state.NewStateEntry;
import dev.evalstore.state.PutOptions;
import dev.evalstore.state.StateBackend;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Puts, counts, deletes and lets expire, each key by one thread alone, so that what must be there is known. */
final class Ledger extends Room {
    private final String counter;
    private final Deque<String> mine = new ArrayDeque<>();

    Ledger(Site site, int thread) {
        super(site, Stage.STATE, "ledger" + thread);
        this.counter = "counter/" + site.client() + "-" + thread;
    }

    @Override
    void step() {
        StateBackend ledger = Money.ledger(db);
        switch (random.nextInt(10)) {
            case 0 -> delete(ledger);
            case 1, 2 ->
                journal.write(
                        Stage.STATE,
                        "increment",
                        counter,
                        () -> ledger.increment(Money.key(counter), 1),
                        value -> Long.toString(value));
            case 3 -> {
                byte[] brief = Money.key("brief/" + site.name());
                ledger.put(
                        brief,
                        Money.amount(1),
                        PutOptions.expiringAfter(Duration.ofMillis(500 + random.nextInt(2_000))));
                journal.done(Stage.STATE, "putBrief");
            }
            case 4 -> {
                ledger.cleanupExpired();
                journal.done(Stage.STATE, "cleanupExpired");
            }
            case 5 -> putAll(ledger);
            default -> put(ledger);
        }
        pause(5, 40);
    }

    private void put(StateBackend ledger) {
        String name = "entry/" + site.name();
        journal.write(
                Stage.STATE,
                "put",
                name,
                () -> ledger.put(Money.key(name), Money.amount(2)),
                version -> Long.toString(version));
        mine.add(name);
    }

    private void putAll(StateBackend ledger) {
        List<String> names = Stream.generate(() -> "entry/" + site.name())
                .limit(2 + random.nextInt(4))
                .toList();
        journal.write(Stage.STATE, "putAll", String.join(",", names), () -> {
            ledger.putAll(names.stream()
                    .map(name -> NewStateEntry.of(Money.key(name), Money.amount(3)))
                    .toList());
            return true;
        });
    }

    private void delete(StateBackend ledger) {
        String name = mine.poll();
        if (name == null) {
            return;
        }
        if (!journal.write(Stage.STATE, "delete", name, () -> ledger.delete(Money.key(name)))) {
            journal.line(
                    Journal.Status.SURPRISE, Stage.STATE, "delete", name, "it was acknowledged, and was not there");
        }
    }
}
