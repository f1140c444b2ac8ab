package dev.evalstore.tracking;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work on models whose params, metrics and answers are kept. Times are the server's.
 *
 * @param id version 7
 * @param project in which it was created, for good
 * @param name the name that people read; others of the project may have the same
 * @param description more about it, or null
 * @param datasetId what it trains on or is evaluated with, or null
 * @param modelVersionId the model that it is about, or null
 * @param params what it was run with, by name, in the names' order
 * @param tags labels for search, by name, in the names' order; the value of a bare tag is empty
 * @param config how it is set up, an object, or null
 * @param results what came out of a completed experiment, or null
 * @param notes what people remark on it, or null
 * @param error why it failed, or null
 * @param completedAt when it was completed, failed or cancelled, or null
 * @param totalCostUsd US dollars
 * @param inputTokens how many tokens models read for it
 * @param outputTokens how many tokens models wrote for it
 * @param parentId the experiment that it is a part of, for good, or null
 * @param archivedAt since when it is archived, or null
 * @param createdBy the user who created it; null for the platform, or once removed
 */
public record Experiment(
        UUID id,
        String project,
        String name,
        @Nullable String description,
        ExperimentKind kind,
        ExperimentStatus status,
        @Nullable UUID datasetId,
        @Nullable UUID modelVersionId,
        Map<String, ParamValue> params,
        Map<String, String> tags,
        @Nullable Json config,
        @Nullable Json results,
        @Nullable String notes,
        @Nullable String error,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        BigDecimal totalCostUsd,
        long inputTokens,
        long outputTokens,
        @Nullable UUID parentId,
        @Nullable Instant archivedAt,
        @Nullable UUID createdBy,
        Instant createdAt,
        Instant updatedAt) {
    public Experiment {
        params = Collections.unmodifiableMap(new TreeMap<>(params));
        tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    }

    /** The fields that may be logged: no texts, no values. */
    @Override
    public String toString() {
        return "Experiment[id=" + id + ", kind=" + kind + ", status=" + status + ", datasetId=" + datasetId
                + ", modelVersionId=" + modelVersionId + ", parentId=" + parentId + ", " + params.size() + " params, "
                + tags.size() + " tags, createdBy=" + createdBy + "]";
    }
}
