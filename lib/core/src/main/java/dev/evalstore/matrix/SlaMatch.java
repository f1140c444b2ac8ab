package dev.evalstore.matrix;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A result that meets a service level, and what its machine costs.
 *
 * @param result the newest result of its combination
 * @param costPerHourUsd US dollars an hour for the machine, at its present price
 * @param costPerMillionTokensUsd US dollars for a million tokens at the measured throughput; null where the throughput
 *     was not measured or is 0
 */
public record SlaMatch(
        BenchmarkResult result,
        BigDecimal costPerHourUsd,
        @Nullable BigDecimal costPerMillionTokensUsd) {}
