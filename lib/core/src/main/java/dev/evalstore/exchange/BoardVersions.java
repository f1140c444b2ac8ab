package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Whether versions can share a board. A version with submissions does not change, so the answer stays. */
final class BoardVersions {
    private static final Table<DefinitionVersion> TABLE = DefinitionVersionRows.TABLE;

    private static final String OF_MAJOR = """
            and definition_id = ? and semver_major = ? order by precedence desc""";

    private static final String BY_ID = """
            and id = any (?) order by precedence desc""";

    private BoardVersions() {}

    static List<UUID> ofMajor(Jdbc jdbc, UUID definition, int major) {
        Sql ofMajor = TABLE.select("list_of_major").and(OF_MAJOR, definition, major);
        List<DefinitionVersion> versions = jdbc.list(ofMajor, TABLE.mapper());
        if (versions.isEmpty()) {
            throw new NotFoundException(
                    "version of benchmark definition " + definition, "major number", Integer.toString(major));
        }
        requireComparable(versions);
        return versions.stream().map(DefinitionVersion::id).toList();
    }

    /** Refuses several versions that cannot share a board. */
    static void check(Jdbc jdbc, List<UUID> ids) {
        if (ids.size() == 1) {
            return;
        }
        Sql byId = TABLE.select("list_by_id").and(BY_ID, SqlArray.uuids(ids));
        List<DefinitionVersion> versions = jdbc.list(byId, TABLE.mapper());
        Set<UUID> missing = new HashSet<>(ids);
        versions.forEach(version -> missing.remove(version.id()));
        missing.stream().findFirst().ifPresent(id -> {
            throw TABLE.notFound(id);
        });
        requireComparable(versions);
    }

    private static void requireComparable(List<DefinitionVersion> versions) {
        DefinitionVersion latest = versions.get(0);
        String others = versions.stream()
                .filter(version -> !isComparable(version, latest))
                .map(version -> version.semver() + " (" + version.id() + ")")
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            throw new ConflictException(
                    "definition versions of another definition, major number, primary metric, range or"
                            + " direction than " + latest.semver() + " (" + latest.id() + ") share no board with it: "
                            + others);
        }
    }

    private static boolean isComparable(DefinitionVersion a, DefinitionVersion b) {
        return a.definitionId().equals(b.definitionId())
                && a.semver().major() == b.semver().major()
                && isComparable(a.primaryMetric(), b.primaryMetric());
    }

    private static boolean isComparable(PrimaryMetric a, PrimaryMetric b) {
        return a.name().equals(b.name())
                && a.kind().equals(b.kind())
                && Objects.equals(a.unit(), b.unit())
                && a.higherIsBetter() == b.higherIsBetter()
                && Objects.equals(a.rangeMin(), b.rangeMin())
                && Objects.equals(a.rangeMax(), b.rangeMax());
    }
}
