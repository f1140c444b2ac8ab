package dev.evalstore.exchange;

import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.Set;

/** The rows of definitions. */
final class DefinitionRows {
    static final Table<BenchmarkDefinition> TABLE = Table.of(
                    "benchmark definition", "benchmark_definitions", """
                    id, slug, name, description, long_description, category, status, status_reason, tags, license,
                    license_text, documentation_url, source_url, citation_title, citation_authors, citation_venue,
                    citation_year, citation_doi, citation_bibtex, organization_id, created_by, created_at, updated_at,
                    deleted_at""", DefinitionRows::map)
            .newestFirst(BenchmarkDefinition::createdAt, BenchmarkDefinition::id)
            .status(BenchmarkDefinition::status)
            .softDeleted()
            .touching((tx, verb, definition) -> Set.of(UnitNames.definition(definition.slug())))
            .audited(
                    "create",
                    "update",
                    "submit_for_review",
                    "return_to_draft",
                    "activate",
                    "deprecate",
                    "reactivate",
                    "archive",
                    "soft_delete")
            .emitting(Emits.<BenchmarkDefinition>as(
                            "definition", "slug", "name", "category", "status", "organizationId", "createdBy")
                    .on("create", "created")
                    .on("update", "updated")
                    .on("submit_for_review", "submitted_for_review")
                    .on("return_to_draft", "returned_to_draft")
                    .on("activate", "activated")
                    .on("deprecate", "deprecated")
                    .on("reactivate", "reactivated")
                    .on("archive", "archived")
                    .on("soft_delete", "deleted"));

    private DefinitionRows() {}

    static Columns columns(NewBenchmarkDefinition definition) {
        NewBenchmarkDefinition.Details details = definition.details();
        Citation citation = definition.citation();
        return new Columns()
                .set("slug", definition.slug())
                .set("name", definition.name())
                .set("description", definition.description())
                .set("long_description", details.longDescription())
                .set("category", definition.category())
                .set("tags", SqlArray.texts(details.tags()))
                .set("license", definition.license())
                .set("license_text", details.licenseText())
                .set("documentation_url", details.documentationUrl())
                .set("source_url", details.sourceUrl())
                .set("citation_title", citation.title())
                .set("citation_authors", SqlArray.texts(citation.authors()))
                .set("citation_venue", citation.venue())
                .set("citation_year", citation.year())
                .set("citation_doi", citation.doi())
                .set("citation_bibtex", citation.bibtex())
                .set("organization_id", definition.people().organizationId())
                .set("created_by", definition.people().createdBy());
    }

    private static BenchmarkDefinition map(Row row) throws SQLException {
        return new BenchmarkDefinition(
                row.uuid("id"),
                row.text("slug"),
                row.text("name"),
                row.text("description"),
                row.textOrNull("long_description"),
                row.enumValue("category", DefinitionCategory.class),
                row.enumValue("status", DefinitionStatus.class),
                row.textOrNull("status_reason"),
                row.texts("tags"),
                row.text("license"),
                row.textOrNull("license_text"),
                row.textOrNull("documentation_url"),
                row.textOrNull("source_url"),
                new Citation(
                        row.textOrNull("citation_title"),
                        row.texts("citation_authors"),
                        row.textOrNull("citation_venue"),
                        row.integerOrNull("citation_year"),
                        row.textOrNull("citation_doi"),
                        row.textOrNull("citation_bibtex")),
                row.uuidOrNull("organization_id"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("deleted_at"));
    }
}
