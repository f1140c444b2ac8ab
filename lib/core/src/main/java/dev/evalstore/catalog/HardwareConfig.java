package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A machine, rented or owned. Times are the server's.
 *
 * @param id version 7
 * @param gpuType such as H100
 * @param gpuCount how many GPUs the machine has; 0 for one that computes on its processors
 * @param vramPerGpuGb decimal GB of one GPU
 * @param totalVramGb decimal GB of all GPUs
 * @param costPerHourUsd US dollars an hour for the whole machine
 * @param instanceType the provider's name for the machine, or null
 * @param spotAvailable whether there is a spot price: cheaper, but the provider may take the machine back at short
 *     notice
 * @param specs other properties, or null
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
