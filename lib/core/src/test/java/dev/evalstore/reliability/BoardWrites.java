package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.IN_PIECES;

import java.util.List;

/** Of leaderboards. */
final class BoardWrites {
    private BoardWrites() {}

    static List<Write<?>> leaderboards() {
        return List.of(Write.of(
                        "leaderboards.rebuild/1",
                        lab -> {
                            var submission = StatisticsWrites.submission(lab);
                            lab.sql("delete from evalstore.leaderboard_entries");
                            return submission;
                        },
                        (r, submission) -> r.exchange().leaderboards().rebuild(submission.versionId()))
                .which(IN_PIECES));
    }
}
