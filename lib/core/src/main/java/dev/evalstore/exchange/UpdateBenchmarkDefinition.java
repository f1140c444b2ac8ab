package dev.evalstore.exchange;

import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A change of a benchmark definition, by the rules of {@link NewBenchmarkDefinition} and {@link Citation};
 * {@link BenchmarkDefinition} describes the fields. Immutable. The moves of {@link DefinitionRepository} change the
 * status.
 */
public final class UpdateBenchmarkDefinition extends Assignments<UpdateBenchmarkDefinition> {
    /** Changes nothing. */
    public static final UpdateBenchmarkDefinition NOTHING = new UpdateBenchmarkDefinition(new Columns());

    private UpdateBenchmarkDefinition(Columns columns) {
        super(columns, UpdateBenchmarkDefinition::new);
    }

    public UpdateBenchmarkDefinition slug(String value) {
        return with("slug", Check.slug("slug", value));
    }

    public UpdateBenchmarkDefinition name(String value) {
        return with("name", DefinitionRules.name(value));
    }

    public UpdateBenchmarkDefinition description(String value) {
        return with("description", DefinitionRules.description(value));
    }

    public UpdateBenchmarkDefinition longDescription(Patch<String> change) {
        DefinitionRules.longDescription(change.value());
        return with("long_description", change);
    }

    public UpdateBenchmarkDefinition category(DefinitionCategory value) {
        return with("category", Objects.requireNonNull(value, "category"));
    }

    public UpdateBenchmarkDefinition tags(List<String> values) {
        return with("tags", SqlArray.texts(DefinitionRules.tags(values)));
    }

    public UpdateBenchmarkDefinition license(String value) {
        return with("license", DefinitionRules.license(value));
    }

    public UpdateBenchmarkDefinition licenseText(Patch<String> change) {
        DefinitionRules.licenseText(change.value());
        return with("license_text", change);
    }

    public UpdateBenchmarkDefinition documentationUrl(Patch<String> change) {
        Check.urlOrNull("documentationUrl", change.value());
        return with("documentation_url", change);
    }

    public UpdateBenchmarkDefinition sourceUrl(Patch<String> change) {
        Check.urlOrNull("sourceUrl", change.value());
        return with("source_url", change);
    }

    public UpdateBenchmarkDefinition citationTitle(Patch<String> change) {
        DefinitionRules.cited("citationTitle", change.value());
        return with("citation_title", change);
    }

    public UpdateBenchmarkDefinition citationAuthors(List<String> values) {
        return with("citation_authors", SqlArray.texts(DefinitionRules.authors(values)));
    }

    public UpdateBenchmarkDefinition citationVenue(Patch<String> change) {
        DefinitionRules.cited("citationVenue", change.value());
        return with("citation_venue", change);
    }

    public UpdateBenchmarkDefinition citationYear(Patch<Integer> change) {
        DefinitionRules.year(change.value());
        return with("citation_year", change);
    }

    public UpdateBenchmarkDefinition citationDoi(Patch<String> change) {
        DefinitionRules.cited("citationDoi", change.value());
        return with("citation_doi", change);
    }

    public UpdateBenchmarkDefinition citationBibtex(Patch<String> change) {
        DefinitionRules.bibtex(change.value());
        return with("citation_bibtex", change);
    }

    /** Hands it to another organization, or to none. */
    public UpdateBenchmarkDefinition organizationId(Patch<UUID> change) {
        return with("organization_id", change);
    }
}
