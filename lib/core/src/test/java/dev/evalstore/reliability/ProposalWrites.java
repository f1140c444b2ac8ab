package dev.evalstore.reliability;

import dev.evalstore.account.NewUser;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.governance.NewVote;
import dev.evalstore.governance.UpdateProposal;
import dev.evalstore.governance.VoteChoice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Of proposals, and of votes on them. */
final class ProposalWrites {
    private static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

    private ProposalWrites() {}

    /** A proposal, and a user who votes on it. */
    private record Voted(UUID id, UUID user) {}

    static List<Write<?>> proposals() {
        return List.of(
                Write.of(
                                "proposals.create/1",
                                ProposalWrites::policy,
                                (r, given) -> r.governance().proposals().create(given))
                        .which(Write.Trait.ADDS),
                Write.of(
                        "proposals.update/2",
                        ProposalWrites::draft,
                        (r, id) -> r.governance().proposals().update(id, UpdateProposal.NOTHING.title("Another"))),
                Write.of(
                        "proposals.submitForReview/1",
                        ProposalWrites::draft,
                        (r, id) -> r.governance().proposals().submitForReview(id)),
                Write.of(
                        "proposals.returnToDraft/2",
                        ProposalWrites::underReview,
                        (r, id) -> r.governance().proposals().returnToDraft(id, "It is too vague.")),
                Write.of(
                        "proposals.openVoting/3",
                        ProposalWrites::underReview,
                        (r, id) -> r.governance().proposals().openVoting(id, FAR, FAR.plusSeconds(1))),
                Write.of(
                        "proposals.openVoting/2",
                        ProposalWrites::underReview,
                        (r, id) -> r.governance().proposals().openVoting(id, Duration.ofDays(1))),
                Write.of(
                        "proposals.vote/1",
                        ProposalWrites::voting,
                        (r, of) -> r.governance().proposals().vote(NewVote.of(of.id(), of.user(), VoteChoice.APPROVE))),
                Write.of(
                                "proposals.vote/1",
                                ProposalWrites::voted,
                                (r, of) -> r.governance()
                                        .proposals()
                                        .vote(NewVote.of(of.id(), of.user(), VoteChoice.REJECT)
                                                .power(3)))
                        .like("changed"),
                Write.of(
                        "proposals.withdrawVote/2",
                        ProposalWrites::voted,
                        (r, of) -> r.governance().proposals().withdrawVote(of.id(), of.user())),
                Write.of(
                        "proposals.close/1",
                        ProposalWrites::ended,
                        (r, of) -> r.governance().proposals().close(of.id())),
                Write.of(
                                "proposals.close/1",
                                (Function<Lab, Voted>) lab -> ended(lab, voting(lab)),
                                (r, of) -> r.governance().proposals().close(of.id()))
                        .like("rejected"),
                Write.of(
                                "proposals.closeDue/1",
                                ProposalWrites::ended,
                                (r, of) -> r.governance().proposals().closeDue(10))
                        .which(Write.Trait.IN_PIECES, Write.Trait.PASSES_OVER),
                Write.of(
                        "proposals.withdraw/1",
                        ProposalWrites::draft,
                        (r, id) -> r.governance().proposals().withdraw(id)),
                Write.of(
                        "proposals.implement/2",
                        ProposalWrites::approved,
                        (r, of) -> r.governance().proposals().implement(of.id(), of.user())),
                Write.of(
                        "proposals.closeDiscussion/1",
                        ProposalWrites::draft,
                        (r, id) -> r.governance().proposals().closeDiscussion(id)),
                Write.of(
                        "proposals.reopenDiscussion/1",
                        (Function<Lab, UUID>) lab -> lab.db()
                                .governance()
                                .proposals()
                                .closeDiscussion(draft(lab))
                                .id(),
                        (r, id) -> r.governance().proposals().reopenDiscussion(id)));
    }

    private static NewProposal policy(Lab lab) {
        return proposal(Subject.policyChange());
    }

    private static NewProposal proposal(Subject subject) {
        return NewProposal.of("A title", "A description.", "A rationale.", subject, 1);
    }

    private static UUID draft(Lab lab) {
        return lab.db().governance().proposals().create(policy(lab)).id();
    }

    private static UUID underReview(Lab lab) {
        return lab.db().governance().proposals().submitForReview(draft(lab)).id();
    }

    private static Voted voting(Lab lab) {
        return voting(lab, underReview(lab));
    }

    private static Voted voting(Lab lab, UUID id) {
        lab.db().governance().proposals().openVoting(id, Duration.ofDays(1));
        UUID user = lab.db()
                .users()
                .create(NewUser.of("voter@example.org", "voter"))
                .id();
        return new Voted(id, user);
    }

    private static Voted voted(Lab lab) {
        return voted(lab, voting(lab));
    }

    private static Voted voted(Lab lab, Voted of) {
        lab.db().governance().proposals().vote(NewVote.of(of.id(), of.user(), VoteChoice.APPROVE));
        return of;
    }

    private static Voted ended(Lab lab) {
        return ended(lab, voted(lab));
    }

    private static Voted ended(Lab lab, Voted of) {
        lab.sql("update evalstore.proposals set voting_starts_at = now() - interval '2 days',"
                + " voting_ends_at = now() - interval '1 day'");
        return of;
    }

    /** To deprecate an active definition. */
    private static Voted approved(Lab lab) {
        UUID definition = ExchangeWrites.draft(lab);
        lab.sql("update evalstore.benchmark_definitions set status = 'active'");
        UUID id = lab.db()
                .governance()
                .proposals()
                .create(proposal(Subject.deprecateBenchmark(definition)))
                .id();
        lab.db().governance().proposals().submitForReview(id);
        Voted of = ended(lab, voted(lab, voting(lab, id)));
        lab.db().governance().proposals().close(id);
        return of;
    }
}
