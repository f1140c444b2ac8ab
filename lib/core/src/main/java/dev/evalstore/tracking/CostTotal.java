package dev.evalstore.tracking;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Costs added up, exactly. What they were not totalled by is null.
 *
 * @param provider the provider, where asked by it
 * @param model the model, where asked by it
 * @param experimentId the experiment, where asked by it; null also for what was spent on none
 * @param day the day (UTC) of the requests, where asked by it
 * @param entries how many entries there are
 * @param inputTokens tokens of their prompts
 * @param outputTokens tokens of their answers
 * @param costUsd US dollars
 */
public record CostTotal(
        @Nullable String provider,
        @Nullable String model,
        @Nullable UUID experimentId,
        @Nullable LocalDate day,
        long entries,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd) {}
