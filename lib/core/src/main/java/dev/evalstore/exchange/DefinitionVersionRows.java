package dev.evalstore.exchange;

import dev.evalstore.exchange.DefinitionVersion.Changes;
import dev.evalstore.exchange.DefinitionVersion.Requirements;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The rows of versions and of their subcategories. */
final class DefinitionVersionRows {
    /** Whoever writes a version has locked its definition. */
    private static final String SLUG = """
            /* definition_versions.slug */ select slug from evalstore.benchmark_definitions where id = ?""";

    static final Table<DefinitionVersion> TABLE = Table.of(
                    "definition version", "definition_versions", """
                    id, definition_id, semver_major, semver_minor, semver_patch, semver_prerelease, semver_build,
                    parent_version_id, changelog, breaking, migration_notes, primary_metric_name,
                    primary_metric_description, primary_metric_kind, primary_metric_unit,
                    primary_metric_higher_is_better, primary_metric_range_min, primary_metric_range_max,
                    secondary_metrics, aggregation, aggregation_config, normalization, normalization_config,
                    minimum_test_cases, confidence_level, timeout_per_test_ms, max_retries, retry_delay_ms,
                    max_concurrent, rate_limit_per_minute, model_parameters, environment_requirements,
                    dataset_references, created_by, created_at, updated_at""", DefinitionVersionRows::map)
            .audited("create", "update", "set_subcategories", "create_cases", "update_case", "delete_case")
            .touching((tx, verb, version) ->
                    Set.of(UnitNames.definition(tx.one(Sql.of(SLUG, version.definitionId()), row -> row.text("slug")))))
            .emitting(Emits.<DefinitionVersion>as("definition_version")
                    .tell("definitionId", DefinitionVersion::definitionId)
                    .tell("version", version -> version.semver().toString())
                    .tell("parentVersionId", DefinitionVersion::parentVersionId)
                    .tell("breaking", version -> version.changes().breaking())
                    .tell("createdBy", DefinitionVersion::createdBy)
                    .on("create", "published")
                    .on("update", "updated"));

    static final Table<Subcategory> SUBCATEGORIES = Table.of(
                    "subcategory",
                    "definition_subcategories",
                    "name, parent_category, description",
                    DefinitionVersionRows::mapSubcategory)
            .key("version_id", "name");

    /** A precedence says which version it is of, so it makes a cursor by itself. */
    static final Keyset<DefinitionVersion> NEWEST_FIRST = new Keyset<>(
            "definition_versions",
            List.of("precedence"),
            "?",
            version -> version.semver().precedence(),
            key -> new Object[] {SemVer.checkPrecedence(key)});

    private DefinitionVersionRows() {}

    static Columns columns(NewDefinitionVersion version) {
        return columns(version.changes())
                .all(columns(version.primaryMetric()))
                .all(columns(version.scoring()))
                .all(columns(version.execution()))
                .all(columns(version.requirements()))
                .set("secondary_metrics", version.secondaryMetrics())
                .set("created_by", version.origin().createdBy());
    }

    static Columns columns(SemVer number) {
        return new Columns()
                .set("semver_major", number.major())
                .set("semver_minor", number.minor())
                .set("semver_patch", number.patch())
                .set("semver_prerelease", number.prerelease())
                .set("semver_build", number.build());
    }

    static Columns columns(Changes changes) {
        return new Columns()
                .set("changelog", changes.changelog())
                .set("breaking", changes.breaking())
                .set("migration_notes", changes.migrationNotes());
    }

    static Columns columns(PrimaryMetric metric) {
        return new Columns()
                .set("primary_metric_name", metric.name())
                .set("primary_metric_description", metric.description())
                .set("primary_metric_kind", metric.kind())
                .set("primary_metric_unit", metric.unit())
                .set("primary_metric_higher_is_better", metric.higherIsBetter())
                .set("primary_metric_range_min", metric.rangeMin())
                .set("primary_metric_range_max", metric.rangeMax());
    }

    static Columns columns(Scoring scoring) {
        return new Columns()
                .set("aggregation", scoring.aggregation())
                .set("aggregation_config", scoring.aggregationConfig())
                .set("normalization", scoring.normalization())
                .set("normalization_config", scoring.normalizationConfig())
                .set("minimum_test_cases", scoring.minimumTestCases())
                .set("confidence_level", scoring.confidenceLevel());
    }

    static Columns columns(Execution execution) {
        return new Columns()
                .set("timeout_per_test_ms", (int) execution.timeoutPerTest().toMillis())
                .set("max_retries", execution.maxRetries())
                .set("retry_delay_ms", (int) execution.retryDelay().toMillis())
                .set("max_concurrent", execution.maxConcurrent())
                .set("rate_limit_per_minute", execution.rateLimitPerMinute());
    }

    static Columns columns(Requirements requirements) {
        return new Columns()
                .set("model_parameters", requirements.modelParameters())
                .set("environment_requirements", requirements.environmentRequirements())
                .set("dataset_references", requirements.datasetReferences());
    }

    private static DefinitionVersion map(Row row) throws SQLException {
        return new DefinitionVersion(
                row.uuid("id"),
                row.uuid("definition_id"),
                new SemVer(
                        row.integer("semver_major"),
                        row.integer("semver_minor"),
                        row.integer("semver_patch"),
                        row.textOrNull("semver_prerelease"),
                        row.textOrNull("semver_build")),
                row.uuidOrNull("parent_version_id"),
                new Changes(row.text("changelog"), row.bool("breaking"), row.textOrNull("migration_notes")),
                primaryMetric(row),
                row.json("secondary_metrics"),
                scoring(row),
                new Execution(
                        Duration.ofMillis(row.integer("timeout_per_test_ms")),
                        row.integer("max_retries"),
                        Duration.ofMillis(row.integer("retry_delay_ms")),
                        row.integer("max_concurrent"),
                        row.integerOrNull("rate_limit_per_minute")),
                new Requirements(
                        row.json("model_parameters"),
                        row.json("environment_requirements"),
                        row.json("dataset_references")),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }

    static PrimaryMetric primaryMetric(Row row) throws SQLException {
        return new PrimaryMetric(
                row.text("primary_metric_name"),
                row.text("primary_metric_description"),
                row.text("primary_metric_kind"),
                row.textOrNull("primary_metric_unit"),
                row.bool("primary_metric_higher_is_better"),
                row.realOrNull("primary_metric_range_min"),
                row.realOrNull("primary_metric_range_max"));
    }

    static Scoring scoring(Row row) throws SQLException {
        return new Scoring(
                row.enumValue("aggregation", AggregationMethod.class),
                row.json("aggregation_config"),
                row.enumValue("normalization", Normalization.class),
                row.json("normalization_config"),
                row.integer("minimum_test_cases"),
                row.real("confidence_level"));
    }

    private static Subcategory mapSubcategory(Row row) throws SQLException {
        return new Subcategory(
                row.text("name"),
                row.enumValue("parent_category", DefinitionCategory.class),
                row.textOrNull("description"));
    }
}
