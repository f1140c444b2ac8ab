package dev.evalstore.bench.soak;

import dev.evalstore.Cursor;
import dev.evalstore.state.ChangesCompactedException;
import dev.evalstore.state.StateChanges;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the ledger's changes. What it was given and where to go on stand in one line of its journal, so that the next life goes
 * on exactly where this one was killed. Where the feed was compacted beyond that it begins anew, and notes it.
 */
final class Follower extends Room {
    static final String WATCH = "watch";

    private static final int PAGE = 200;

    private @Nullable Cursor next;

    Follower(Site site, Path folder) {
        super(site, Stage.STATE, "follower");
        List<Journals.Line> before = Journals.read(folder).of(Stage.STATE, WATCH);
        this.next = before.stream()
                .max((a, b) -> Long.compare(life(a), life(b)) != 0
                        ? Long.compare(life(a), life(b))
                        : Integer.compare(before.indexOf(a), before.indexOf(b)))
                .filter(line -> line.status() == Journal.Status.OK)
                .map(line -> new Cursor(line.name()))
                .orElse(null);
    }

    static long life(Journals.Line line) {
        return Long.parseLong(line.client().substring(line.client().lastIndexOf('.') + 1));
    }

    @Override
    boolean isOver() {
        return site.isFinishing();
    }

    @Override
    void step() {
        StateChanges changes;
        try {
            changes = Money.ledger(db).watch(new byte[0], next, PAGE);
        } catch (ChangesCompactedException e) {
            journal.line(Journal.Status.REFUSED, Stage.STATE, WATCH, "-", "");
            next = null;
            return;
        }
        if (!changes.changes().isEmpty()) {
            StringBuilder given = new StringBuilder();
            changes.changes()
                    .forEach(change -> given.append(given.length() == 0 ? "" : " ")
                            .append(change.kind())
                            .append(',')
                            .append(Money.text(change.key()))
                            .append(',')
                            .append(change.version()));
            journal.line(Journal.Status.OK, Stage.STATE, WATCH, changes.next().value(), given.toString());
        }
        next = changes.next();
        if (changes.changes().size() < PAGE) {
            pause(50, 150);
        }
    }
}
