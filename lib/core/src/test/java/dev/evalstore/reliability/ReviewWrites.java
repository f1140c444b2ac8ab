package dev.evalstore.reliability;

import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.governance.NewAmendment;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.governance.NewReviewComment;
import dev.evalstore.governance.ReviewDecision;
import dev.evalstore.reliability.Write.Trait;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Of reviews of proposals, their comments, and amendments. */
final class ReviewWrites {
    private ReviewWrites() {}

    /** A row, and a user who has to do with it. */
    private record Of(UUID id, UUID user) {}

    static List<Write<?>> reviews() {
        return Stream.of(ofReviews(), ofComments(), ofAmendments())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Write<?>> ofReviews() {
        return List.of(
                Write.of(
                        "reviews.create/2",
                        lab -> new Of(proposal(lab), user(lab, "reviewer")),
                        (r, of) -> r.governance().reviews().create(of.id(), of.user())),
                Write.of(
                        "reviews.start/1",
                        ReviewWrites::review,
                        (r, of) -> r.governance().reviews().start(of.id())),
                Write.of(
                        "reviews.complete/3",
                        ReviewWrites::review,
                        (r, of) -> r.governance().reviews().complete(of.id(), ReviewDecision.APPROVE, "Fine.")),
                Write.of(
                        "reviews.decline/2",
                        ReviewWrites::review,
                        (r, of) -> r.governance().reviews().decline(of.id(), "No time.")),
                Write.of(
                        "reviews.reopen/1",
                        lab -> {
                            Of of = review(lab);
                            lab.db().governance().reviews().complete(of.id(), ReviewDecision.REJECT, "No.");
                            return of;
                        },
                        (r, of) -> r.governance().reviews().reopen(of.id())));
    }

    private static List<Write<?>> ofComments() {
        return List.of(
                Write.of(
                                "comments.create/1",
                                ReviewWrites::review,
                                (r, of) -> r.governance()
                                        .reviews()
                                        .comments()
                                        .create(NewReviewComment.of(of.id(), of.user(), "Why?")))
                        .which(Trait.ADDS),
                Write.of(
                        "comments.update/2",
                        ReviewWrites::comment,
                        (r, of) -> r.governance().reviews().comments().update(of.id(), "Why so?")),
                Write.of(
                        "comments.resolve/2",
                        ReviewWrites::comment,
                        (r, of) -> r.governance().reviews().comments().resolve(of.id(), of.user())),
                Write.of(
                        "comments.unresolve/1",
                        lab -> {
                            Of of = comment(lab);
                            lab.db().governance().reviews().comments().resolve(of.id(), of.user());
                            return of;
                        },
                        (r, of) -> r.governance().reviews().comments().unresolve(of.id())),
                Write.of(
                        "comments.delete/1",
                        lab -> {
                            Of of = comment(lab);
                            UUID review = lab.db()
                                    .governance()
                                    .reviews()
                                    .comments()
                                    .get(of.id())
                                    .reviewId();
                            lab.db()
                                    .governance()
                                    .reviews()
                                    .comments()
                                    .create(NewReviewComment.of(review, of.user(), "So.")
                                            .replyTo(of.id()));
                            return of;
                        },
                        (r, of) -> r.governance().reviews().comments().delete(of.id())));
    }

    private static List<Write<?>> ofAmendments() {
        return List.of(
                Write.of(
                                "amendments.create/1",
                                lab -> new Of(proposal(lab), user(lab, "amender")),
                                (r, of) -> r.governance().amendments().create(amendment(of.id(), of.user())))
                        .which(Trait.ADDS),
                Write.of(
                        "amendments.accept/3",
                        (Function<Lab, Of>) ReviewWrites::amendment,
                        (r, of) -> r.governance().amendments().accept(of.id(), of.user(), null)),
                Write.of(
                        "amendments.reject/3",
                        (Function<Lab, Of>) ReviewWrites::amendment,
                        (r, of) -> r.governance().amendments().reject(of.id(), of.user(), "It says nothing.")),
                Write.of(
                        "amendments.withdraw/1",
                        (Function<Lab, Of>) ReviewWrites::amendment,
                        (r, of) -> r.governance().amendments().withdraw(of.id())));
    }

    private static UUID user(Lab lab, String name) {
        return lab.db().users().create(NewUser.of(name + "@example.org", name)).id();
    }

    /** Of an update, which may propose as little as a name. */
    private static UUID proposal(Lab lab) {
        UUID definition = ExchangeWrites.draft(lab);
        NewProposal proposal = NewProposal.of(
                "A title",
                "A description.",
                "A rationale.",
                Subject.updateBenchmark(definition, Json.of(Map.of("name", "Sums"))),
                1);
        UUID id = lab.db().governance().proposals().create(proposal).id();
        return lab.db().governance().proposals().submitForReview(id).id();
    }

    private static Of review(Lab lab) {
        UUID reviewer = user(lab, "reviewer");
        return new Of(
                lab.db().governance().reviews().create(proposal(lab), reviewer).id(), reviewer);
    }

    private static Of comment(Lab lab) {
        Of of = review(lab);
        return new Of(
                lab.db()
                        .governance()
                        .reviews()
                        .comments()
                        .create(NewReviewComment.of(of.id(), of.user(), "Why?"))
                        .id(),
                of.user());
    }

    private static NewAmendment amendment(UUID proposal, UUID user) {
        return NewAmendment.of(proposal, "A title", "What and why.", Json.of(Map.of("license", "MIT")))
                .createdBy(user);
    }

    private static Of amendment(Lab lab) {
        UUID user = user(lab, "amender");
        return new Of(
                lab.db()
                        .governance()
                        .amendments()
                        .create(amendment(proposal(lab), user))
                        .id(),
                user);
    }
}
