package dev.evalstore.examples;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.User;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.UserStatistics;
import dev.evalstore.governance.AmendmentRepository;
import dev.evalstore.governance.NewAmendment;
import dev.evalstore.governance.NewProposal;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.governance.NewReviewComment;
import dev.evalstore.governance.NewVote;
import dev.evalstore.governance.Proposal;
import dev.evalstore.governance.ProposalRepository;
import dev.evalstore.governance.ProposedDefinition;
import dev.evalstore.governance.ReviewComment;
import dev.evalstore.governance.ReviewCommentKind;
import dev.evalstore.governance.ReviewDecision;
import dev.evalstore.governance.ReviewRepository;
import dev.evalstore.governance.VoteChoice;
import dev.evalstore.testing.LocalServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Members propose a benchmark, review and amend it, and vote. What is approved becomes a definition; another proposal misses its
 * quorum. Takes as long as the voting, some seconds.
 */
public final class GovernanceTour {
    private static final Duration VOTING = Duration.ofSeconds(5);

    private final Database db;
    private final ProposalRepository proposals;
    private final ReviewRepository reviews;
    private final AmendmentRepository amendments;
    private final PrintStream out;

    GovernanceTour(Database db, PrintStream out) {
        this.db = db;
        this.proposals = db.governance().proposals();
        this.reviews = db.governance().reviews();
        this.amendments = db.governance().amendments();
        this.out = out;
    }

    /** Takes no arguments; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws InterruptedException {
        Usage.require(args.length == 0, "GovernanceTour, without arguments");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new GovernanceTour(db, System.out).run();
        }
    }

    void run() throws InterruptedException {
        User ada = user("ada");
        User bo = user("bo");
        User cy = user("cy");
        UUID sums = propose(ada);
        UUID review = review(sums, ada, bo);
        amend(sums, ada, cy);
        reviews.reopen(review);
        say(
                "review",
                "again: %s",
                reviews.complete(review, ReviewDecision.APPROVE, "With the license, fine.")
                        .decision());
        closeDiscussion(sums, review, cy);
        UUID policy = proposePolicy(ada);
        vote(sums, policy, bo, cy, user("di"));
        close(sums, policy, bo);
        implement(sums, ada);
        figures(ada, bo);
        history(sums);
    }

    private User user(String name) {
        return db.users().create(NewUser.of(name + "@example.org", name));
    }

    private UUID propose(User ada) {
        NewBenchmarkDefinition definition = NewBenchmarkDefinition.of(
                        "sums", "Sums", "Adds two numbers.", DefinitionCategory.ACCURACY, "Proprietary")
                .tags("maths", "draft");
        NewDefinitionVersion first = NewDefinitionVersion.of(
                "The first version.",
                PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy")
                        .range(0, 1));
        Proposal proposal = proposals.create(NewProposal.of(
                        "Adopt the sums",
                        "A benchmark of additions.",
                        "Nothing here asks for arithmetic.",
                        Subject.newBenchmark(ProposedDefinition.of(definition, "1.0.0", first)),
                        4)
                .createdBy(ada.id()));
        say(
                "propose",
                "%s, a %s by %s; quorum %s",
                proposal.title(),
                proposal.kind(),
                ada.username(),
                proposal.quorum());
        proposals.submitForReview(proposal.id());
        return proposal.id();
    }

    private UUID proposePolicy(User ada) {
        NewProposal policy = NewProposal.of(
                "Two reviews each",
                "Each proposal has two reviews before it is voted on.",
                "One reviewer overlooks much.",
                Subject.policyChange(),
                100);
        return proposals
                .submitForReview(proposals.create(policy.createdBy(ada.id())).id())
                .id();
    }

    private UUID review(UUID proposal, User ada, User bo) {
        try {
            reviews.create(proposal, ada.id());
        } catch (ConflictException e) {
            say("review", "%s made the proposal, and does not review it", ada.username());
        }
        UUID review = reviews.create(proposal, bo.id()).id();
        reviews.start(review);
        ReviewComment issue = reviews.comments()
                .create(NewReviewComment.of(review, bo.id(), "Nobody may run it under this license.")
                        .kind(ReviewCommentKind.ISSUE)
                        .path("license"));
        ReviewComment reply = reviews.comments()
                .create(NewReviewComment.of(review, ada.id(), "Right: propose another.")
                        .replyTo(issue.id()));
        say("comments", "%s on %s, and a reply at depth %s", issue.kind(), issue.path(), reply.depth());
        say(
                "review",
                "%s: %s",
                bo.username(),
                reviews.complete(review, ReviewDecision.REQUEST_CHANGES, "The license will not do.")
                        .decision());
        return review;
    }

    private void amend(UUID proposal, User ada, User cy) {
        UUID license = amendments
                .create(NewAmendment.of(
                                proposal,
                                "A free license",
                                "So that everybody may run it.",
                                Json.parse("{\"license\": \"CC0-1.0\", \"tags\": [\"maths\"]}"))
                        .createdBy(cy.id()))
                .id();
        amendments.accept(license, ada.id(), null);
        Json amended = Objects.requireNonNull(proposals.get(proposal).proposedDefinition());
        say(
                "amendment",
                "accepted, and applied: license %s, tags %s",
                amended.asMap().get("license"),
                amended.asMap().get("tags"));
        try {
            amendments.create(
                    NewAmendment.of(proposal, "Without a name", "Who needs names?", Json.parse("{\"name\": null}")));
        } catch (ConflictException e) {
            say("amendment", "one that leaves no definition is refused when it is proposed");
        }
    }

    private void closeDiscussion(UUID proposal, UUID review, User cy) {
        proposals.closeDiscussion(proposal);
        try {
            reviews.comments().create(NewReviewComment.of(review, cy.id(), "One more thing."));
        } catch (ConflictException e) {
            say("discussion", "closed; a late comment is refused");
        }
    }

    private void vote(UUID sums, UUID policy, User bo, User cy, User di) {
        proposals.openVoting(sums, VOTING);
        proposals.openVoting(policy, VOTING);
        proposals.vote(NewVote.of(sums, cy.id(), VoteChoice.REJECT));
        proposals.vote(NewVote.of(sums, bo.id(), VoteChoice.APPROVE).power(3));
        proposals.vote(NewVote.of(sums, di.id(), VoteChoice.ABSTAIN));
        proposals.vote(NewVote.of(policy, bo.id(), VoteChoice.APPROVE));
        Proposal voted =
                proposals.vote(NewVote.of(sums, cy.id(), VoteChoice.APPROVE).reasoning("Convinced."));
        say(
                "votes",
                "%s for, %s against, %s abstain; %s changed sides, and %s has power 3",
                voted.votesFor(),
                voted.votesAgainst(),
                voted.votesAbstain(),
                cy.username(),
                bo.username());
        try {
            proposals.close(sums);
        } catch (ConflictException e) {
            say("close", "not before the end, by the server's clock");
        }
    }

    /** As maintenance does. */
    private void close(UUID sums, UUID policy, User bo) throws InterruptedException {
        long closed = 0;
        while (closed < 2) {
            Thread.sleep(100);
            closed += proposals.closeDue(10).removed();
        }
        say(
                "outcome",
                "%s: %s",
                proposals.get(sums).title(),
                proposals.close(sums).outcome());
        say(
                "outcome",
                "%s: %s",
                proposals.get(policy).title(),
                proposals.close(policy).outcome());
        try {
            proposals.vote(NewVote.of(sums, bo.id(), VoteChoice.REJECT));
        } catch (ConflictException e) {
            say("votes", "a late one is refused");
        }
    }

    private void implement(UUID proposal, User ada) {
        UUID id = Objects.requireNonNull(proposals.implement(proposal, ada.id()).definitionId());
        BenchmarkDefinition definition = db.exchange().definitions().get(id);
        say("implement", "%s is a %s under %s", definition.slug(), definition.status(), definition.license());
        try {
            proposals.implement(proposal, ada.id());
        } catch (ConflictException e) {
            say("implement", "once");
        }
    }

    private void figures(User ada, User bo) {
        db.exchange().statistics().refresh();
        for (User user : List.of(ada, bo)) {
            UserStatistics figures = db.exchange().statistics().ofUser(user.id());
            say(
                    "statistics",
                    "%s: proposals %s, votes %s, reviews %s",
                    user.username(),
                    figures.proposals(),
                    figures.votes(),
                    figures.reviews());
        }
    }

    /** Nobody wrote these events: they came with the changes, in the same commits. */
    private void history(UUID proposal) {
        List<String> types =
                new ArrayList<>(db.events().ofAggregate("proposal", proposal.toString(), 100, null).items().stream()
                        .map(DomainEvent::eventType)
                        .map(type -> type.replace("proposal.", ""))
                        .toList());
        Collections.reverse(types);
        say("events", "%s", String.join(", ", types.subList(0, 4)));
        say("", "%s", String.join(", ", types.subList(4, types.size())));
    }

    private void say(String what, String text, @Nullable Object... values) {
        out.printf(Locale.ROOT, "%-14s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
