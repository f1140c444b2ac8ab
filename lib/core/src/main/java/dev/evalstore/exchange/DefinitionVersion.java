package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of a benchmark definition, without its test cases and subcategories. It and they are open to change while
 * the definition is a draft or under review and no submission refers to the version, and never after. Times are the
 * server's.
 *
 * @param id version 7
 * @param semver unique in the definition, whatever the build metadata
 * @param parentVersionId the version that this one follows, or null for the first
 * @param changes what is new
 * @param primaryMetric what a submission's aggregate score measures
 * @param secondaryMetrics what is measured besides, as the platform shapes it
 * @param scoring how the aggregate score follows from those of the test cases
 * @param execution how the test cases are run
 * @param requirements what a run needs
 * @param createdBy the user who created it, or null if not known or removed
 */
public record DefinitionVersion(
        UUID id,
        UUID definitionId,
        SemVer semver,
        @Nullable UUID parentVersionId,
        Changes changes,
        PrimaryMetric primaryMetric,
        Json secondaryMetrics,
        Scoring scoring,
        Execution execution,
        Requirements requirements,
        @Nullable UUID createdBy,
        Instant createdAt,
        Instant updatedAt) {
    /**
     * What is new in a version.
     *
     * @param changelog not blank, 10 to 10,000 characters
     * @param breaking whether scores cannot be compared with those of the parent
     * @param migrationNotes what to change after the parent; 20 to 20,000 characters if breaking, otherwise at most
     *     20,000 or null
     */
    public record Changes(
            String changelog, boolean breaking, @Nullable String migrationNotes) {
        private static final int MAX_NOTES = 20_000;
        private static final int MIN_NOTES_OF_BREAKING = 20;

        public Changes {
            Check.text("changelog", changelog, 10, 10_000);
            if (breaking) {
                Check.text(
                        "migrationNotes",
                        migrationNotes == null ? "" : migrationNotes,
                        MIN_NOTES_OF_BREAKING,
                        MAX_NOTES);
            } else {
                Check.textOrNull("migrationNotes", migrationNotes, MAX_NOTES);
            }
        }

        /** Changes that break nothing. */
        public static Changes of(String changelog) {
            return new Changes(changelog, false, null);
        }

        /** Changes after which scores cannot be compared with earlier ones. */
        public static Changes breaking(String changelog, String migrationNotes) {
            return new Changes(changelog, true, migrationNotes);
        }
    }

    /**
     * What a run of a version needs, as the platform shapes it.
     *
     * @param modelParameters what the model is called with, such as its temperature
     * @param environmentRequirements machines and software
     * @param datasetReferences the data that the test cases are made of
     */
    public record Requirements(Json modelParameters, Json environmentRequirements, Json datasetReferences) {
        /** Nothing is required. */
        public static final Requirements NONE = new Requirements(Json.EMPTY, Json.EMPTY, Json.parse("[]"));

        public Requirements {
            Objects.requireNonNull(modelParameters, "modelParameters");
            Objects.requireNonNull(environmentRequirements, "environmentRequirements");
            Objects.requireNonNull(datasetReferences, "datasetReferences");
        }

        public Requirements modelParameters(Json value) {
            return new Requirements(value, environmentRequirements, datasetReferences);
        }

        public Requirements environmentRequirements(Json value) {
            return new Requirements(modelParameters, value, datasetReferences);
        }

        public Requirements datasetReferences(Json value) {
            return new Requirements(modelParameters, environmentRequirements, value);
        }
    }
}
