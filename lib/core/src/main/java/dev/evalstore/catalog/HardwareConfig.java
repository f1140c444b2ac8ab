package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A machine that can be rented or is owned. Times are the server's.
 *
 * @param id version 7
 * @param gpuType such as H100
 * @param gpuCount how many GPUs it has
 * @param vramPerGpuGb decimal GB of one GPU
 * @param totalVramGb decimal GB of all its GPUs
 * @param costPerHourUsd US dollars an hour for the whole machine
 * @param cloudProvider who has it
 * @param instanceType the provider's name for it, or null
 * @param spotAvailable whether it can be had cheaper, and be taken away at short notice
 * @param specs anything else, or null
 * @param createdAt when it was stored
 * @param updatedAt when it was last changed
 */
public record HardwareConfig(
        UUID id,
        String gpuType,
        int gpuCount,
        BigDecimal vramPerGpuGb,
        BigDecimal totalVramGb,
        BigDecimal costPerHourUsd,
        String cloudProvider,
        @Nullable String instanceType,
        boolean spotAvailable,
        @Nullable Json specs,
        Instant createdAt,
        Instant updatedAt) {}
