package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link DefinitionRepository} that only read. */
public sealed class DefinitionReads extends TableRows<BenchmarkDefinition, DefinitionFilter>
        permits DefinitionRepository {
    static final Table<BenchmarkDefinition> TABLE = DefinitionRows.TABLE;

    DefinitionReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The definition with exactly this slug, in whichever status; empty when there is none or it is deleted. */
    public Optional<BenchmarkDefinition> findBySlug(String slug) {
        return jdbc.find(TABLE.select("find_by_slug").and("and slug = ?", Check.content("slug", slug)), TABLE.mapper());
    }

    /**
     * {@link #findBySlug}, which must find it.
     *
     * @throws NotFoundException if none has the slug, as for text that is no slug, or it is deleted
     */
    public BenchmarkDefinition getBySlug(String slug) {
        return findBySlug(slug).orElseThrow(() -> TABLE.notFoundBySlug(slug));
    }

    /**
     * The active and deprecated definitions that have, for each word of the text, a word that begins with it, in any case,
     * in name, slug, tags or descriptions; drafts, definitions under review, archived and deleted ones are not searched.
     *
     * <p>Best first: definitions with all words in name and slug, whole words before half-typed ones, then those that need
     * their tags, their description, their long description. Among equals, more and closer matches come first.
     *
     * <p>Words are runs of letters and digits; all other characters separate them and stand for nothing else. The first 32
     * different words count, and the first 100 characters of each. A stored word of more than 2,046 bytes in UTF-8 is not
     * found, because PostgreSQL indexes none. If no definition matches and pg_trgm is installed, the
     * definitions whose name or slug looks like the text are returned, the most similar first; how similar is a setting
     * of the database, {@code pg_trgm.word_similarity_threshold}.
     *
     * @param text 1 to 10,000 characters, not blank
     * @param limit the maximum number of definitions, 1 to 1,000
     * @return empty when nothing matches, also for a text without a word
     */
    public DefinitionMatches search(String text, int limit) {
        return DefinitionSearch.search(jdbc, text, limit);
    }

    /**
     * A page of the definition's maintainers, the latest first; users who are deleted are passed over. Empty for an
     * unknown definition.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<DefinitionMaintainer> maintainers(UUID definition, int limit, @Nullable Cursor after) {
        return DefinitionMaintainers.list(jdbc, definition, limit, after);
    }

    /**
     * The latest release by precedence, whenever it was created; empty if the definition is unknown or has no release.
     * Of a deleted definition too.
     */
    public Optional<DefinitionVersion> latest(UUID definition) {
        return latest(definition, false);
    }

    /** {@link #latest(UUID)}, or the latest of releases and prereleases together. */
    public Optional<DefinitionVersion> latest(UUID definition, boolean includePrereleases) {
        return DefinitionVersions.latest(jdbc, definition, includePrereleases);
    }

    /**
     * The version of the definition with this number, such as 1.2.0 or 2.0.0-rc.1; build metadata is ignored. Empty when
     * there is none.
     *
     * @throws IllegalArgumentException if the text is no version by SemVer 2.0
     */
    public Optional<DefinitionVersion> version(UUID definition, String version) {
        return DefinitionVersions.find(jdbc, definition, SemVer.parse(version));
    }

    /**
     * The version with this id.
     *
     * @throws NotFoundException if none has it
     */
    public DefinitionVersion getVersion(UUID versionId) {
        return DefinitionVersions.TABLE.get(jdbc, Objects.requireNonNull(versionId, "versionId"));
    }

    /** The subcategories of a version, by category and name; empty when there are none or the version is unknown. */
    public List<Subcategory> subcategories(UUID versionId) {
        return DefinitionVersions.subcategories(jdbc, versionId);
    }

    /**
     * A page of the definition's versions, prereleases among them, the highest precedence first. Empty for an unknown
     * definition.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<DefinitionVersion> history(UUID definition, int limit, @Nullable Cursor after) {
        return DefinitionVersions.history(jdbc, definition, limit, after);
    }
}
