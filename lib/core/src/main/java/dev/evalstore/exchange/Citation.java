package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work to cite for a benchmark. No text may be blank. A definition that is to be stored checks the bounds.
 *
 * @param title at most 1,000 characters, or null
 * @param authors the names in the order of the work; at most 1,000 of at most 500 characters, at most 100,000 together
 * @param venue the journal or conference, at most 1,000 characters, or null
 * @param year 1950 to next year (UTC), or null
 * @param doi at most 1,000 characters, or null
 * @param bibtex the whole citation as BibTeX, at most 20,000 characters, or null
 */
public record Citation(
        @Nullable String title,
        List<String> authors,
        @Nullable String venue,
        @Nullable Integer year,
        @Nullable String doi,
        @Nullable String bibtex) {
    /** Nothing to cite. */
    public static final Citation NONE = new Citation(null, List.of(), null, null, null, null);

    public Citation {
        authors = Check.list("authors", authors);
    }

    public Citation title(String value) {
        return new Citation(value, authors, venue, year, doi, bibtex);
    }

    public Citation authors(String... value) {
        return new Citation(title, Check.list("authors", value), venue, year, doi, bibtex);
    }

    public Citation venue(String value) {
        return new Citation(title, authors, value, year, doi, bibtex);
    }

    public Citation year(int value) {
        return new Citation(title, authors, venue, value, doi, bibtex);
    }

    public Citation doi(String value) {
        return new Citation(title, authors, venue, year, value, bibtex);
    }

    public Citation bibtex(String value) {
        return new Citation(title, authors, venue, year, doi, value);
    }
}
