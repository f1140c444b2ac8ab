package dev.evalstore.analysis;

import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Repositories;
import dev.evalstore.TxOptions;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.Tier;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.tracking.ComparisonUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first entries of a leaderboard in tiers, by paired tests of their test cases: sharper than the overlap of confidence
 * intervals, since two models are compared on the same cases, and corrected for how many are compared. See
 * {@link Comparison#tiers(Repositories, UUID, dev.evalstore.exchange.Board)}.
 *
 * @param tiers the best tier first; empty where no entry has case results, or the board has fewer than two entries
 * @param notCompared entries that are in no tier, in the order of the board: their submissions have no case results, or the
 *     entry is alone
 * @param comparison what the tiers are by; null below two entries
 */
public record BoardTiers(
        List<Tier> tiers,
        List<LeaderboardEntry> notCompared,
        @Nullable ComparisonResult comparison) {
    public BoardTiers {
        tiers = List.copyOf(tiers);
        notCompared = List.copyOf(notCompared);
    }

    /** From one snapshot, unless the caller's transaction has another isolation level. */
    static BoardTiers of(Repositories db, Leaderboard board, Viewer viewer, int limit, ComparisonOptions options) {
        if (db instanceof Database database) {
            TxOptions snapshot =
                    TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();
            return database.inTransaction(snapshot, tx -> read(tx, board, viewer, limit, options));
        }
        return read(db, board, viewer, limit, options);
    }

    private static BoardTiers read(
            Repositories db, Leaderboard board, Viewer viewer, int limit, ComparisonOptions options) {
        boolean isHigherBetter = db.exchange()
                .definitions()
                .getVersion(board.versionIds().get(0))
                .primaryMetric()
                .higherIsBetter();
        Map<UUID, LeaderboardEntry> entries = new LinkedHashMap<>();
        for (LeaderboardEntry entry :
                db.exchange().leaderboards().top(board, viewer, limit).items()) {
            var submission = entry.submission();
            if (submission != null) {
                entries.put(submission.id(), entry);
            }
        }
        if (entries.size() < 2) {
            return new BoardTiers(List.of(), List.copyOf(entries.values()), null);
        }
        ComparisonResult result = Comparison.of(ComparisonUnit.SUBMISSION, List.copyOf(entries.keySet()))
                .higherIsBetter(isHigherBetter)
                .options(options)
                .viewer(viewer)
                .on(db)
                .run();
        return of(entries, result);
    }

    private static BoardTiers of(Map<UUID, LeaderboardEntry> entries, ComparisonResult result) {
        List<Tier> tiers = new ArrayList<>();
        List<LeaderboardEntry> notCompared = new ArrayList<>();
        List<LeaderboardEntry> tier = new ArrayList<>();
        UUID first = null;
        for (Map.Entry<UUID, LeaderboardEntry> entry : entries.entrySet()) {
            UUID id = entry.getKey();
            if (result.member(id).orElseThrow().items() == 0) {
                notCompared.add(entry.getValue());
                continue;
            }
            if (first == null || isBetter(result, first, id)) {
                first = id;
                add(tiers, tier);
                tier = new ArrayList<>();
            }
            tier.add(entry.getValue());
        }
        add(tiers, tier);
        return new BoardTiers(tiers, notCompared, result);
    }

    private static void add(List<Tier> tiers, List<LeaderboardEntry> tier) {
        if (!tier.isEmpty()) {
            tiers.add(new Tier(tiers.size() + 1, tier));
        }
    }

    private static boolean isBetter(ComparisonResult result, UUID one, UUID other) {
        ComparedPair pair = result.pair(one, other).orElseThrow();
        return pair.verdict() == (pair.first().equals(one) ? Verdict.FIRST_BETTER : Verdict.SECOND_BETTER);
    }
}
