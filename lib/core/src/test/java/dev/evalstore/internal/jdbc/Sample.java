package dev.evalstore.internal.jdbc;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@link Samples}. */
record Sample(
        UUID id,
        @Nullable String name,
        @Nullable Integer n,
        @Nullable Long big,
        @Nullable Double x,
        @Nullable BigDecimal amount,
        @Nullable Boolean ok,
        @Nullable Instant at,
        byte @Nullable [] bytes,
        @Nullable Json doc) {}
