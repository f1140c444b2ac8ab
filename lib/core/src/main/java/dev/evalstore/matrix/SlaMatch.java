package dev.evalstore.matrix;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A result that keeps to what was asked, and what its machine costs.
 *
 * @param result the newest one of its combination
 * @param costPerHourUsd US dollars an hour for the machine, as they are now
 * @param costPerMillionTokensUsd US dollars for a million tokens at the measured throughput, or null where that was not measured or
 *     is 0
 */
public record SlaMatch(
        BenchmarkResult result,
        BigDecimal costPerHourUsd,
        @Nullable BigDecimal costPerMillionTokensUsd) {}
