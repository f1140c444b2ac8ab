package dev.evalstore.version;

import dev.evalstore.exchange.Board;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.matrix.RankingMethod;
import java.util.Objects;
import java.util.UUID;

/**
 * What is cached as one, such as a row with its parts, a list, or a board. Each write that changes what a unit shows
 * changes the unit's version in the same commit.
 *
 * @param name not blank, at most 1,000 bytes in UTF-8
 */
public record Unit(String name) {
    /** All units at once. Their versions change with it, as when a model is deleted. */
    public static final Unit EVERYTHING = new Unit(UnitNames.EVERYTHING);

    /** The list of machines. */
    public static final Unit HARDWARE = new Unit(UnitNames.HARDWARE);

    /** The list of framework versions. */
    public static final Unit FRAMEWORKS = new Unit(UnitNames.FRAMEWORKS);

    /** The list of use cases. */
    public static final Unit USE_CASES = new Unit(UnitNames.USE_CASES);

    private static final int MAX_BYTES = 1_000;

    public Unit {
        Check.indexed("name", Check.text("name", name), MAX_BYTES);
    }

    /** A model with its versions. */
    public static Unit model(UUID id) {
        return new Unit(UnitNames.model(Objects.requireNonNull(id, "id")));
    }

    /** A version of a model. */
    public static Unit modelVersion(UUID id) {
        return new Unit(UnitNames.modelVersion(Objects.requireNonNull(id, "id")));
    }

    /** The results of a model version on a machine. */
    public static Unit results(UUID modelVersionId, UUID hardwareConfigId) {
        return new Unit(UnitNames.results(
                Objects.requireNonNull(modelVersionId, "modelVersionId"),
                Objects.requireNonNull(hardwareConfigId, "hardwareConfigId")));
    }

    /** The figures of a model version: its daily statistics, and its summary. */
    public static Unit metrics(UUID modelVersionId) {
        return new Unit(UnitNames.metrics(Objects.requireNonNull(modelVersionId, "modelVersionId")));
    }

    /** The rankings of a use case's category by a method. */
    public static Unit rankings(String category, RankingMethod method) {
        return new Unit(UnitNames.rankings(Check.name("category", category), Objects.requireNonNull(method, "method")));
    }

    /** A definition with its latest version. */
    public static Unit definition(String slug) {
        return new Unit(UnitNames.definition(Check.slug("slug", slug)));
    }

    /** A board of a version of a definition. */
    public static Unit board(UUID versionId, Board board) {
        return new Unit(UnitNames.board(
                Objects.requireNonNull(versionId, "versionId"), Objects.requireNonNull(board, "board")));
    }
}
