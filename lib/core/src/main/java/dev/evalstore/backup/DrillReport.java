package dev.evalstore.backup;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a drill showed. A drill that finds something wrong throws instead.
 *
 * @param restore what was restored, and is gone again
 * @param checks what was asked of the restored store, and held
 * @param elapsed how long it took from the first byte read until the store would have been usable: the measured recovery time,
 *     without the checks
 */
public record DrillReport(RestoreReport restore, List<String> checks, Duration elapsed) {
    public DrillReport {
        Objects.requireNonNull(restore, "restore");
        checks = List.copyOf(checks);
        Objects.requireNonNull(elapsed, "elapsed");
    }
}
