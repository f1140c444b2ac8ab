package dev.evalstore.analysis.stats;

import org.junit.jupiter.api.Tag;

/** {@link CoverageTest} on 2,000 sets, or as many as {@code coverage.sets} says. */
@Tag("long")
class CoverageLongTest extends CoverageTest {
    @Override
    int sets() {
        return Integer.getInteger("coverage.sets", 2_000);
    }
}
