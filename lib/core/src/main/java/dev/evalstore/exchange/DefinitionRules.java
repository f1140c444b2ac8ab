package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.time.Clock;
import java.time.Year;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for a benchmark definition, equal to the columns' constraints. */
final class DefinitionRules {
    static final int MAX_MAINTAINERS = 100;

    private static final int MAX_TAGS = 20;
    private static final int MAX_CITED = 1_000;
    private static final int MAX_AUTHORS = 1_000;
    private static final int MAX_AUTHOR = 500;
    private static final int MAX_ALL_AUTHORS = 100_000;
    private static final int MIN_YEAR = 1950;

    private DefinitionRules() {}

    static String name(@Nullable String value) {
        return Check.text("name", value, 3, 200);
    }

    static String description(@Nullable String value) {
        return Check.text("description", value, 10, 5_000);
    }

    static @Nullable String longDescription(@Nullable String value) {
        return Check.textOrNull("longDescription", value, 200_000);
    }

    static List<String> tags(List<String> values) {
        return Check.labels("tags", values, MAX_TAGS);
    }

    static String license(@Nullable String value) {
        return Check.text("license", value, 1, 200);
    }

    static @Nullable String licenseText(@Nullable String value) {
        return Check.textOrNull("licenseText", value, 100_000);
    }

    /** Title, venue or DOI of what is cited. */
    static @Nullable String cited(String field, @Nullable String value) {
        return Check.textOrNull(field, value, MAX_CITED);
    }

    static List<String> authors(List<String> values) {
        List<String> authors = Check.texts("citationAuthors", values);
        if (authors.size() > MAX_AUTHORS
                || authors.stream().anyMatch(author -> author.length() > MAX_AUTHOR)
                || authors.stream().mapToInt(String::length).sum() > MAX_ALL_AUTHORS) {
            throw new IllegalArgumentException("citationAuthors must be at most " + MAX_AUTHORS + ", each of at most "
                    + MAX_AUTHOR + " characters, together of at most " + MAX_ALL_AUTHORS);
        }
        return authors;
    }

    /** The year has no upper bound in the schema: no constraint knows the time. */
    static @Nullable Integer year(@Nullable Integer value) {
        return value == null ? null : (Integer) Check.range("citationYear", value, MIN_YEAR, nextYear());
    }

    static @Nullable String bibtex(@Nullable String value) {
        return Check.textOrNull("citationBibtex", value, 20_000);
    }

    /** A stored citation is not checked again: its year may be after the next one by another clock. */
    static Citation citation(Citation citation) {
        cited("citationTitle", citation.title());
        authors(citation.authors());
        cited("citationVenue", citation.venue());
        year(citation.year());
        cited("citationDoi", citation.doi());
        bibtex(citation.bibtex());
        return citation;
    }

    /** Why a definition is sent back or deprecated. */
    static String reason(@Nullable String value) {
        return Check.text("reason", value, 10, 1_000);
    }

    private static int nextYear() {
        return Year.now(Clock.systemUTC()).getValue() + 1;
    }
}
