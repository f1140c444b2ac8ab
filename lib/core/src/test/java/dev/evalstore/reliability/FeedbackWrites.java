package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;

import dev.evalstore.Patch;
import dev.evalstore.account.NewUser;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.tracking.Feedback;
import dev.evalstore.tracking.NewCostEntry;
import dev.evalstore.tracking.NewFeedback;
import dev.evalstore.tracking.UpdateFeedback;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Of what people say of evaluations, and of what requests to models cost. */
final class FeedbackWrites {
    private static final Duration SINCE_2003 = Duration.between(Instant.parse("2003-01-15T00:00:00Z"), Instant.now());

    private FeedbackWrites() {}

    static List<Write<?>> feedback() {
        return List.of(
                Write.of(
                        "feedback.give/1",
                        FeedbackWrites::said,
                        (r, said) -> r.tracking().feedback().give(said)),
                Write.of(
                                "feedback.give/1",
                                FeedbackWrites::given,
                                (r, given) -> r.tracking()
                                        .feedback()
                                        .give(NewFeedback.of(given.evaluationId())
                                                .user(given.userId())
                                                .rating(1)))
                        .like("again"),
                Write.of(
                        "feedback.change/2",
                        FeedbackWrites::given,
                        (r, given) -> r.tracking()
                                .feedback()
                                .change(given.id(), UpdateFeedback.NOTHING.rating(Patch.set(1)))),
                Write.of(
                        "feedback.withdraw/1",
                        FeedbackWrites::given,
                        (r, given) -> r.tracking().feedback().withdraw(given.id())));
    }

    static List<Write<?>> costs() {
        return List.of(
                Write.of(
                                "costs.append/1",
                                lab -> entry(),
                                (r, entry) -> r.tracking().costs().append(entry))
                        .which(ADDS),
                Write.of(
                                "costs.appendAll/1",
                                lab -> entry(),
                                (r, entry) -> r.tracking().costs().appendAll(List.of(entry, entry)))
                        .which(ADDS),
                Write.of(
                                "costs.cleanup/1",
                                lab -> {
                                    var costs = lab.db().tracking().costs();
                                    costs.append(entry().requestedAt(Instant.parse("2001-02-03T00:00:00Z")));
                                    return costs.append(entry().requestedAt(Instant.parse("2001-03-03T00:00:00Z")));
                                },
                                (r, x) -> r.tracking().costs().cleanup(SINCE_2003))
                        .which(IN_PIECES));
    }

    private static NewCostEntry entry() {
        return NewCostEntry.of("p", "m", BigDecimal.ONE);
    }

    private static NewFeedback said(Lab lab) {
        return NewFeedback.of(lab.db()
                        .evaluations()
                        .create(NewEvaluation.of("p", "m", "i", "o"))
                        .id())
                .user(lab.db()
                        .users()
                        .create(NewUser.of("rater@example.org", "rater"))
                        .id())
                .rating(4);
    }

    private static Feedback given(Lab lab) {
        return lab.db().tracking().feedback().give(said(lab));
    }
}
