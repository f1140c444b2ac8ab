package dev.evalstore.governance;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.exchange.Citation;
import dev.evalstore.exchange.DefinitionVersion.Changes;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewBenchmarkDefinition.Details;
import dev.evalstore.exchange.NewBenchmarkDefinition.People;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.SemVer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the documents that {@link ProposedDefinition} reads. */
final class ProposedDefinitionText {
    private ProposedDefinitionText() {}

    static Json of(NewBenchmarkDefinition definition, String number, NewDefinitionVersion first) {
        Objects.requireNonNull(definition, "definition");
        Objects.requireNonNull(first, "first");
        Details details = definition.details();
        People people = definition.people();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("slug", definition.slug());
        out.put("name", definition.name());
        out.put("description", definition.description());
        out.put("category", definition.category().name().toLowerCase(Locale.ROOT));
        out.put("license", definition.license());
        putIfGiven(out, "longDescription", details.longDescription());
        putIfGiven(out, "licenseText", details.licenseText());
        out.put("tags", details.tags());
        putIfGiven(out, "documentationUrl", details.documentationUrl());
        putIfGiven(out, "sourceUrl", details.sourceUrl());
        putIfGiven(out, "organizationId", people.organizationId());
        out.put("maintainers", people.maintainers());
        if (!definition.citation().equals(Citation.NONE)) {
            out.put("citation", definition.citation());
        }
        out.put("version", version(SemVer.parse(number), first));
        return ProposedDefinition.size(Json.of(out, JsonMapping.builtIn()));
    }

    private static Map<String, Object> version(SemVer number, NewDefinitionVersion first) {
        Changes changes = first.changes();
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("number", number.toString());
        out.put("changelog", changes.changelog());
        out.put("breaking", changes.breaking());
        putIfGiven(out, "migrationNotes", changes.migrationNotes());
        out.put("primaryMetric", first.primaryMetric());
        out.put("secondaryMetrics", first.secondaryMetrics());
        out.put("scoring", first.scoring());
        out.put("execution", first.execution());
        out.put("requirements", first.requirements());
        return out;
    }

    private static void putIfGiven(Map<String, Object> out, String name, @Nullable Object value) {
        if (value != null) {
            out.put(name, value);
        }
    }
}
