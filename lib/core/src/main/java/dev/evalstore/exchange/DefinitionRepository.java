package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Benchmark definitions and their versions. A deleted definition is still found by id, because other rows refer to it,
 * but lists, counts and the other finders pass over it, and every change of it throws {@link NotFoundException}, as for
 * an unknown id.
 *
 * <p>A status moves only from the status that the verb names. From any other status the verb throws
 * {@link ConflictException}, which names the present one: of two callers that move the same definition, one succeeds.
 */
public final class DefinitionRepository extends DefinitionReads {
    DefinitionRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a definition with its first version, the version's test cases, and its maintainers, in one transaction.
     * The definition is a draft. Returns it as stored.
     *
     * @param version the number of the first version, such as 1.0.0 or 0.1.0-alpha
     * @throws IllegalArgumentException if the version is no version by SemVer 2.0
     * @throws ConstraintViolationException if a definition that is not deleted has the slug
     *     ({@code idx_benchmark_definitions_slug}), or the organization, the creator or a maintainer does not exist
     *     ({@code benchmark_definitions_organization_fk}, {@code benchmark_definitions_created_by_fk},
     *     {@code definition_maintainers_user_fk})
     */
    public BenchmarkDefinition create(NewBenchmarkDefinition definition, String version, NewDefinitionVersion first) {
        Columns values = DefinitionRows.columns(Objects.requireNonNull(definition, "definition"));
        SemVer number = SemVer.parse(version);
        DefinitionVersions.checkFirst(first);
        return jdbc.atomically(tx -> {
            BenchmarkDefinition created = TABLE.create(tx, values);
            DefinitionMaintainers.create(tx, created.id(), definition.people().maintainers());
            DefinitionVersions.insert(tx, created.id(), number, first);
            return created;
        });
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConstraintViolationException if another definition that is not deleted has the new slug
     *     ({@code idx_benchmark_definitions_slug}), or the organization does not exist
     *     ({@code benchmark_definitions_organization_fk})
     */
    public BenchmarkDefinition update(UUID id, UpdateBenchmarkDefinition change) {
        return TABLE.update(jdbc, id, change);
    }

    /** Moves a draft to the review. */
    public BenchmarkDefinition submitForReview(UUID id) {
        return move(id, "submit_for_review", "status = 'draft'", DefinitionStatus.UNDER_REVIEW, null);
    }

    /** Moves a definition under review back to draft; the reason has 10 to 1,000 characters. */
    public BenchmarkDefinition returnToDraft(UUID id, String reason) {
        return move(
                id,
                "return_to_draft",
                "status = 'under_review'",
                DefinitionStatus.DRAFT,
                DefinitionRules.reason(reason));
    }

    /** Publishes a definition under review. From now on its versions and their test cases do not change. */
    public BenchmarkDefinition activate(UUID id) {
        return move(id, "activate", "status = 'under_review'", DefinitionStatus.ACTIVE, null);
    }

    /** Advises against an active definition, which still accepts submissions; the reason has 10 to 1,000 characters. */
    public BenchmarkDefinition deprecate(UUID id, String reason) {
        return move(id, "deprecate", "status = 'active'", DefinitionStatus.DEPRECATED, DefinitionRules.reason(reason));
    }

    /** Makes a deprecated definition active again. */
    public BenchmarkDefinition reactivate(UUID id) {
        return move(id, "reactivate", "status = 'deprecated'", DefinitionStatus.ACTIVE, null);
    }

    /** Closes a deprecated definition for good; why it was deprecated stays with it. */
    public BenchmarkDefinition archive(UUID id) {
        Columns values = new Columns().set("status", DefinitionStatus.ARCHIVED);
        return TABLE.move(jdbc, id, "archive", "status = 'deprecated'", values);
    }

    /**
     * Deletes the definition and keeps the row, because other rows refer to it. Another definition may take the slug at
     * once.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is deleted already
     */
    public BenchmarkDefinition softDelete(UUID id) {
        return jdbc.atomically(tx -> {
            BenchmarkDefinition deleted = TABLE.softDelete(tx, id, new Columns());
            StatisticsMarks.markAll(tx, id);
            return deleted;
        });
    }

    /**
     * Makes a user a maintainer of the definition; false when the user is one already.
     *
     * @throws NotFoundException if no definition has the id, or it is deleted
     * @throws ConstraintViolationException if the user does not exist ({@code definition_maintainers_user_fk})
     */
    public boolean addMaintainer(UUID definition, UUID user) {
        return DefinitionMaintainers.add(jdbc, definition, user);
    }

    /**
     * Removes a user from the maintainers of the definition; false when the user is none of them.
     *
     * @throws NotFoundException if no definition has the id, or it is deleted
     */
    public boolean removeMaintainer(UUID definition, UUID user) {
        return DefinitionMaintainers.remove(jdbc, definition, user);
    }

    /**
     * Stores a version with the number that follows the latest release, in one transaction with its subcategories and
     * test cases. Prereleases do not count; where there is no release yet, it follows 0.0.0. To correct an older line,
     * name the version. Concurrent callers get different numbers, one after another. While the definition is a draft or
     * under review, the version can still be changed. In a transaction of the caller's, use read committed: a stricter
     * one does not see numbers that were given since it began, and is refused by {@code definition_versions_number_unique}.
     *
     * @throws IllegalArgumentException if a number would exceed 2,147,483,647, or test cases are to be copied and the
     *     version has no parent
     * @throws NotFoundException if no definition has the id, or it is deleted
     * @throws ConflictException if the definition is archived
     * @throws ConstraintViolationException if the named parent is no version of the definition
     *     ({@code definition_versions_parent_fk}), the creator does not exist ({@code definition_versions_created_by_fk}),
     *     or a given test case has the key of a copied one ({@code test_cases_case_key_unique})
     */
    public DefinitionVersion publish(UUID definition, Bump bump, NewDefinitionVersion next) {
        return DefinitionVersions.publish(jdbc, definition, bump, next);
    }

    /**
     * Stores a version with this number, otherwise like {@link #publish(UUID, Bump, NewDefinitionVersion)}. Of two
     * concurrent callers with one number, one succeeds.
     *
     * @param version such as 1.2.1 or 2.0.0-rc.1+build.7
     * @throws IllegalArgumentException also if the text is no version by SemVer 2.0
     * @throws ConstraintViolationException also if the definition has the version, whatever the build metadata
     *     ({@code definition_versions_number_unique})
     */
    public DefinitionVersion publish(UUID definition, String version, NewDefinitionVersion next) {
        return DefinitionVersions.publish(jdbc, definition, version, next);
    }

    /**
     * Changes the given fields of an open version and returns the changed row. Whatever closes the version comes before
     * or after.
     *
     * @throws NotFoundException if no version has the id, or its definition is deleted
     * @throws ConflictException if the definition is neither a draft nor under review
     */
    public DefinitionVersion updateVersion(UUID versionId, UpdateDefinitionVersion change) {
        return DefinitionVersions.update(jdbc, versionId, change);
    }

    /**
     * Replaces the subcategories of an open version, in one transaction.
     *
     * @param subcategories at most 1,000, each name once; empty for none
     * @throws NotFoundException if no version has the id, or its definition is deleted
     * @throws ConflictException if the definition is neither a draft nor under review
     */
    public void setSubcategories(UUID versionId, List<Subcategory> subcategories) {
        DefinitionVersions.setSubcategories(jdbc, versionId, subcategories);
    }

    private BenchmarkDefinition move(
            UUID id, String verb, String expected, DefinitionStatus next, @Nullable String reason) {
        Columns values = new Columns().set("status", next).set("status_reason", reason);
        return TABLE.move(jdbc, id, verb, expected, values);
    }
}
