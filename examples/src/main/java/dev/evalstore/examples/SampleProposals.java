package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Tx;
import dev.evalstore.account.User;
import dev.evalstore.governance.NewAmendment;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.governance.NewReviewComment;
import dev.evalstore.governance.NewVote;
import dev.evalstore.governance.Proposal;
import dev.evalstore.governance.ProposalFilter;
import dev.evalstore.governance.ReviewCommentKind;
import dev.evalstore.governance.ReviewDecision;
import dev.evalstore.governance.ReviewRepository;
import dev.evalstore.governance.VoteChoice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Proposals of an organization's first member: one under review, with reviews, comments and amendments; one that is voted on for a
 * year; and one that is a draft or withdrawn.
 */
final class SampleProposals {
    static final int EACH = 3;

    private static final List<VoteChoice> CHOICES = List.of(VoteChoice.values());
    private static final Duration VOTING = Duration.ofDays(365);

    private final Database db;
    private final User proposer;
    private final List<User> members;
    private final Random random;

    /** {@code members} review, amend and vote; none of them is the proposer. */
    SampleProposals(Database db, User proposer, List<User> members, Random random) {
        this.db = db;
        this.proposer = proposer;
        this.members = members;
        this.random = random;
    }

    /** Returns how many of the proposals are new. Each is stored in one commit. */
    int fill(String name, UUID definition) {
        // Drawn before, so that what is there already does not change it.
        boolean isWithdrawn = random.nextBoolean();
        List<VoteChoice> choices = members.stream()
                .map(member -> CHOICES.get(random.nextInt(CHOICES.size())))
                .toList();
        return propose(
                        "Another name for " + name,
                        Subject.updateBenchmark(
                                definition, Json.of(Map.of("name", "Sample " + name, "license", "MIT"))),
                        this::discuss)
                + propose("Two reviews for " + name, Subject.policyChange(), (tx, id) -> vote(tx, id, choices))
                + propose(
                        "The end of " + name,
                        Subject.deprecateBenchmark(definition),
                        (tx, id) -> end(tx, id, isWithdrawn));
    }

    private int propose(String title, Subject subject, BiConsumer<Tx, UUID> then) {
        boolean isThere = db.governance().proposals().list(ProposalFilter.ALL.createdBy(proposer.id())).items().stream()
                .map(Proposal::title)
                .anyMatch(title::equals);
        if (isThere) {
            return 0;
        }
        NewProposal proposal = NewProposal.of(
                        title,
                        "Made to try things on, out of chance.",
                        "There must be one to try things on.",
                        subject,
                        3)
                .createdBy(proposer.id());
        db.useTransaction(tx ->
                then.accept(tx, tx.governance().proposals().create(proposal).id()));
        return 1;
    }

    private void discuss(Tx tx, UUID proposal) {
        tx.governance().proposals().submitForReview(proposal);
        ReviewRepository reviews = tx.governance().reviews();
        UUID first = members.get(0).id();
        UUID review = reviews.create(proposal, first).id();
        reviews.start(review);
        UUID question = reviews.comments()
                .create(NewReviewComment.of(review, first, "Why another license?")
                        .kind(ReviewCommentKind.QUESTION)
                        .path("license"))
                .id();
        reviews.comments()
                .create(NewReviewComment.of(review, proposer.id(), "By mistake.")
                        .replyTo(question));
        UUID amendment = tx.governance()
                .amendments()
                .create(NewAmendment.of(
                                proposal, "The license stays", "It was free.", Json.parse("{\"license\": null}"))
                        .createdBy(first))
                .id();
        tx.governance().amendments().accept(amendment, proposer.id(), "Agreed.");
        reviews.comments().resolve(question, first);
        reviews.complete(review, ReviewDecision.APPROVE, "With the license as it was, fine.");
        reviews.create(proposal, members.get(1).id());
    }

    private void vote(Tx tx, UUID proposal, List<VoteChoice> choices) {
        tx.governance().proposals().submitForReview(proposal);
        tx.governance().proposals().openVoting(proposal, VOTING);
        for (int i = 0; i < choices.size(); i++) {
            tx.governance().proposals().vote(NewVote.of(proposal, members.get(i).id(), choices.get(i)));
        }
    }

    private static void end(Tx tx, UUID proposal, boolean isWithdrawn) {
        if (isWithdrawn) {
            tx.governance().proposals().withdraw(proposal);
        }
    }
}
