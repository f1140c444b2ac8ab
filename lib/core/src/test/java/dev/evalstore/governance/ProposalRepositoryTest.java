package dev.evalstore.governance;

import static dev.evalstore.governance.ReviewFixtures.conflict;
import static dev.evalstore.governance.ReviewFixtures.notFound;
import static dev.evalstore.governance.ReviewFixtures.refused;
import static dev.evalstore.governance.ReviewFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.governance.NewProposal.Rules;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalRepositoryTest {
    private static final Duration LONG = Duration.ofDays(7);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ReviewFixtures rows = new ReviewFixtures(database);
    private final ProposalRepository proposals = db.governance().proposals();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.votes; delete from evalstore.proposals");
    }

    private static NewProposal policy(long quorum) {
        return NewProposal.of("A title", "A description.", "A rationale.", Subject.policyChange(), quorum);
    }

    private UUID draft() {
        return proposals.create(policy(1)).id();
    }

    /** Voted on for a week from now. */
    private UUID voting(NewProposal proposal) {
        UUID id = proposals.create(proposal).id();
        proposals.submitForReview(id);
        return proposals.openVoting(id, LONG).id();
    }

    private Proposal vote(UUID id, VoteChoice choice, int power) {
        return proposals.vote(NewVote.of(id, rows.user(), choice).power(power));
    }

    /** As if its week had passed. */
    private void end(UUID id) {
        database.admin("update evalstore.proposals set voting_starts_at = now() - interval '8 days',"
                + " voting_ends_at = now() - interval '1 day' where id = '" + id + "'");
    }

    @Test
    void a_proposal_is_stored_as_a_draft_with_what_it_was_given() {
        UUID user = rows.user();
        NewProposal given = policy(7)
                .threshold(new BigDecimal("0.75"))
                .discussionUrl("https://example.org/talk")
                .createdBy(user);
        Proposal stored = proposals.create(given);
        assertThat(stored)
                .usingRecursiveComparison()
                .ignoringFields("id", "createdAt", "updatedAt")
                .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
                .isEqualTo(new Proposal(
                        stored.id(),
                        ProposalKind.POLICY_CHANGE,
                        "A title",
                        "A description.",
                        "A rationale.",
                        ProposalStatus.DRAFT,
                        null,
                        null,
                        null,
                        null,
                        0,
                        0,
                        0,
                        7,
                        new BigDecimal("0.75"),
                        null,
                        "https://example.org/talk",
                        false,
                        null,
                        null,
                        null,
                        user,
                        stored.createdAt(),
                        stored.updatedAt()));
        assertThat(proposals.get(stored.id())).isEqualTo(stored);
        assertThat(proposals.create(policy(1)).threshold()).isEqualByComparingTo("0.66");
        assertThat(stored.toString()).doesNotContain("title", "rationale");
        assertThat(given.toString()).doesNotContain("title", "rationale");
    }

    @Test
    void input_that_breaks_a_rule_is_refused_by_its_field() {
        NewProposal good = policy(1);
        refused("title", () -> NewProposal.of(" ", "d", "A rationale.", Subject.policyChange(), 1));
        refused("title", () -> NewProposal.of("x".repeat(201), "d", "A rationale.", Subject.policyChange(), 1));
        refused("title", () -> NewProposal.of("a\0", "d", "A rationale.", Subject.policyChange(), 1));
        refused("description", () -> NewProposal.of("t", "", "A rationale.", Subject.policyChange(), 1));
        refused("description", () -> UpdateProposal.NOTHING.description("x".repeat(20_001)));
        refused("rationale", () -> NewProposal.of("t", "d", "too short", Subject.policyChange(), 1));
        refused("quorum", () -> policy(0));
        refused("quorum", () -> new Rules(1_000_000_000_001L, BigDecimal.ONE));
        refused("threshold", () -> good.threshold(new BigDecimal("0.499999")));
        refused("threshold", () -> good.threshold(new BigDecimal("1.000001")));
        refused("threshold", () -> good.threshold(new BigDecimal("0.6666666")));
        refused("discussionUrl", () -> good.discussionUrl("ftp://example.org"));
        refused("notes", () -> UpdateProposal.NOTHING.notes(Patch.set("x".repeat(20_001))));
        refused("definitionId", () -> new Subject(ProposalKind.UPDATE_BENCHMARK, null, Json.EMPTY));
        refused("definitionId", () -> new Subject(ProposalKind.DEPRECATE_BENCHMARK, null, null));
        refused("definitionId", () -> new Subject(ProposalKind.POLICY_CHANGE, UUID.randomUUID(), null));
        refused("definitionId", () -> new Subject(ProposalKind.NEW_BENCHMARK, UUID.randomUUID(), Json.EMPTY));
        refused("proposedDefinition", () -> new Subject(ProposalKind.NEW_BENCHMARK, null, null));
        refused("proposedDefinition", () -> new Subject(ProposalKind.UPDATE_BENCHMARK, UUID.randomUUID(), null));
        refused(
                "proposedDefinition",
                () -> new Subject(ProposalKind.DEPRECATE_BENCHMARK, UUID.randomUUID(), Json.EMPTY));
        refused("proposedDefinition", () -> new Subject(ProposalKind.POLICY_CHANGE, null, Json.EMPTY));
        refused(
                "power",
                () -> NewVote.of(UUID.randomUUID(), UUID.randomUUID(), VoteChoice.APPROVE)
                        .power(0));
        refused(
                "power",
                () -> NewVote.of(UUID.randomUUID(), UUID.randomUUID(), VoteChoice.APPROVE)
                        .power(1_000_001));
        refused(
                "reasoning",
                () -> NewVote.of(UUID.randomUUID(), UUID.randomUUID(), VoteChoice.APPROVE)
                        .reasoning("x".repeat(5_001)));
        refused("limit", () -> proposals.closeDue(0));
    }

    /** What another program writes is held by the table itself. */
    @Test
    void the_table_refuses_by_name_what_the_library_does() throws SQLException {
        UUID id = voting(policy(2));
        UUID user = rows.user();
        UUID definition = rows.proposal(user);
        Map<String, String> changes = Map.ofEntries(
                Map.entry("kind = 'other'", "proposals_kind_valid"),
                Map.entry("kind = 'new_benchmark'", "proposals_fields_of_kind"),
                Map.entry("proposed_definition = '{}'", "proposals_fields_of_kind"),
                Map.entry("status = 'other'", "proposals_status_valid"),
                Map.entry("status = 'draft'", "proposals_window_when_voted"),
                Map.entry("status = 'approved'", "proposals_outcome_when_closed"),
                Map.entry("outcome = 'quorum_not_met'", "proposals_outcome_when_closed"),
                Map.entry("outcome = 'approved', status = 'approved'", "proposals_outcome_by_votes"),
                Map.entry("outcome = 'rejected', status = 'rejected'", "proposals_outcome_by_votes"),
                Map.entry("voting_ends_at = voting_starts_at", "proposals_window_order"),
                Map.entry("votes_for = -1", "proposals_votes_range"),
                Map.entry("quorum = 0", "proposals_quorum_range"),
                Map.entry("threshold = 0.4", "proposals_threshold_range"),
                Map.entry("title = ' '", "proposals_title_length"),
                Map.entry("rationale = 'short'", "proposals_rationale_length"),
                Map.entry("description = ''", "proposals_description_length"),
                Map.entry("notes = ''", "proposals_notes_length"),
                Map.entry("discussion_url = 'x'", "proposals_discussion_url_format"),
                Map.entry("implemented_at = now()", "proposals_implemented_when_approved"),
                Map.entry("implemented_by = '" + user + "'", "proposals_implementer_when_implemented"),
                Map.entry("created_by = '" + id + "'", "proposals_created_by_fk"));
        for (Map.Entry<String, String> change : changes.entrySet()) {
            assertThat(rows.violated("update evalstore.proposals set " + change.getKey() + " where id = '" + id + "'"))
                    .as(change.getKey())
                    .isEqualTo(change.getValue());
        }
        assertThat(rows.violated(
                        "update evalstore.proposals set proposed_definition = '[]' where id = '" + definition + "'"))
                .isEqualTo("proposals_proposed_definition_object");
        assertThat(rows.violated("update evalstore.proposals set votes_for = 1 where id = '" + definition + "'"))
                .isEqualTo("proposals_votes_when_voted");
        String insert = "insert into evalstore.votes (proposal_id, user_id, choice, power, reasoning) values ('" + id
                + "', '" + user + "', ";
        assertThat(rows.violated(insert + "'maybe', 1, null)")).isEqualTo("votes_choice_valid");
        assertThat(rows.violated(insert + "'approve', 0, null)")).isEqualTo("votes_power_range");
        assertThat(rows.violated(insert + "'approve', 1, ' ')")).isEqualTo("votes_reasoning_length");
    }

    @Test
    void a_draft_changes_and_nothing_else_does() {
        UUID id = draft();
        Proposal changed = proposals.update(
                id,
                UpdateProposal.NOTHING
                        .title("Another")
                        .description("Another description.")
                        .rationale("Another rationale.")
                        .quorum(9)
                        .threshold(BigDecimal.ONE)
                        .discussionUrl(Patch.set("http://example.org"))
                        .notes(Patch.set("A note.")));
        assertThat(changed)
                .extracting(Proposal::title, Proposal::quorum, Proposal::notes)
                .containsExactly("Another", 9L, "A note.");
        assertThat(proposals
                        .update(id, UpdateProposal.NOTHING.notes(Patch.clear()))
                        .notes())
                .isNull();
        refused(
                "proposedDefinition",
                () -> proposals.update(id, UpdateProposal.NOTHING.proposedDefinition(Json.EMPTY)));
        for (String status : ReviewFixtures.STATUSES.subList(1, 6)) {
            UUID other = draft();
            rows.status(other, status);
            conflict("is " + status, () -> proposals.update(other, UpdateProposal.NOTHING.title("New")));
        }
        notFound(() -> proposals.update(UUID.randomUUID(), UpdateProposal.NOTHING.title("New")));
    }

    @Test
    void a_status_moves_only_from_those_that_the_verb_names() {
        for (String status : ReviewFixtures.STATUSES) {
            check(status, "draft", id -> proposals.submitForReview(id));
            check(status, "under_review", id -> proposals.returnToDraft(id, "It is too vague."));
            check(status, "under_review", id -> proposals.openVoting(id, LONG));
            check(status, "draft under_review voting", id -> proposals.withdraw(id));
            check(status, "approved", id -> proposals.implement(id, null));
            check(status, "voting", id -> vote(id, VoteChoice.APPROVE, 1));
            check(status, "voting", id -> proposals.withdrawVote(id, rows.user()));
            check(status, "approved rejected", id -> proposals.close(id));
        }
        notFound(() -> proposals.submitForReview(UUID.randomUUID()));
        notFound(() -> proposals.openVoting(UUID.randomUUID(), LONG));
        notFound(() -> proposals.withdraw(UUID.randomUUID()));
        notFound(() -> proposals.close(UUID.randomUUID()));
        notFound(() -> proposals.implement(UUID.randomUUID(), null));
        notFound(() -> vote(UUID.randomUUID(), VoteChoice.APPROVE, 1));
        refused("reason", () -> proposals.returnToDraft(draft(), "short"));
    }

    private void check(String status, String admitted, java.util.function.Function<UUID, Object> verb) {
        UUID id = draft();
        rows.status(id, status);
        if (List.of(admitted.split(" ")).contains(status)) {
            assertThat(verb.apply(id)).as(status).isNotNull();
        } else {
            conflict("is " + (status.equals("voting") ? "vot" : status), () -> verb.apply(id));
        }
    }

    @Test
    void a_voting_has_a_window_that_the_servers_clock_can_meet() {
        UUID id = proposals.submitForReview(draft()).id();
        Instant now = Instant.now();
        refused("votingEndsAt", () -> proposals.openVoting(id, now, now));
        refused("votingEndsAt", () -> proposals.openVoting(id, now, now.plusNanos(1)));
        refused("votingEndsAt", () -> proposals.openVoting(id, now.minus(LONG).minus(LONG), now.minus(LONG)));
        refused("votingStartsAt", () -> proposals.openVoting(id, Instant.MIN, now));
        refused("length", () -> proposals.openVoting(id, Duration.ZERO));
        refused("length", () -> proposals.openVoting(id, Duration.ofNanos(1)));
        Proposal open = proposals.openVoting(id, now.minus(LONG), now.plus(LONG));
        assertThat(Objects.requireNonNull(open.votingStartsAt()))
                .as("no vote was taken before")
                .isAfter(now.minus(LONG));
        assertThat(vote(id, VoteChoice.APPROVE, 1).votesFor()).isEqualTo(1);

        UUID later = proposals.submitForReview(draft()).id();
        proposals.openVoting(later, now.plus(LONG), now.plus(LONG).plus(LONG));
        conflict("not voted on yet", () -> vote(later, VoteChoice.APPROVE, 1));
        conflict("not voted on yet", () -> proposals.withdrawVote(later, rows.user()));
        conflict("is voted on", () -> proposals.close(later));
        assertThat(proposals.withdraw(later).status()).isEqualTo(ProposalStatus.WITHDRAWN);
    }

    @Test
    void after_its_window_nothing_changes_what_the_votes_came_to() {
        UUID id = voting(policy(1));
        UUID user = rows.user();
        proposals.vote(NewVote.of(id, user, VoteChoice.APPROVE));
        end(id);
        conflict("not voted on any more", () -> vote(id, VoteChoice.REJECT, 9));
        conflict("not voted on any more", () -> proposals.vote(NewVote.of(id, user, VoteChoice.REJECT)));
        conflict("not voted on any more", () -> proposals.withdrawVote(id, user));
        conflict("not voted on any more", () -> proposals.withdraw(id));
        Proposal closed = proposals.close(id);
        assertThat(closed)
                .extracting(Proposal::status, Proposal::outcome, Proposal::votesFor)
                .containsExactly(ProposalStatus.APPROVED, ProposalOutcome.APPROVED, 1L);
        assertThat(proposals.close(id)).isEqualTo(closed);
        conflict("is approved", () -> vote(id, VoteChoice.REJECT, 9));
    }

    @Test
    void a_vote_counts_by_its_power_and_changes_and_goes() {
        UUID id = voting(policy(1));
        UUID user = rows.user();
        NewVote first = NewVote.of(id, user, VoteChoice.APPROVE).power(5).reasoning("It is due.");
        assertThat(proposals.vote(first).votesFor()).isEqualTo(5);
        Vote stored = proposals.findVote(id, user).orElseThrow();
        assertThat(stored)
                .extracting(Vote::choice, Vote::power, Vote::reasoning)
                .containsExactly(VoteChoice.APPROVE, 5, "It is due.");
        assertThat(stored.toString()).doesNotContain("due");
        assertThat(first.toString()).doesNotContain("due");

        Proposal same = proposals.vote(first);
        assertThat(same).isEqualTo(proposals.get(id));
        assertThat(proposals.findVote(id, user)).contains(stored);

        assertThat(counts(proposals.vote(first.power(7)))).containsExactly(7L, 0L, 0L);
        assertThat(counts(proposals.vote(NewVote.of(id, user, VoteChoice.REJECT).power(7))))
                .containsExactly(0L, 7L, 0L);
        assertThat(proposals.findVote(id, user).orElseThrow())
                .extracting(Vote::reasoning, Vote::createdAt)
                .containsExactly(null, stored.createdAt());
        assertThat(counts(vote(id, VoteChoice.ABSTAIN, 1_000_000))).containsExactly(0L, 7L, 1_000_000L);
        assertThat(proposals.withdrawVote(id, user)).isTrue();
        assertThat(proposals.withdrawVote(id, user)).isFalse();
        assertThat(counts(proposals.get(id))).containsExactly(0L, 0L, 1_000_000L);
        assertThat(proposals.findVote(id, user)).isEmpty();
        violates("votes_user_fk", () -> proposals.vote(NewVote.of(id, UUID.randomUUID(), VoteChoice.APPROVE)));
    }

    private static List<Long> counts(Proposal proposal) {
        return List.of(proposal.votesFor(), proposal.votesAgainst(), proposal.votesAbstain());
    }

    @Test
    void inactive_users_neither_propose_vote_nor_implement() {
        UUID user = rows.user();
        UUID id = voting(policy(1));
        proposals.vote(NewVote.of(id, user, VoteChoice.APPROVE));
        rows.deactivate(user);
        conflict("not active", () -> proposals.create(policy(1).createdBy(user)));
        conflict("not active", () -> proposals.vote(NewVote.of(id, user, VoteChoice.REJECT)));
        conflict("not active", () -> proposals.implement(id, user));
        assertThat(proposals.withdrawVote(id, user)).isTrue();
        violates("proposals_created_by_fk", () -> proposals.create(policy(1).createdBy(UUID.randomUUID())));
        violates(
                "proposals_definition_fk",
                () -> proposals.create(
                        NewProposal.of("t", "d", "A rationale.", Subject.deprecateBenchmark(UUID.randomUUID()), 1)));
    }

    /** Of turnout with abstentions, then the share of those for it, both sides counted exactly. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 1, 0.66, QUORUM_NOT_MET",
        "9, 0, 0, 10, 0.66, QUORUM_NOT_MET",
        "9, 0, 1, 10, 0.66, APPROVED",
        "0, 0, 10, 10, 0.66, REJECTED",
        "66, 34, 0, 1, 0.66, APPROVED",
        "65, 35, 0, 1, 0.66, REJECTED",
        "659999, 340001, 0, 1, 0.66, REJECTED",
        "2, 1, 0, 1, 0.666666, APPROVED",
        "2, 1, 0, 1, 0.666667, REJECTED",
        "1, 1, 0, 1, 0.5, APPROVED",
        "499999, 500001, 0, 1, 0.5, REJECTED",
        "5, 0, 0, 1, 1, APPROVED",
        "999999, 1, 0, 1, 1, REJECTED",
        "0, 1, 0, 1, 0.5, REJECTED",
        "7, 3, 1000000, 1000010, 0.7, APPROVED",
        "7, 3, 999999, 1000010, 0.7, QUORUM_NOT_MET"
    })
    void a_proposal_is_approved_by_enough_power(
            int approve, int reject, int abstain, long quorum, BigDecimal threshold, ProposalOutcome outcome) {
        UUID id = voting(policy(quorum).threshold(threshold));
        Map.of(VoteChoice.APPROVE, approve, VoteChoice.REJECT, reject, VoteChoice.ABSTAIN, abstain)
                .forEach((choice, power) -> {
                    if (power > 0) {
                        vote(id, choice, power);
                    }
                });
        end(id);
        Proposal closed = proposals.close(id);
        assertThat(closed.outcome()).isEqualTo(outcome);
        assertThat(closed.status())
                .isEqualTo(outcome == ProposalOutcome.APPROVED ? ProposalStatus.APPROVED : ProposalStatus.REJECTED);
    }

    /** Counts beyond what a double tells apart. */
    @Test
    void the_share_is_computed_exactly() {
        long most = 9_007_199_254_740_993L;
        BigDecimal half = new BigDecimal("0.5");
        assertThat(Voting.outcome(most, most, 0, 1, half)).isEqualTo(ProposalOutcome.APPROVED);
        assertThat(Voting.outcome(most, most + 1, 0, 1, half)).isEqualTo(ProposalOutcome.REJECTED);
        assertThat(Voting.outcome(most - 1, most, 0, 1, half)).isEqualTo(ProposalOutcome.REJECTED);
    }

    @Test
    void a_proposal_that_somebody_has_locked_keeps_no_other_open() throws SQLException {
        UUID locked = voting(policy(1));
        UUID free = voting(policy(1));
        end(locked);
        end(free);
        db.<SQLException>useTransaction(tx -> {
            try (Statement statement = tx.connection().createStatement()) {
                statement.execute("select from evalstore.proposals where id = '" + locked + "' for update");
            }
            assertThat(proposals.closeDue(1_000)).isEqualTo(new Cleanup(1, false));
            assertThat(proposals.get(free).outcome()).isNotNull();
        });
        assertThat(proposals.closeDue(1_000)).isEqualTo(new Cleanup(1, false));
        assertThat(proposals.get(locked).outcome()).isNotNull();
    }

    @Test
    void what_is_due_is_closed_in_the_order_of_its_end() {
        List<UUID> due = Stream.generate(() -> voting(policy(1))).limit(5).toList();
        UUID open = voting(policy(1));
        for (int i = 0; i < due.size(); i++) {
            end(due.get(i));
            database.admin("update evalstore.proposals set voting_ends_at = voting_ends_at + interval '" + i
                    + " seconds' where id = '" + due.get(i) + "'");
        }
        assertThat(proposals.list(ProposalFilter.ALL.due(), 10, null).items()).hasSize(5);
        assertThat(proposals.closeDue(2)).isEqualTo(new Cleanup(2, true));
        assertThat(due.stream().map(id -> proposals.get(id).status()))
                .containsExactly(
                        ProposalStatus.REJECTED,
                        ProposalStatus.REJECTED,
                        ProposalStatus.VOTING,
                        ProposalStatus.VOTING,
                        ProposalStatus.VOTING);
        assertThat(db.maintenance().runOnce().steps())
                .filteredOn(step -> step.name().equals("proposals.due"))
                .singleElement()
                .satisfies(step -> assertThat(step.count()).isEqualTo(3));
        assertThat(proposals.closeDue(1_000)).isEqualTo(Cleanup.NOTHING);
        assertThat(proposals.get(open).status()).isEqualTo(ProposalStatus.VOTING);
    }

    @Test
    void filters_add_up() {
        UUID user = rows.user();
        UUID draft = proposals.create(policy(1).createdBy(user)).id();
        UUID voted = voting(policy(1));
        proposals.vote(NewVote.of(voted, user, VoteChoice.APPROVE));
        UUID closed = voting(policy(1));
        end(closed);
        proposals.close(closed);
        UUID fresh = rows.proposal(null);
        Instant now = Instant.now();
        Map<ProposalFilter, List<UUID>> expected = Map.ofEntries(
                Map.entry(ProposalFilter.ALL, List.of(draft, voted, closed, fresh)),
                Map.entry(ProposalFilter.ALL.kind(ProposalKind.NEW_BENCHMARK), List.of(fresh)),
                Map.entry(ProposalFilter.ALL.status(ProposalStatus.DRAFT), List.of(draft)),
                Map.entry(ProposalFilter.ALL.outcome(ProposalOutcome.QUORUM_NOT_MET), List.of(closed)),
                Map.entry(ProposalFilter.ALL.createdBy(user), List.of(draft)),
                Map.entry(ProposalFilter.ALL.createdBy(user).acceptsVotes(), List.of()),
                Map.entry(ProposalFilter.ALL.acceptsVotes(), List.of(voted)),
                Map.entry(ProposalFilter.ALL.acceptsVotes().notVotedBy(user), List.of()),
                Map.entry(ProposalFilter.ALL.notVotedBy(user), List.of(draft, closed, fresh)),
                Map.entry(ProposalFilter.ALL.due(), List.of()),
                Map.entry(ProposalFilter.ALL.definition(UUID.randomUUID()), List.of()),
                Map.entry(ProposalFilter.ALL.implemented(true), List.of()),
                Map.entry(ProposalFilter.ALL.implemented(false), List.of(draft, voted, closed, fresh)),
                Map.entry(ProposalFilter.ALL.votingEnds(now, null), List.of(voted)),
                Map.entry(ProposalFilter.ALL.votingEnds(null, now), List.of(closed)),
                Map.entry(ProposalFilter.ALL.created(now.plusSeconds(60), null), List.of()));
        expected.forEach((filter, ids) -> {
            assertThat(ids(filter)).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(proposals.count(filter)).isEqualTo(ids.size());
        });
    }

    /** By pages of two. */
    private List<UUID> ids(ProposalFilter filter) {
        List<UUID> ids = new ArrayList<>();
        @Nullable Cursor after = null;
        do {
            Page<Proposal> page = proposals.list(filter, 2, after);
            page.items().forEach(proposal -> ids.add(proposal.id()));
            after = page.next();
        } while (after != null);
        return ids;
    }

    @Test
    void votes_are_listed_of_a_proposal_and_of_a_user() {
        UUID first = voting(policy(1));
        UUID second = voting(policy(1));
        UUID anna = rows.user();
        UUID berta = rows.user();
        proposals.vote(NewVote.of(first, anna, VoteChoice.APPROVE).reasoning("Why not."));
        proposals.vote(NewVote.of(first, berta, VoteChoice.REJECT));
        proposals.vote(NewVote.of(second, anna, VoteChoice.ABSTAIN));

        Page<Vote> page = proposals.votes(first, VoteFilter.ALL, 1, null);
        assertThat(page.items()).extracting(Vote::userId).containsExactly(berta);
        assertThat(proposals.votes(first, VoteFilter.ALL, 1, page.next()).items())
                .extracting(Vote::userId)
                .containsExactly(anna);
        assertThat(proposals.votesOf(anna, VoteFilter.ALL, 10, null).items())
                .extracting(Vote::proposalId)
                .containsExactly(second, first);
        assertThat(proposals
                        .votes(first, VoteFilter.ALL.choice(VoteChoice.REJECT), 10, null)
                        .items())
                .extracting(Vote::userId)
                .containsExactly(berta);
        assertThat(proposals.countVotes(first, VoteFilter.ALL)).isEqualTo(2);
        assertThat(proposals.countVotes(first, VoteFilter.ALL.reasoned(true))).isEqualTo(1);
        assertThat(proposals.countVotes(first, VoteFilter.ALL.reasoned(false))).isEqualTo(1);
        assertThat(proposals.countVotes(
                        first, VoteFilter.ALL.created(Instant.now().plusSeconds(60), null)))
                .isZero();
        assertThat(proposals
                        .votesOf(UUID.randomUUID(), VoteFilter.ALL, 10, null)
                        .items())
                .isEmpty();
        refused("cursor", () -> proposals.votesOf(anna, VoteFilter.ALL, 1, page.next()));
    }

    @Test
    void a_discussion_closes_and_opens_once() {
        UUID id = draft();
        assertThat(proposals.closeDiscussion(id).discussionClosed()).isTrue();
        conflict("closed discussion", () -> proposals.closeDiscussion(id));
        assertThat(proposals.reopenDiscussion(id).discussionClosed()).isFalse();
        conflict("open discussion", () -> proposals.reopenDiscussion(id));
        notFound(() -> proposals.closeDiscussion(UUID.randomUUID()));
    }

    @Test
    void every_step_is_audited_and_emits_one_event_and_a_vote_emits_none() {
        ProposalRepository acting = db.actingAs(Actor.SYSTEM).governance().proposals();
        UUID id = acting.create(policy(1)).id();
        acting.update(id, UpdateProposal.NOTHING.title("Other"));
        acting.update(id, UpdateProposal.NOTHING.title("Other"));
        acting.submitForReview(id);
        acting.returnToDraft(id, "It is too vague.");
        acting.submitForReview(id);
        acting.closeDiscussion(id);
        acting.reopenDiscussion(id);
        acting.openVoting(id, LONG);
        UUID user = rows.user();
        acting.vote(NewVote.of(id, user, VoteChoice.APPROVE));
        acting.vote(NewVote.of(id, user, VoteChoice.REJECT));
        acting.withdrawVote(id, user);
        acting.vote(NewVote.of(id, user, VoteChoice.APPROVE));
        end(id);
        acting.close(id);
        acting.close(id);
        acting.implement(id, null);
        assertThat(rows.events(id))
                .containsExactly(
                        "proposal.created",
                        "proposal.updated",
                        "proposal.submitted_for_review",
                        "proposal.returned_to_draft",
                        "proposal.submitted_for_review",
                        "proposal.discussion_closed",
                        "proposal.discussion_reopened",
                        "proposal.voting_opened",
                        "proposal.approved",
                        "proposal.implemented");
        assertThat(audited("proposal", id.toString()))
                .containsExactlyInAnyOrder(
                        "create",
                        "update",
                        "submit_for_review",
                        "return_to_draft",
                        "submit_for_review",
                        "close_discussion",
                        "reopen_discussion",
                        "open_voting",
                        "approve",
                        "implement");
        assertThat(audited("vote", id + "/" + user))
                .containsExactlyInAnyOrder("create", "change", "withdraw", "create");
        UUID rejected = acting.create(policy(1)).id();
        acting.submitForReview(rejected);
        acting.openVoting(rejected, LONG);
        end(rejected);
        acting.closeDue(10);
        UUID withdrawn = acting.create(policy(1)).id();
        acting.withdraw(withdrawn);
        assertThat(rows.events(rejected)).last().isEqualTo("proposal.rejected");
        assertThat(rows.events(withdrawn)).last().isEqualTo("proposal.withdrawn");
    }

    private List<String> audited(String entity, String id) {
        return db.audit().list(AuditFilter.ALL.entity(entity, id)).items().stream()
                .map(AuditEntry::action)
                .toList();
    }

    @Test
    void the_event_of_an_outcome_says_what_the_votes_came_to_and_nobodys_texts() {
        UUID id = voting(policy(3).createdBy(rows.user()));
        vote(id, VoteChoice.APPROVE, 3);
        end(id);
        proposals.close(id);
        Map<String, Object> told = Json.parse(database.value(
                        "select payload::text from evalstore.domain_events where event_type = 'proposal.approved'"
                                + " and aggregate_id = '" + id + "'"))
                .asMap();
        assertThat(told)
                .containsEntry("kind", "POLICY_CHANGE")
                .containsEntry("status", "APPROVED")
                .containsEntry("outcome", "APPROVED")
                .containsEntry("votesFor", 3)
                .containsEntry("quorum", 3)
                .doesNotContainKeys("title", "description", "rationale", "proposedDefinition", "notes");
    }
}
