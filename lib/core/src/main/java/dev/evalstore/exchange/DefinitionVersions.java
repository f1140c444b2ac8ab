package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Versions of definitions, and the rule that closes them. Lock order: the definition, then the version.
 *
 * <p>A definition's lock, in a statement of its own before anything is read, makes the numbers that callers count at the
 * same time different.
 */
final class DefinitionVersions {
    static final Table<DefinitionVersion> TABLE = DefinitionVersionRows.TABLE;

    /** Conflicts with itself, with moves of the definition, and with new submissions to it. */
    private static final String LOCK_DEFINITION = """
            /* definition_versions.lock_definition */ select status from evalstore.benchmark_definitions
            where id = ? and deleted_at is null for no key update""";

    private static final String BELOW = """
            /* definition_versions.below */ select id from evalstore.definition_versions
            where definition_id = ? and precedence < ? order by precedence desc limit 1""";

    /** Shared, so that a definition's versions may be edited side by side; a move of the definition waits. */
    private static final String SHARE_DEFINITION = """
            /* definition_versions.share_definition */ select status from evalstore.benchmark_definitions
            where id = (select definition_id from evalstore.definition_versions where id = ?)
                and deleted_at is null for share""";

    /**
     * {@code for update} and nothing weaker: the foreign key of a row that refers to the version takes {@code for key
     * share}, with which {@code for no key update} does not conflict. So whatever refers to the version waits until its
     * editor has committed, and the editor waits likewise. Whether such a row exists must be read by a later statement:
     * this one sees what was committed before it waited.
     */
    private static final String LOCK = """
            /* definition_versions.lock */ select 1 as locked from evalstore.definition_versions where id = ? for update""";

    /** Whatever the database's locale. */
    private static final String BY_NAME = """
            and version_id = ? order by parent_category, name collate "C\"""";

    private static final String CREATE_SUBCATEGORIES = """
            /* definition_subcategories.create_all */ insert into evalstore.definition_subcategories
                (version_id, name, parent_category, description)
            select ?, u.name, u.parent_category, u.description
            from unnest(?::text[], ?::text[], ?::text[]) as u (name, parent_category, description)""";

    private static final String CLEAR_SUBCATEGORIES = """
            /* definition_subcategories.clear */ delete from evalstore.definition_subcategories where version_id = ?""";

    private DefinitionVersions() {}

    /** The number is counted from the latest release, or from 0.0.0 where there is none. */
    static DefinitionVersion publish(Jdbc jdbc, UUID definition, Bump bump, NewDefinitionVersion next) {
        Objects.requireNonNull(bump, "bump");
        return publish(
                jdbc,
                definition,
                next,
                tx -> latest(tx, definition, false)
                        .map(DefinitionVersion::semver)
                        .orElse(SemVer.of(0, 0, 0))
                        .bump(bump));
    }

    static DefinitionVersion publish(Jdbc jdbc, UUID definition, String version, NewDefinitionVersion next) {
        SemVer number = SemVer.parse(version);
        return publish(jdbc, definition, next, tx -> number);
    }

    private static DefinitionVersion publish(
            Jdbc jdbc, UUID definition, NewDefinitionVersion next, Function<Jdbc, SemVer> number) {
        Objects.requireNonNull(next, "next");
        return jdbc.atomically(tx -> {
            DefinitionStatus status = tx.change(Sql.of(LOCK_DEFINITION, definition), DefinitionVersions::mapStatus)
                    .orElseThrow(() -> DefinitionRows.TABLE.notFound(definition));
            if (status == DefinitionStatus.ARCHIVED) {
                throw new ConflictException("benchmark definition " + definition + " is archived: cannot publish");
            }
            return insert(tx, definition, number.apply(tx), next);
        });
    }

    /** Refuses what a definition's first version cannot have, before the definition is stored. */
    static void checkFirst(NewDefinitionVersion first) {
        Objects.requireNonNull(first, "first");
        if (first.origin().parentVersionId() != null || first.content().copiesCases()) {
            throw new IllegalArgumentException(
                    "first must have neither parent() nor copyCases(): no version is before it");
        }
    }

    /** Stores the version of a definition that is locked, or new in this transaction, with subcategories and test cases. */
    static DefinitionVersion insert(Jdbc tx, UUID definition, SemVer number, NewDefinitionVersion version) {
        NewDefinitionVersion.Content content = version.content();
        String precedence = number.precedence();
        UUID parent = version.origin().parentVersionId();
        if (parent == null) {
            parent = tx.find(Sql.of(BELOW, definition, precedence), row -> row.uuid("id"))
                    .orElse(null);
        }
        if (parent == null && content.copiesCases()) {
            throw new IllegalArgumentException(
                    "next must not have copyCases(): no version is below it, and parent() names none");
        }
        Columns values = DefinitionVersionRows.columns(version)
                .all(DefinitionVersionRows.columns(number))
                .set("definition_id", definition)
                .set("precedence", precedence)
                .set("parent_version_id", parent);
        DefinitionVersion created = TABLE.create(tx, values);
        createSubcategories(tx, created.id(), content.subcategories());
        if (parent != null && content.copiesCases()) {
            TestCaseWrites.copy(tx, parent, created.id());
        }
        TestCaseWrites.insert(tx, created.id(), content.cases());
        return created;
    }

    static DefinitionVersion update(Jdbc jdbc, UUID version, UpdateDefinitionVersion change) {
        Objects.requireNonNull(change, "change");
        return jdbc.atomically(tx -> {
            requireOpen(tx, version);
            return TABLE.update(tx, version, change);
        });
    }

    static boolean setSubcategories(Jdbc jdbc, UUID version, List<Subcategory> subcategories) {
        List<Subcategory> checked = NewDefinitionVersion.Content.checkSubcategories(subcategories);
        return TABLE.act(
                jdbc,
                "set_subcategories",
                version,
                on -> on.atomically(tx -> {
                    requireOpen(tx, version);
                    tx.update(Sql.of(CLEAR_SUBCATEGORIES, version));
                    createSubcategories(tx, version, checked);
                    return true;
                }));
    }

    /**
     * Locks the version, so that until the transaction ends neither the status of its definition changes nor anything
     * new refers to the version.
     *
     * @throws dev.evalstore.NotFoundException if no version has the id, or its definition is deleted
     * @throws ConflictException if the version is closed; it says why
     */
    static void requireOpen(Jdbc tx, UUID version) {
        DefinitionStatus status = tx.change(Sql.of(SHARE_DEFINITION, version), DefinitionVersions::mapStatus)
                .orElseThrow(() -> TABLE.notFound(version));
        if (tx.change(Sql.of(LOCK, version), row -> row.integer("locked")).isEmpty()) {
            throw TABLE.notFound(version);
        }
        if (status != DefinitionStatus.DRAFT && status != DefinitionStatus.UNDER_REVIEW) {
            throw new ConflictException("definition version " + version + " is closed: its definition is "
                    + status.name().toLowerCase(Locale.ROOT));
        }
    }

    static Optional<DefinitionVersion> latest(Jdbc jdbc, UUID definition, boolean includePrereleases) {
        Sql latest = ofDefinition("latest", definition)
                .andIf(!includePrereleases, "and semver_prerelease is null")
                .and("order by precedence desc limit 1");
        return jdbc.find(latest, TABLE.mapper());
    }

    static Optional<DefinitionVersion> find(Jdbc jdbc, UUID definition, SemVer number) {
        return jdbc.find(
                ofDefinition("find_by_number", definition).and("and precedence = ?", number.precedence()),
                TABLE.mapper());
    }

    static Page<DefinitionVersion> history(Jdbc jdbc, UUID definition, int limit, @Nullable Cursor after) {
        return DefinitionVersionRows.NEWEST_FIRST.read(
                jdbc, ofDefinition("history", definition), TABLE.mapper(), limit, after);
    }

    static List<Subcategory> subcategories(Jdbc jdbc, UUID version) {
        Table<Subcategory> table = DefinitionVersionRows.SUBCATEGORIES;
        Sql ofVersion = table.select("list").and(BY_NAME, Objects.requireNonNull(version, "version"));
        return jdbc.list(ofVersion, table.mapper());
    }

    private static Sql ofDefinition(String verb, UUID definition) {
        return TABLE.select(verb).and("and definition_id = ?", Objects.requireNonNull(definition, "definition"));
    }

    private static void createSubcategories(Jdbc tx, UUID version, List<Subcategory> subcategories) {
        if (!subcategories.isEmpty()) {
            tx.update(Sql.of(
                    CREATE_SUBCATEGORIES,
                    version,
                    SqlArray.texts(subcategories, Subcategory::name),
                    SqlArray.words(subcategories, Subcategory::parentCategory),
                    SqlArray.texts(subcategories, Subcategory::description)));
        }
    }

    private static DefinitionStatus mapStatus(Row row) throws SQLException {
        return row.enumValue("status", DefinitionStatus.class);
    }
}
