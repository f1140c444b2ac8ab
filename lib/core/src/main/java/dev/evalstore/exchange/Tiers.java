package dev.evalstore.exchange;

import java.util.ArrayList;
import java.util.List;

/** Tiers of a board, from its best entry down. */
final class Tiers {
    private Tiers() {}

    static List<Tier> of(List<LeaderboardEntry> entries) {
        List<Tier> tiers = new ArrayList<>();
        List<LeaderboardEntry> tier = new ArrayList<>();
        RankedSubmission first = null;
        for (LeaderboardEntry entry : entries) {
            RankedSubmission submission = entry.submission();
            if (submission == null) {
                continue;
            }
            if (first == null || !overlap(first, submission)) {
                add(tiers, tier);
                tier = new ArrayList<>();
                first = submission;
            }
            tier.add(entry);
        }
        add(tiers, tier);
        return List.copyOf(tiers);
    }

    private static void add(List<Tier> tiers, List<LeaderboardEntry> tier) {
        if (!tier.isEmpty()) {
            tiers.add(new Tier(tiers.size() + 1, tier));
        }
    }

    private static boolean overlap(RankedSubmission a, RankedSubmission b) {
        return low(a) <= high(b) && low(b) <= high(a);
    }

    private static double low(RankedSubmission submission) {
        ConfidenceInterval interval = submission.confidenceInterval();
        return interval == null ? submission.score() : interval.low();
    }

    private static double high(RankedSubmission submission) {
        ConfidenceInterval interval = submission.confidenceInterval();
        return interval == null ? submission.score() : interval.high();
    }
}
