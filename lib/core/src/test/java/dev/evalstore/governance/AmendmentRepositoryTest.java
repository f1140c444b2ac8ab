package dev.evalstore.governance;

import static dev.evalstore.governance.ReviewFixtures.conflict;
import static dev.evalstore.governance.ReviewFixtures.notFound;
import static dev.evalstore.governance.ReviewFixtures.refused;
import static dev.evalstore.governance.ReviewFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amendments: when they are taken and decided, and that an accepted one is in the proposal by the same commit. */
class AmendmentRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final AmendmentRepository amendments = db.governance().amendments();
    private final ReviewFixtures rows = new ReviewFixtures(database);
    private UUID ada;
    private UUID bob;
    private UUID proposal;

    @BeforeEach
    void aProposalOfAda() {
        ada = rows.user();
        bob = rows.user();
        proposal = rows.proposal(ada);
    }

    private NewAmendment amendment(String changes) {
        return NewAmendment.of(proposal, "A title", "What and why.", Json.parse(changes))
                .createdBy(bob);
    }

    private Map<String, Object> definition(UUID id) {
        return Objects.requireNonNull(db.governance().proposals().get(id).proposedDefinition())
                .asMap();
    }

    @Test
    void an_accepted_amendment_is_applied_to_the_proposal() {
        ProposalAmendment created = amendments.create(
                amendment("{\"license\": \"MIT\", \"tags\": null, \"version\": {\"changelog\": \"More cases.\"}}"));
        assertThat(created.status()).isEqualTo(AmendmentStatus.PROPOSED);
        assertThat(created.title()).isEqualTo("A title");
        assertThat(created.description()).isEqualTo("What and why.");
        assertThat(created.createdBy()).isEqualTo(bob);
        assertThat(created.decidedAt()).isNull();
        assertThat(amendments.get(created.id())).isEqualTo(created);
        assertThat(created.toString()).doesNotContain("title");
        Map<String, Object> before = definition(proposal);
        assertThat(before).containsEntry("license", "Apache-2.0").containsKey("tags");

        ProposalAmendment accepted = amendments.accept(created.id(), ada, "Agreed.");

        assertThat(accepted.status()).isEqualTo(AmendmentStatus.ACCEPTED);
        assertThat(accepted.decidedBy()).isEqualTo(ada);
        assertThat(accepted.decidedAt()).isNotNull();
        assertThat(accepted.reason()).isEqualTo("Agreed.");
        assertThat(definition(proposal))
                .containsEntry("license", "MIT")
                .doesNotContainKey("tags")
                .containsEntry("slug", before.get("slug"));
        Map<?, ?> version = (Map<?, ?>) definition(proposal).get("version");
        assertThat(version.get("changelog")).isEqualTo("More cases.");
        assertThat(version.get("number")).isEqualTo("1.0.0");
        assertThat(rows.events(proposal)).endsWith("proposal.amended");
    }

    @Test
    void an_accepted_amendment_that_changes_nothing_appends_no_event() {
        List<String> before = rows.events(proposal);
        UUID same =
                amendments.create(amendment("{\"license\": \"Apache-2.0\"}")).id();
        assertThat(amendments.accept(same, ada, null).status()).isEqualTo(AmendmentStatus.ACCEPTED);
        assertThat(rows.events(proposal)).isEqualTo(before);
    }

    /** Numbers are texts of digits for whoever counts them, and no doubles on the way. */
    @Test
    void what_an_amendment_does_not_name_keeps_its_digits() {
        database.admin("update evalstore.proposals set proposed_definition = jsonb_set(proposed_definition,"
                + " '{version,primaryMetric,rangeMax}', '0.10000000000000000001') where id = '" + proposal + "'");
        amendments.accept(amendments.create(amendment("{\"name\": \"Sums\"}")).id(), ada, null);
        assertThat(database.value("select proposed_definition #>> '{version,primaryMetric,rangeMax}'"
                        + " from evalstore.proposals where id = '" + proposal + "'"))
                .isEqualTo("0.10000000000000000001");
    }

    @Test
    void amendments_are_applied_one_upon_the_other() {
        UUID first = amendments
                .create(amendment("{\"name\": \"Sums One\", \"license\": \"MIT\"}"))
                .id();
        UUID second = amendments.create(amendment("{\"name\": \"Sums Two\"}")).id();
        amendments.accept(second, ada, null);
        assertThat(definition(proposal)).containsEntry("name", "Sums Two");
        amendments.accept(first, ada, null);
        assertThat(definition(proposal)).containsEntry("name", "Sums One").containsEntry("license", "MIT");
    }

    @Test
    void a_rejected_or_withdrawn_amendment_changes_nothing_and_is_decided_for_good() {
        Map<String, Object> before = definition(proposal);
        ProposalAmendment rejected = amendments.reject(
                amendments.create(amendment("{\"name\": \"Sums x\"}")).id(), ada, "It says nothing.");
        assertThat(rejected.status()).isEqualTo(AmendmentStatus.REJECTED);
        assertThat(rejected.decidedBy()).isEqualTo(ada);
        assertThat(rejected.reason()).isEqualTo("It says nothing.");
        ProposalAmendment withdrawn = amendments.withdraw(
                amendments.create(amendment("{\"name\": \"Sums y\"}")).id());
        assertThat(withdrawn.status()).isEqualTo(AmendmentStatus.WITHDRAWN);
        assertThat(withdrawn.decidedBy()).isNull();
        assertThat(withdrawn.decidedAt()).isNotNull();
        ProposalAmendment accepted = amendments.accept(
                amendments
                        .create(amendment("{\"name\": null, \"name\": \"Sums\"}"))
                        .id(),
                ada,
                null);
        assertThat(definition(proposal).keySet()).isEqualTo(before.keySet());

        for (ProposalAmendment decided : List.of(rejected, withdrawn, accepted)) {
            String state = "is " + decided.status().name().toLowerCase(Locale.ROOT);
            conflict(state + ": cannot accept", () -> amendments.accept(decided.id(), ada, null));
            conflict(state + ": cannot reject", () -> amendments.reject(decided.id(), ada, "No."));
            conflict(state + ": cannot withdraw", () -> amendments.withdraw(decided.id()));
        }
        notFound(() -> amendments.accept(UUID.randomUUID(), ada, null));
        notFound(() -> amendments.reject(UUID.randomUUID(), ada, "No."));
        notFound(() -> amendments.withdraw(UUID.randomUUID()));
    }

    /** What is voted on does not change, and what is decided does not either. */
    @Test
    void amendments_are_taken_and_accepted_under_review_alone() {
        UUID id = amendments.create(amendment("{\"name\": \"Sums x\"}")).id();
        Map<String, Object> before = definition(proposal);
        for (String status : ReviewFixtures.STATUSES) {
            if (status.equals("under_review")) {
                continue;
            }
            rows.status(proposal, status);
            conflict("is " + status + ": cannot amend", () -> amendments.create(amendment("{\"name\": \"Sums y\"}")));
            conflict("is " + status + ": cannot amend", () -> amendments.accept(id, ada, null));
        }
        assertThat(definition(proposal)).isEqualTo(before);
        assertThat(amendments.get(id).status()).isEqualTo(AmendmentStatus.PROPOSED);
        assertThat(amendments.reject(id, ada, "Too late.").status()).isEqualTo(AmendmentStatus.REJECTED);
    }

    @Test
    void a_closed_discussion_takes_no_amendment_and_decides_about_those_there_are() {
        UUID id = amendments.create(amendment("{\"name\": \"Sums x\"}")).id();
        db.governance().proposals().closeDiscussion(proposal);
        conflict("has a closed discussion: cannot amend", () -> amendments.create(amendment("{\"name\": \"Sums y\"}")));
        assertThat(amendments.accept(id, ada, null).status()).isEqualTo(AmendmentStatus.ACCEPTED);
    }

    @Test
    void a_proposal_without_a_definition_is_not_amended() {
        UUID policy = rows.policy(ada);
        conflict(
                "proposes no definition: cannot amend",
                () -> amendments.create(NewAmendment.of(policy, "t", "d", Json.parse("{\"name\": \"Sums x\"}"))));
        notFound(() ->
                amendments.create(NewAmendment.of(UUID.randomUUID(), "t", "d", Json.parse("{\"name\": \"Sums x\"}"))));
    }

    /** The definition would not be created by what comes out. */
    @Test
    void changes_that_leave_no_definition_are_refused_when_proposed_and_when_accepted() {
        for (String bad : List.of(
                "{\"slug\": null}", "{\"category\": \"odd\"}", "{\"colour\": \"red\"}", "{\"version\": null}")) {
            conflict("cannot be amended so: proposedDefinition", () -> amendments.create(amendment(bad)));
        }
        UUID first =
                amendments.create(amendment("{\"citation\": {\"year\": 2020}}")).id();
        UUID second = amendments
                .create(amendment("{\"documentationUrl\": \"https://example.org\"}"))
                .id();
        database.admin("update evalstore.proposals set proposed_definition = proposed_definition - 'slug' where id = '"
                + proposal + "'");
        conflict("cannot be amended so: proposedDefinition", () -> amendments.accept(first, ada, null));
        assertThat(amendments.get(first).status()).isEqualTo(AmendmentStatus.PROPOSED);
        assertThat(amendments.get(second).status()).isEqualTo(AmendmentStatus.PROPOSED);
        assertThat(rows.events(proposal)).doesNotContain("proposal.amended");
    }

    /** Each is applied to what the one before has left: none is lost. */
    @Test
    void amendments_that_are_accepted_at_once_are_all_in_the_proposal_and_each_once() throws Exception {
        List<String> members = List.of("name", "description", "license", "longDescription", "licenseText");
        List<UUID> ids = members.stream()
                .map(member -> amendments
                        .create(amendment("{\"" + member + "\": \"by an amendment\"}"))
                        .id())
                .toList();

        List<Boolean> accepted = Threads.together(3 * ids.size(), i -> () -> {
            try {
                amendments.accept(ids.get(i % ids.size()), ada, null);
                return true;
            } catch (ConflictException e) {
                return false;
            }
        });

        assertThat(accepted).filteredOn(Boolean::booleanValue).hasSameSizeAs(ids);
        Map<String, Object> definition = definition(proposal);
        assertThat(members).allSatisfy(member -> assertThat(definition).containsEntry(member, "by an amendment"));
        assertThat(rows.events(proposal)).filteredOn("proposal.amended"::equals).hasSameSizeAs(ids);
    }

    @Test
    void an_amendment_that_waits_for_the_opening_of_the_voting_is_refused() throws Exception {
        UUID id = amendments.create(amendment("{\"name\": \"Sums x\"}")).id();
        CompletableFuture<ProposalAmendment> late = new CompletableFuture<>();
        db.useTransaction(tx -> {
            tx.governance().proposals().openVoting(proposal, Duration.ofHours(1));
            late.completeAsync(() -> amendments.accept(id, ada, null));
            database.awaitBlocked();
        });
        conflict("is voting: cannot amend", () -> {
            try {
                late.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
        assertThat(amendments.get(id).status()).isEqualTo(AmendmentStatus.PROPOSED);
    }

    @Test
    void filters_show_what_they_name() {
        ProposalAmendment first = amendments.create(amendment("{\"name\": \"Sums x\"}"));
        ProposalAmendment second = amendments.create(
                NewAmendment.of(proposal, "Of the platform", "What and why.", Json.parse("{\"name\": \"Sums y\"}")));
        ProposalAmendment withdrawn = amendments.withdraw(second.id());
        AmendmentFilter here = AmendmentFilter.ALL.proposal(proposal);
        assertThat(amendments.list(here).items()).containsExactly(withdrawn, first);
        assertThat(amendments.list(here.status(AmendmentStatus.PROPOSED)).items())
                .containsExactly(first);
        assertThat(amendments.list(AmendmentFilter.ALL.createdBy(bob)).items()).containsExactly(first);
        assertThat(amendments.count(here.created(null, Instant.EPOCH))).isZero();
        assertThat(withdrawn.createdBy()).isNull();
    }

    @Test
    void every_change_leaves_its_entries_and_only_an_accepted_one_emits() {
        int before = rows.events(proposal).size();
        AmendmentRepository by = db.actingAs(Actor.SYSTEM).governance().amendments();
        UUID accepted = by.create(amendment("{\"name\": \"Sums x\"}")).id();
        UUID rejected = by.create(amendment("{\"name\": \"Sums y\"}")).id();
        UUID withdrawn = by.create(amendment("{\"name\": \"Sums z\"}")).id();
        by.reject(rejected, ada, "No.");
        by.withdraw(withdrawn);
        assertThat(rows.events(proposal)).hasSize(before);
        by.accept(accepted, ada, null);
        assertThat(rows.events(proposal)).hasSize(before + 1).endsWith("proposal.amended");
        assertThat(List.of(accepted, rejected, withdrawn))
                .allSatisfy(id -> assertThat(rows.events(id)).isEmpty());
        assertThat(entries("proposal_amendment", accepted)).containsExactly("accept", "create");
        assertThat(entries("proposal_amendment", rejected)).containsExactly("reject", "create");
        assertThat(entries("proposal_amendment", withdrawn)).containsExactly("withdraw", "create");
        assertThat(entries("proposal", proposal)).containsExactly("amend");
    }

    private List<String> entries(String entity, UUID id) {
        return db.audit().list(AuditFilter.ALL.entity(entity, id.toString())).items().stream()
                .map(AuditEntry::action)
                .toList();
    }

    @Test
    void an_inactive_or_unknown_user_neither_proposes_nor_decides() {
        UUID id = amendments.create(amendment("{\"name\": \"Sums x\"}")).id();
        UUID unknown = UUID.randomUUID();
        violates(
                "proposal_amendments_created_by_fk",
                () -> amendments.create(amendment("{\"name\": \"Sums y\"}").createdBy(unknown)));
        violates("proposal_amendments_decided_by_fk", () -> amendments.accept(id, unknown, null));
        violates("proposal_amendments_decided_by_fk", () -> amendments.reject(id, unknown, "No."));
        rows.deactivate(bob);
        conflict("is not active: cannot amend", () -> amendments.create(amendment("{\"name\": \"Sums y\"}")));
        conflict("is not active: cannot amend", () -> amendments.accept(id, bob, null));
        conflict("is not active: cannot reject an amendment", () -> amendments.reject(id, bob, "No."));
    }

    @Test
    void bad_input_is_refused_by_the_name_of_the_field() {
        Json changes = Json.parse("{\"name\": \"Sums x\"}");
        for (String bad : List.of("", " ", "x".repeat(201), "\0", "\ud83d")) {
            refused("title", () -> NewAmendment.of(proposal, bad, "d", changes));
        }
        for (String bad : List.of("", " ", "x".repeat(20_001), "\0")) {
            refused("description", () -> NewAmendment.of(proposal, "t", bad, changes));
        }
        for (String bad : List.of("{}", "[]", "[{\"a\": 1}]", "null", "1", "\"x\"", "true")) {
            refused("changes", () -> NewAmendment.of(proposal, "t", "d", Json.parse(bad)));
        }
        refused(
                "changes",
                () -> NewAmendment.of(proposal, "t", "d", Json.parse("{\"a\": \"" + "x".repeat(1_000_000) + "\"}")));
        UUID id = amendments.create(amendment("{\"name\": \"Sums x\"}")).id();
        for (String bad : List.of("", " ", "x".repeat(1_001), "\0")) {
            refused("reason", () -> amendments.accept(id, ada, bad));
            refused("reason", () -> amendments.reject(id, ada, bad));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "proposal_amendments_title_length            | title = ' '",
                "proposal_amendments_description_length      | description = ''",
                "proposal_amendments_changes_object          | changes = '{}'",
                "proposal_amendments_changes_object          | changes = '[1]'",
                "proposal_amendments_status_valid            | status = 'odd', decided_at = now()",
                "proposal_amendments_decided_at_when_decided | status = 'accepted'",
                "proposal_amendments_decided_at_when_decided | decided_at = now()",
                "proposal_amendments_decided_by_when_decided | decided_by = created_by",
                "proposal_amendments_reason_length           | status = 'rejected', decided_at = now(), reason = ''",
                "proposal_amendments_reason_when_decided     | reason = 'x'",
                "proposal_amendments_proposal_fk             | proposal_id = gen_random_uuid()"
            })
    void the_table_refuses_what_is_no_amendment(String constraint, String change) throws SQLException {
        UUID id = amendments.create(amendment("{\"name\": \"Sums x\"}")).id();
        assertThat(rows.violated("update evalstore.proposal_amendments set " + change + " where id = '" + id + "'"))
                .isEqualTo(constraint);
    }
}
