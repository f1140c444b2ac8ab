package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.exchange.DefinitionVersion.Changes;
import dev.evalstore.exchange.DefinitionVersion.Requirements;
import dev.evalstore.internal.Check;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of a benchmark definition to create; {@link DefinitionVersion} describes the fields. Its number is given
 * beside it.
 *
 * @param content its test cases and subcategories
 * @param origin the version that it follows, and its creator
 */
public record NewDefinitionVersion(
        Changes changes,
        PrimaryMetric primaryMetric,
        Json secondaryMetrics,
        Scoring scoring,
        Execution execution,
        Requirements requirements,
        Content content,
        Origin origin) {
    private static final Json NO_METRICS = Json.parse("[]");

    public NewDefinitionVersion {
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(primaryMetric, "primaryMetric");
        Objects.requireNonNull(secondaryMetrics, "secondaryMetrics");
        Objects.requireNonNull(scoring, "scoring");
        Objects.requireNonNull(execution, "execution");
        Objects.requireNonNull(requirements, "requirements");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(origin, "origin");
    }

    /**
     * A version that breaks nothing and has no test cases. It has the mean of the scores as its score, and {@link
     * Execution#DEFAULT}.
     *
     * @param changelog 10 to 10,000 characters
     */
    public static NewDefinitionVersion of(String changelog, PrimaryMetric primaryMetric) {
        return new NewDefinitionVersion(
                Changes.of(changelog),
                primaryMetric,
                NO_METRICS,
                Scoring.of(AggregationMethod.MEAN),
                Execution.DEFAULT,
                Requirements.NONE,
                Content.NONE,
                Origin.DEFAULT);
    }

    public NewDefinitionVersion changes(Changes value) {
        return new NewDefinitionVersion(
                value, primaryMetric, secondaryMetrics, scoring, execution, requirements, content, origin);
    }

    /**
     * Marks the version as one whose scores cannot be compared with those of its parent.
     *
     * @param migrationNotes what to change after the parent, 20 to 20,000 characters
     */
    public NewDefinitionVersion breaking(String migrationNotes) {
        return changes(Changes.breaking(changes.changelog(), migrationNotes));
    }

    public NewDefinitionVersion secondaryMetrics(Json value) {
        return new NewDefinitionVersion(
                changes, primaryMetric, value, scoring, execution, requirements, content, origin);
    }

    public NewDefinitionVersion scoring(Scoring value) {
        return new NewDefinitionVersion(
                changes, primaryMetric, secondaryMetrics, value, execution, requirements, content, origin);
    }

    public NewDefinitionVersion execution(Execution value) {
        return new NewDefinitionVersion(
                changes, primaryMetric, secondaryMetrics, scoring, value, requirements, content, origin);
    }

    public NewDefinitionVersion requirements(Requirements value) {
        return new NewDefinitionVersion(
                changes, primaryMetric, secondaryMetrics, scoring, execution, value, content, origin);
    }

    /** The parts of what the version measures, at most 1,000, each name once. */
    public NewDefinitionVersion subcategories(List<Subcategory> value) {
        return content(new Content(value, content.cases(), content.copiesCases()));
    }

    /** The version's test cases, thousands if need be, each key once. */
    public NewDefinitionVersion cases(List<NewTestCase> value) {
        return content(new Content(content.subcategories(), value, content.copiesCases()));
    }

    /**
     * Takes over the test cases of the version that this one follows; given ones are added. Subcategories are not taken
     * over.
     */
    public NewDefinitionVersion copyCases() {
        return content(new Content(content.subcategories(), content.cases(), true));
    }

    /**
     * Names the version that this one follows, of the same definition. Otherwise it is the one directly below by
     * precedence.
     */
    public NewDefinitionVersion parent(UUID versionId) {
        return origin(new Origin(versionId, origin.createdBy()));
    }

    public NewDefinitionVersion createdBy(UUID userId) {
        return origin(new Origin(origin.parentVersionId(), userId));
    }

    private NewDefinitionVersion content(Content value) {
        return new NewDefinitionVersion(
                changes, primaryMetric, secondaryMetrics, scoring, execution, requirements, value, origin);
    }

    private NewDefinitionVersion origin(Origin value) {
        return new NewDefinitionVersion(
                changes, primaryMetric, secondaryMetrics, scoring, execution, requirements, content, value);
    }

    /**
     * What a version consists of.
     *
     * @param subcategories at most 1,000, each name once
     * @param cases at most 100,000, each key once; see {@link NewTestCase}
     * @param copiesCases whether the test cases of the parent are taken over, before these
     */
    public record Content(List<Subcategory> subcategories, List<NewTestCase> cases, boolean copiesCases) {
        /** Nothing yet. */
        public static final Content NONE = new Content(List.of(), List.of(), false);

        static final int MAX_SUBCATEGORIES = 1_000;

        public Content {
            subcategories = checkSubcategories(subcategories);
            cases = CaseRules.cases(cases);
        }

        static List<Subcategory> checkSubcategories(List<Subcategory> subcategories) {
            List<Subcategory> copy = Check.list("subcategories", subcategories);
            Set<String> names = new HashSet<>();
            if (copy.size() > MAX_SUBCATEGORIES
                    || !copy.stream().allMatch(subcategory -> names.add(subcategory.name()))) {
                throw new IllegalArgumentException(
                        "subcategories must be at most " + MAX_SUBCATEGORIES + ", each name once");
            }
            return copy;
        }
    }

    /**
     * Where a version comes from.
     *
     * @param parentVersionId the version that it follows, or null for the one directly below it by precedence
     * @param createdBy its creator, or null
     */
    public record Origin(
            @Nullable UUID parentVersionId, @Nullable UUID createdBy) {
        /** The version below, and no creator. */
        public static final Origin DEFAULT = new Origin(null, null);
    }
}
