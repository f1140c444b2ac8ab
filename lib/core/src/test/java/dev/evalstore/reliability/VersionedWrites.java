package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.version.Unit;
import java.util.List;

/** Of the versions of what caches hold. */
final class VersionedWrites {
    private VersionedWrites() {}

    static List<Write<?>> versions() {
        return List.of(
                Write.of(
                                "versions.touch/1",
                                lab -> 0,
                                (r, x) -> Writes.done(() -> r.versions().touch(List.of(Unit.HARDWARE, Unit.USE_CASES))))
                        .which(ADDS),
                Write.of(
                                "versions.cleanup/0",
                                lab -> {
                                    lab.sql("insert into evalstore.unit_changes (unit) select 'crowded'"
                                            + " from generate_series(1, 100)");
                                    lab.sql("insert into evalstore.unit_changes (unit, changed_at)"
                                            + " values ('old', now() - interval '8 days')");
                                    return 0;
                                },
                                (r, x) -> r.versions().cleanup())
                        .which(IN_PIECES, PASSES_OVER));
    }
}
