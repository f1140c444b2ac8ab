package dev.evalstore.reliability;

import dev.evalstore.account.NewUser;
import dev.evalstore.exchange.NewCommunityVerification;
import dev.evalstore.exchange.VerificationReview;
import dev.evalstore.exchange.VoteDirection;
import java.util.List;
import java.util.UUID;

/** Of reports of users who ran a submission again, and of votes on them. */
final class CommunityWrites {
    private CommunityWrites() {}

    /** A submission or a community verification, and a user who has to do with it. */
    private record Voted(UUID id, UUID user) {}

    static List<Write<?>> communityVerifications() {
        return List.of(
                Write.of(
                        "communityVerifications.create/1",
                        lab -> new Voted(submission(lab), user(lab, "verifier")),
                        (r, of) -> r.exchange().communityVerifications().create(report(of.id(), of.user()))),
                Write.of(
                        "communityVerifications.vote/3",
                        CommunityWrites::withoutVotes,
                        (r, of) -> r.exchange()
                                .communityVerifications()
                                .threshold(1)
                                .vote(of.id(), of.user(), VoteDirection.UP)),
                Write.of(
                                "communityVerifications.vote/3",
                                CommunityWrites::withVote,
                                (r, of) -> r.exchange()
                                        .communityVerifications()
                                        .vote(of.id(), of.user(), VoteDirection.DOWN))
                        .like("changed"),
                Write.of(
                        "communityVerifications.withdrawVote/2",
                        CommunityWrites::withVote,
                        (r, of) -> r.exchange().communityVerifications().withdrawVote(of.id(), of.user())),
                Write.of(
                        "communityVerifications.flag/1",
                        CommunityWrites::withoutVotes,
                        (r, of) -> r.exchange().communityVerifications().flag(of.id())),
                Write.of(
                        "communityVerifications.unflag/1",
                        CommunityWrites::flagged,
                        (r, of) -> r.exchange()
                                .communityVerifications()
                                .threshold(1)
                                .unflag(of.id())),
                Write.of(
                        "communityVerifications.review/4",
                        CommunityWrites::withoutVotes,
                        (r, of) -> r.exchange()
                                .communityVerifications()
                                .review(of.id(), of.user(), VerificationReview.APPROVED, "The logs fit.")));
    }

    private static NewCommunityVerification report(UUID submission, UUID verifier) {
        return NewCommunityVerification.of(submission, verifier, true, "A laptop.");
    }

    private static UUID user(Lab lab, String name) {
        return lab.db().users().create(NewUser.of(name + "@example.org", name)).id();
    }

    /** One that is no user's. */
    private static UUID submission(Lab lab) {
        return lab.db()
                .exchange()
                .submissions()
                .submit(SubmissionWrites.submission(SubmissionWrites.version(lab, 1), 1))
                .submission()
                .id();
    }

    private static Voted withoutVotes(Lab lab) {
        UUID id = lab.db()
                .exchange()
                .communityVerifications()
                .create(report(submission(lab), user(lab, "verifier")))
                .id();
        return new Voted(id, user(lab, "voter"));
    }

    private static Voted withVote(Lab lab) {
        Voted voted = withoutVotes(lab);
        lab.db().exchange().communityVerifications().vote(voted.id(), voted.user(), VoteDirection.UP);
        return voted;
    }

    private static Voted flagged(Lab lab) {
        Voted voted = withVote(lab);
        lab.db().exchange().communityVerifications().flag(voted.id());
        return voted;
    }
}
