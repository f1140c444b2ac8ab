package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A board of a version, or of several versions of one major number: then each model has one place, by the best of its
 * submissions to any of them. See {@link LeaderboardRepository#ofMajor}.
 *
 * @param versionIds 1 to 100 versions, without repetition
 * @param board which submissions it admits
 */
public record Leaderboard(List<UUID> versionIds, Board board) {
    private static final int MAX_VERSIONS = 100;

    public Leaderboard {
        versionIds = Check.list("versionIds", versionIds).stream().distinct().toList();
        Check.range("versionIds size", versionIds.size(), 1, MAX_VERSIONS);
        Objects.requireNonNull(board, "board");
    }

    /** The board of one version. */
    public static Leaderboard of(UUID versionId, Board board) {
        return new Leaderboard(List.of(Objects.requireNonNull(versionId, "versionId")), board);
    }

    /**
     * The common board of several versions of one definition and major number, whose primary metrics have the same name,
     * kind, unit, range and direction. Each read of it looks whether they have.
     */
    public static Leaderboard of(List<UUID> versionIds, Board board) {
        return new Leaderboard(versionIds, board);
    }
}
