package dev.evalstore.governance;

import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.Citation;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionVersion.Changes;
import dev.evalstore.exchange.DefinitionVersion.Requirements;
import dev.evalstore.exchange.Execution;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewBenchmarkDefinition.Details;
import dev.evalstore.exchange.NewBenchmarkDefinition.People;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.SemVer;
import dev.evalstore.exchange.UpdateBenchmarkDefinition;
import dev.evalstore.internal.StoredJson;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The document that a proposal proposes: an object of at most 1,000,000 characters, by whose members amendments change it.
 *
 * <p>Of a new benchmark it has the fields of {@link NewBenchmarkDefinition} under their names: {@code slug}, {@code name},
 * {@code description}, {@code category}, {@code license}, and, where they are known, {@code longDescription}, {@code
 * licenseText}, {@code tags}, {@code documentationUrl}, {@code sourceUrl}, {@code organizationId}, {@code maintainers}, and
 * {@code citation}, an object of {@code title}, {@code authors}, {@code venue}, {@code year}, {@code doi} and {@code bibtex}.
 * Its {@code version} is the first one: an object of {@code number}, {@code changelog} and {@code primaryMetric}, and of
 * {@code breaking}, {@code migrationNotes}, {@code secondaryMetrics}, {@code scoring}, {@code execution} and {@code
 * requirements}, where they are not as {@link NewDefinitionVersion#of} makes them. Test cases are added to the draft that it
 * becomes.
 *
 * <p>Of an update it has the members that are to change, but {@code maintainers}; null clears a field that may be empty. Its
 * {@code version}, if it has one, is published with the test cases of the version before it.
 *
 * <p>Members are checked by the rules of the fields. Others than these are refused.
 */
public final class ProposedDefinition {
    private static final int MAX_SIZE = 1_000_000;
    private static final String FIELD = "proposedDefinition";
    private static final Json NO_METRICS = Json.parse("[]");
    private static final Set<String> UPDATED = Set.of(
            "slug",
            "name",
            "description",
            "category",
            "license",
            "longDescription",
            "licenseText",
            "tags",
            "documentationUrl",
            "sourceUrl",
            "organizationId",
            "citation",
            "version");
    private static final Set<String> CREATED = Members.names(UPDATED, "maintainers");
    private static final Set<String> CITATION = Set.of("title", "authors", "venue", "year", "doi", "bibtex");
    private static final Set<String> VERSION = Set.of(
            "number",
            "changelog",
            "breaking",
            "migrationNotes",
            "primaryMetric",
            "secondaryMetrics",
            "scoring",
            "execution",
            "requirements");
    private static final Set<String> METRIC =
            Set.of("name", "description", "kind", "unit", "higherIsBetter", "rangeMin", "rangeMax");

    private ProposedDefinition() {}

    /** What a new benchmark is created from. */
    record Created(NewBenchmarkDefinition definition, Version first) {}

    /** What changes in a definition, and the version that is published, or null. */
    record Updated(
            UpdateBenchmarkDefinition change, @Nullable Version next) {}

    /** A version and its number. */
    record Version(String number, NewDefinitionVersion version) {}

    /**
     * The document that proposes this definition, with this first version. Its subcategories and test cases, and who creates
     * them, are left out.
     *
     * @param version the number of the first version, such as 1.0.0
     */
    public static Json of(NewBenchmarkDefinition definition, String version, NewDefinitionVersion first) {
        return ProposedDefinitionText.of(definition, version, first);
    }

    /**
     * Refuses what a proposal of this kind cannot propose.
     *
     * @throws IllegalArgumentException naming the member
     */
    static void check(ProposalKind kind, @Nullable Json document) {
        boolean hasDocument = kind == ProposalKind.NEW_BENCHMARK || kind == ProposalKind.UPDATE_BENCHMARK;
        if (hasDocument != (document != null)) {
            throw new IllegalArgumentException(FIELD + " must" + (hasDocument ? "" : " not") + " be given for " + kind);
        }
        if (document != null) {
            size(document);
            if (kind == ProposalKind.NEW_BENCHMARK) {
                created(document, null);
            } else {
                updated(document, null);
            }
        }
    }

    static Json size(Json document) {
        StoredJson.atMost(FIELD, document, MAX_SIZE);
        return document;
    }

    /**
     * What a merge patch makes of the document of a proposal.
     *
     * @throws ConflictException if a proposal of its kind cannot propose that
     */
    static Json amended(Proposal proposal, Json changes) {
        try {
            Json amended = MergePatch.apply(Objects.requireNonNull(proposal.proposedDefinition()), changes);
            check(proposal.kind(), amended);
            return amended;
        } catch (IllegalArgumentException e) {
            throw new ConflictException("proposal " + proposal.id() + " cannot be amended so: " + e.getMessage());
        }
    }

    static Created created(Json document, @Nullable UUID createdBy) {
        Members in = Members.of(FIELD, document, CREATED);
        Members cited = in.object("citation", CITATION);
        Members version = in.object("version", VERSION);
        if (version == null) {
            throw in.missing("version");
        }
        return in.checked(() -> new Created(
                new NewBenchmarkDefinition(
                        in.required("slug"),
                        in.required("name"),
                        in.required("description"),
                        category(in),
                        in.required("license"),
                        new Details(
                                in.text("longDescription"),
                                in.text("licenseText"),
                                in.texts("tags"),
                                in.text("documentationUrl"),
                                in.text("sourceUrl")),
                        cited == null
                                ? Citation.NONE
                                : new Citation(
                                        cited.text("title"),
                                        cited.texts("authors"),
                                        cited.text("venue"),
                                        cited.integer("year"),
                                        cited.text("doi"),
                                        cited.text("bibtex")),
                        new People(in.uuid("organizationId"), createdBy, in.uuids("maintainers"))),
                version(version, createdBy)));
    }

    static Updated updated(Json document, @Nullable UUID createdBy) {
        Members in = Members.of(FIELD, document, UPDATED);
        if (in.isEmpty()) {
            throw new IllegalArgumentException(FIELD + " must have a member");
        }
        Members version = in.object("version", VERSION);
        return in.checked(() -> new Updated(change(in), version == null ? null : version(version, createdBy)));
    }

    private static UpdateBenchmarkDefinition change(Members in) {
        UpdateBenchmarkDefinition change = UpdateBenchmarkDefinition.NOTHING;
        change = in.has("slug") ? change.slug(in.required("slug")) : change;
        change = in.has("name") ? change.name(in.required("name")) : change;
        change = in.has("description") ? change.description(in.required("description")) : change;
        change = in.has("category") ? change.category(category(in)) : change;
        change = in.has("license") ? change.license(in.required("license")) : change;
        change = in.has("tags") ? change.tags(in.texts("tags")) : change;
        change = change.longDescription(in.patch("longDescription", in::text))
                .licenseText(in.patch("licenseText", in::text))
                .documentationUrl(in.patch("documentationUrl", in::text))
                .sourceUrl(in.patch("sourceUrl", in::text))
                .organizationId(in.patch("organizationId", in::uuid));
        Members cited = in.object("citation", CITATION);
        if (cited == null) {
            return change;
        }
        change = cited.has("authors") ? change.citationAuthors(cited.texts("authors")) : change;
        return change.citationTitle(cited.patch("title", cited::text))
                .citationVenue(cited.patch("venue", cited::text))
                .citationYear(cited.patch("year", cited::integer))
                .citationDoi(cited.patch("doi", cited::text))
                .citationBibtex(cited.patch("bibtex", cited::text));
    }

    private static DefinitionCategory category(Members in) {
        return in.enumValue("category", DefinitionCategory.class);
    }

    private static Version version(Members in, @Nullable UUID createdBy) {
        String number = in.required("number");
        SemVer.parse(number);
        Members measured = in.object("primaryMetric", METRIC);
        if (measured == null) {
            throw in.missing("primaryMetric");
        }
        PrimaryMetric metric = new PrimaryMetric(
                measured.required("name"),
                measured.required("description"),
                measured.required("kind"),
                measured.text("unit"),
                measured.bool("higherIsBetter", true),
                measured.real("rangeMin"),
                measured.real("rangeMax"));
        NewDefinitionVersion version = NewDefinitionVersion.of(in.required("changelog"), metric)
                .changes(new Changes(in.required("changelog"), in.bool("breaking", false), in.text("migrationNotes")))
                .secondaryMetrics(in.json("secondaryMetrics", NO_METRICS))
                .scoring(in.over("scoring", Scoring.class, Scoring.of(AggregationMethod.MEAN)))
                .execution(in.over("execution", Execution.class, Execution.DEFAULT))
                .requirements(in.over("requirements", Requirements.class, Requirements.NONE));
        return new Version(number, createdBy == null ? version : version.createdBy(createdBy));
    }
}
