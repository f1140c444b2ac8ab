package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.testkit.Threads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Submitting: all of it in one commit, once for each execution id. */
class SubmitTest {
    private static final int CALLERS = 20;
    private static final UUID SOMEBODY = new UUID(1, 1);

    private static final String COUNTS = """
            select concat_ws(' ', (select count(*) from evalstore.submissions),
                (select count(*) from evalstore.submission_metrics), (select count(*) from evalstore.submission_cases),
                (select count(*) from evalstore.submission_metadata),
                (select count(*) from evalstore.leaderboard_entries))""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final SubmissionRepository submissions = db.exchange().submissions();
    private SubmissionSamples samples;

    @BeforeEach
    void samples() {
        database.admin("truncate evalstore.submissions cascade");
        samples = new SubmissionSamples(db);
    }

    /** With everything that a submission may have. */
    private static NewSubmission whole(DefinitionVersion version) {
        return new NewSubmission(
                version.definitionId(),
                version.id(),
                new SubmittedModel(" Acme  Labs", "GPT\tOne", "V 2", null, "https://example.org/v1"),
                Submitter.named("Team 7"),
                new NewSubmission.Run(
                        "run-whole",
                        Instant.parse("2026-03-01T10:00:00.123456789Z"),
                        Instant.parse("2026-03-01T11:00:00Z")),
                new NewSubmission.Results(
                        0.755,
                        new ConfidenceInterval(0.7, 0.8, 0.95),
                        Json.parse("{\"p\": 0.01}"),
                        List.of(
                                SubmissionMetric.of("latency", 12.5)
                                        .unit("ms")
                                        .spread(new SubmissionMetric.Spread(1.5, 1.0, 9.0, 2.0, 8.0, 100L)),
                                SubmissionMetric.of("cost", 3)),
                        List.of(
                                NewCaseResult.passed("a")
                                        .latencyMs(120)
                                        .usage(10, 20, new BigDecimal("0.000123"))
                                        .output("yes")
                                        .details(Json.parse("{\"tries\": 2}")),
                                NewCaseResult.of("b", true, 0.5)
                                        .error("timeout", "The answer was late.")
                                        .evidence(CaseResult.Evidence.NONE
                                                .error("timeout", "The answer was late.")
                                                .output("")
                                                .truncated()))),
                new Reproducibility(
                        "runner 1.2",
                        -5L,
                        Json.parse("{\"platform\": \"linux\", \"cores\": 8}"),
                        Json.parse("{\"temperature\": 0.0}"),
                        Json.parse("{\"mmlu\": \"sha256:abc\"}")),
                new NewSubmission.Listing(
                        true,
                        SubmissionVisibility.PUBLIC,
                        "Run at night.",
                        List.of(
                                new SubmissionMetadata("team", Json.parse("[1, \"x\"]"), "people"),
                                new SubmissionMetadata("batch", Json.parse("null"), "run"))));
    }

    /** What caches are told costs no statement and no round trip: the one that changes the boards says which they are. */
    @Test
    void a_submission_says_which_boards_it_changed_without_a_statement_of_its_own() {
        DefinitionVersion version = samples.definitionVersion();
        List<String> names = new CopyOnWriteArrayList<>();
        try (Database heard = Database.open(database.config()
                .listener((name, time, failure) -> names.add(name))
                .build())) {
            heard.exchange().submissions().submit(whole(version));
        }
        // That is after the commit, on another thread, and only where somebody may listen.
        names.removeIf(name -> name.equals("unit_changes.wake"));
        assertThat(names).contains("leaderboard_entries.lock").noneMatch(name -> name.startsWith("unit_changes."));
        assertThat(database.query(
                        "select unit from evalstore.unit_changes where unit like 'board:" + version.id() + ":%'"))
                .hasSameSizeAs(database.query(
                        "select 1 from evalstore.leaderboard_entries where version_id = '" + version.id() + "'"))
                .isNotEmpty();
    }

    @Test
    void everything_is_stored_and_read_back() {
        UUID user = ExchangeFixtures.user(db, "submitter" + System.nanoTime());
        UUID organization = ExchangeFixtures.organization(database, "lab-" + System.nanoTime());
        DefinitionVersion version = samples.definitionVersion();
        NewSubmission given = whole(version);
        given = new NewSubmission(
                version.definitionId(),
                version.id(),
                given.model(),
                Submitter.user(user, "Team 7").organization(organization),
                given.run(),
                given.results(),
                given.reproducibility(),
                given.listing());

        SubmittedSubmission submitted = submissions.submit(given);

        Submission stored = submitted.submission();
        assertThat(submitted.isNew()).isTrue();
        assertThat(submissions.get(stored.id(), Viewer.PLATFORM)).isEqualTo(stored);
        assertThat(stored.definitionId()).isEqualTo(version.definitionId());
        assertThat(stored.versionId()).isEqualTo(version.id());
        assertThat(stored.model()).isEqualTo(given.model());
        assertThat(stored.subject()).isEqualTo(new ModelSubject("acme labs", "gpt one", "v 2"));
        assertThat(stored.official()).isTrue();
        assertThat(stored.submittedBy()).isEqualTo(user);
        assertThat(stored.submitterLabel()).isEqualTo("Team 7");
        assertThat(stored.organizationId()).isEqualTo(organization);
        assertThat(stored.aggregateScore()).isEqualTo(0.75);
        assertThat(stored.reportedScore()).isEqualTo(0.755);
        assertThat(stored.confidenceInterval()).isEqualTo(given.results().confidenceInterval());
        assertThat(stored.significance()).isEqualTo(given.results().significance());
        assertThat(stored.verificationLevel()).isEqualTo(VerificationLevel.UNVERIFIED);
        assertThat(stored.verifiedAt()).isNull();
        assertThat(stored.executionId()).isEqualTo("run-whole");
        assertThat(stored.contentHash()).matches("[0-9a-f]{64}");
        assertThat(stored.startedAt()).isEqualTo("2026-03-01T10:00:00.123456Z");
        assertThat(stored.completedAt()).isEqualTo(given.run().completedAt());
        assertThat(stored.reproducibility().executorVersion()).isEqualTo("runner 1.2");
        assertThat(stored.reproducibility().randomSeed()).isEqualTo(-5L);
        assertThat(stored.reproducibility().environment().asMap())
                .isEqualTo(given.reproducibility().environment().asMap());
        assertThat(stored.environmentHash()).matches("[0-9a-f]{64}");
        assertThat(stored.notes()).isEqualTo("Run at night.");
        assertThat(stored.visibility()).isEqualTo(SubmissionVisibility.PUBLIC);
        assertThat(submissions.metrics(stored.id(), Viewer.PLATFORM))
                .containsExactlyInAnyOrderElementsOf(given.results().metrics());
        assertThat(submissions.metadata(stored.id(), Viewer.PLATFORM))
                .containsExactlyInAnyOrderElementsOf(given.listing().metadata());
        List<CaseResult> cases = submissions
                .cases(stored.id(), CaseResultFilter.ALL, Viewer.PLATFORM, 10, null)
                .items();
        assertThat(cases)
                .extracting(CaseResult::caseKey, CaseResult::passed, CaseResult::score, CaseResult::evidence)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "a", true, 1.0, given.results().cases().get(0).evidence()),
                        org.assertj.core.groups.Tuple.tuple(
                                "b", true, 0.5, given.results().cases().get(1).evidence()));
        assertThat(cases.get(0).measured().costUsd()).isEqualByComparingTo("0.000123");
        assertThat(cases.get(0).measured().latencyMs()).isEqualTo(120);
    }

    @Test
    void what_is_not_given_is_absent() {
        Submission stored = samples.submit("gpt", 2);

        assertThat(stored.model()).isEqualTo(SubmittedModel.of("Acme", "gpt"));
        assertThat(stored.subject().version()).isEmpty();
        assertThat(stored.reproducibility()).isEqualTo(Reproducibility.NONE);
        assertThat(stored.environmentHash()).isNull();
        assertThat(stored.confidenceInterval()).isNull();
        assertThat(stored.official()).isFalse();
        assertThat(submissions.metrics(stored.id(), Viewer.PLATFORM)).isEmpty();
        assertThat(submissions.metadata(stored.id(), Viewer.PLATFORM)).isEmpty();
    }

    @Test
    void the_same_execution_from_twenty_threads_is_one_submission_and_one_answer() throws Exception {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);

        List<SubmittedSubmission> answers = Threads.together(CALLERS, i -> () -> submissions.submit(given));

        assertThat(answers).filteredOn(SubmittedSubmission::isNew).hasSize(1);
        assertThat(answers)
                .extracting(SubmittedSubmission::submission)
                .containsOnly(answers.get(0).submission());
        assertThat(database.value(COUNTS)).isEqualTo("1 0 2 0 1");
    }

    /** However the rows are ordered, the numbers written, and the objects' keys. */
    @Test
    void the_same_in_another_order_and_another_writing_is_the_same() {
        NewSubmission given = whole(samples.definitionVersion());
        Submission first = submissions.submit(given).submission();
        List<SubmissionMetric> metrics = new ArrayList<>(given.results().metrics());
        List<NewCaseResult> cases = new ArrayList<>(given.results().cases());
        List<SubmissionMetadata> metadata = new ArrayList<>(given.listing().metadata());
        Collections.reverse(metrics);
        Collections.reverse(cases);
        Collections.reverse(metadata);

        SubmittedSubmission again = submissions.submit(given.metrics(metrics)
                .cases(cases)
                .metadata(metadata)
                .reproducibility(given.reproducibility()
                        .environment(Json.parse("{\"cores\":8.0,\"platform\":\"linu\\u0078\"}"))
                        .parameters(Json.parse("{\"temperature\":0}"))));

        assertThat(again).isEqualTo(new SubmittedSubmission(first, false));
    }

    static List<Map.Entry<String, UnaryOperator<NewSubmission>>> changes() {
        return List.of(
                Map.entry("model", s -> with(s, s.model().endpoint("https://example.org/v2"))),
                Map.entry("model name", s -> with(s, SubmittedModel.of("Acme Labs", "GPT One"))),
                Map.entry("submitter", s -> by(s, Submitter.named("Team 8"))),
                Map.entry("user", s -> by(s, Submitter.user(SOMEBODY, "Team 7"))),
                Map.entry("organization", s -> by(s, s.submitter().organization(SOMEBODY))),
                Map.entry(
                        "startedAt",
                        s -> during(
                                s,
                                s.run().startedAt().minusNanos(1_000),
                                s.run().completedAt())),
                Map.entry(
                        "completedAt",
                        s -> during(
                                s, s.run().startedAt(), s.run().completedAt().plusSeconds(1))),
                Map.entry(
                        "reportedScore",
                        s -> s.results(new NewSubmission.Results(
                                0.7551,
                                s.results().confidenceInterval(),
                                s.results().significance(),
                                s.results().metrics(),
                                s.results().cases()))),
                Map.entry("ci", s -> s.confidenceInterval(new ConfidenceInterval(0.7, 0.8, 0.9))),
                Map.entry("significance", s -> s.significance(Json.parse("{\"p\": 0.02}"))),
                Map.entry("fewer metrics", s -> s.metrics(s.results().metrics().subList(0, 1))),
                Map.entry(
                        "a metric",
                        s -> s.metrics(List.of(SubmissionMetric.of("latency", 12.5), SubmissionMetric.of("cost", 3)))),
                Map.entry(
                        "a case", s -> s.cases(List.of(s.results().cases().get(0), NewCaseResult.of("b", true, 0.5)))),
                Map.entry("seed", s -> s.reproducibility(s.reproducibility().randomSeed(5))),
                Map.entry("executor", s -> s.reproducibility(s.reproducibility().executorVersion("runner 1.3"))),
                Map.entry(
                        "environment",
                        s -> s.reproducibility(s.reproducibility().environment(Json.EMPTY))),
                Map.entry(
                        "parameters", s -> s.reproducibility(s.reproducibility().parameters(Json.EMPTY))),
                Map.entry(
                        "checksums", s -> s.reproducibility(s.reproducibility().datasetChecksums(Json.EMPTY))),
                Map.entry("official", s -> s.listing(s.listing().official(false))),
                Map.entry("visibility", s -> s.visibility(SubmissionVisibility.PRIVATE)),
                Map.entry("notes", s -> s.notes("Run at noon.")),
                Map.entry("metadata", s -> s.metadata(List.of())));
    }

    private static NewSubmission with(NewSubmission s, SubmittedModel model) {
        return new NewSubmission(
                s.definitionId(),
                s.versionId(),
                model,
                s.submitter(),
                s.run(),
                s.results(),
                s.reproducibility(),
                s.listing());
    }

    private static NewSubmission by(NewSubmission s, Submitter submitter) {
        return new NewSubmission(
                s.definitionId(),
                s.versionId(),
                s.model(),
                submitter,
                s.run(),
                s.results(),
                s.reproducibility(),
                s.listing());
    }

    private static NewSubmission during(NewSubmission s, Instant start, Instant end) {
        return new NewSubmission(
                s.definitionId(),
                s.versionId(),
                s.model(),
                s.submitter(),
                new NewSubmission.Run(s.run().executionId(), start, end),
                s.results(),
                s.reproducibility(),
                s.listing());
    }

    /** Nothing that was submitted is outside of what tells a repeat from a change. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void the_same_execution_with_changed_contents_is_a_conflict(
            Map.Entry<String, UnaryOperator<NewSubmission>> change) {
        NewSubmission given = whole(samples.definitionVersion());
        Submission first = submissions.submit(given).submission();

        assertThatThrownBy(() -> submissions.submit(change.getValue().apply(given)))
                .isInstanceOf(ConflictException.class)
                .hasMessageStartingWith("executionId is taken");

        assertThat(database.value(COUNTS)).startsWith("1 2 2 2 ");
        assertThat(submissions.submit(given)).isEqualTo(new SubmittedSubmission(first, false));
    }

    @Test
    void after_a_soft_delete_the_same_execution_is_a_new_submission() {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        Submission first = submissions.submit(given).submission();
        submissions.softDelete(first.id());

        SubmittedSubmission second = submissions.submit(given);

        assertThat(second.isNew()).isTrue();
        assertThat(second.submission().id()).isNotEqualTo(first.id());
        assertThat(submissions.submit(given)).isEqualTo(new SubmittedSubmission(second.submission(), false));
        assertThat(submissions.get(first.id(), Viewer.PLATFORM).deletedAt()).isNotNull();
    }

    @Test
    void the_same_execution_of_another_version_is_another_submission() {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        submissions.submit(given);
        DefinitionVersion next = samples.publish("1.1.0");

        assertThat(submissions
                        .submit(new NewSubmission(
                                given.definitionId(),
                                next.id(),
                                given.model(),
                                given.submitter(),
                                given.run(),
                                given.results(),
                                given.reproducibility(),
                                given.listing()))
                        .isNew())
                .isTrue();
    }

    @Test
    void a_deprecated_definition_accepts_submissions_and_any_other_refuses_new_ones_and_knows_the_old() {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        UUID definition = given.definitionId();
        db.exchange().definitions().deprecate(definition, "Replaced by another one.");
        Submission first = submissions.submit(given).submission();
        db.exchange().definitions().archive(definition);

        assertThatThrownBy(() -> samples.submit("gpt", 1))
                .isInstanceOf(ConflictException.class)
                .hasMessage("benchmark definition " + definition + " is archived: cannot submit");
        assertThat(submissions.submit(given)).isEqualTo(new SubmittedSubmission(first, false));
        for (String status : List.of("draft", "under_review")) {
            database.admin("update evalstore.benchmark_definitions set status = '" + status + "' where id = '"
                    + definition + "'");
            assertThatThrownBy(() -> samples.submit("gpt", 1))
                    .isInstanceOf(ConflictException.class)
                    .hasMessage("benchmark definition " + definition + " is " + status + ": cannot submit");
        }
    }

    /** The definition is read before it is locked: what happens in between is seen by the insert. */
    @ParameterizedTest
    @ValueSource(strings = {"status = 'archived'", "deleted_at = now()"})
    void a_definition_that_is_closed_while_somebody_submits_gets_nothing(String change) throws Exception {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        CompletableFuture<SubmittedSubmission> submitting;
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("update evalstore.benchmark_definitions set " + change + " where id = '"
                        + given.definitionId() + "'");
            }
            submitting = CompletableFuture.supplyAsync(() -> submissions.submit(given));
            database.awaitBlocked();
            other.commit();
        }

        assertThat(submitting.handle((answer, failure) -> failure.getCause()).get(1, TimeUnit.MINUTES))
                .isInstanceOfAny(ConflictException.class, dev.evalstore.NotFoundException.class);
        assertThat(database.value(COUNTS)).isEqualTo("0 0 0 0 0");
    }

    @Test
    void a_definition_that_is_only_edited_meanwhile_accepts_the_submission() throws Exception {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        CompletableFuture<SubmittedSubmission> submitting;
        try (Connection other = TestServer.get().admin(database.name())) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("update evalstore.benchmark_definitions set name = 'Another name' where id = '"
                        + given.definitionId() + "'");
            }
            submitting = CompletableFuture.supplyAsync(() -> submissions.submit(given));
            database.awaitBlocked();
            other.commit();
        }

        assertThat(submitting.get(1, TimeUnit.MINUTES).isNew()).isTrue();
    }

    /** The one that waits sees what it waited for, whether that was stored or given up. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_repeat_waits_for_the_first_and_takes_its_answer_or_its_place(boolean commits) throws Exception {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        CompletableFuture<SubmittedSubmission> second = new CompletableFuture<>();
        UUID first;
        try {
            first = db.inTransaction(TxOptions.DEFAULT, tx -> {
                UUID id = tx.exchange().submissions().submit(given).submission().id();
                second.completeAsync(() -> submissions.submit(given));
                database.awaitBlocked();
                if (!commits) {
                    throw new Dropped(id);
                }
                return id;
            });
        } catch (Dropped dropped) {
            first = dropped.id;
        }

        SubmittedSubmission answer = second.get(1, TimeUnit.MINUTES);
        assertThat(answer.isNew()).isEqualTo(!commits);
        assertThat(answer.submission().id().equals(first)).isEqualTo(commits);
        assertThat(database.value(COUNTS)).isEqualTo("1 0 2 0 1");
    }

    @Test
    void a_transaction_that_is_not_read_committed_is_refused_before_anything_is_written() {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);

        assertThatThrownBy(() -> db.inTransaction(
                        TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ),
                        tx -> tx.exchange().submissions().submit(given)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed");
        assertThat(database.value(COUNTS)).isEqualTo("0 0 0 0 0");
    }

    @Test
    void a_submission_leaves_one_audit_entry_and_a_repeat_none() {
        NewSubmission given = whole(samples.definitionVersion());
        SubmissionRepository acting = db.actingAs(Actor.SYSTEM).exchange().submissions();

        Submission stored = acting.submit(given).submission();
        acting.submit(given);

        List<AuditEntry> entries = db.audit()
                .list(AuditFilter.ALL.entity("submission", stored.id().toString()), 10, null)
                .items();
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).action()).isEqualTo("create");
        assertThat(String.valueOf(entries.get(0).changes().text()))
                .contains("run-whole")
                .contains(stored.contentHash());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4_999, 5_000})
    void case_results_of_any_number_are_stored_in_their_own_rows(int count) {
        DefinitionVersion version = samples.publish(
                "3." + count + ".0",
                ExchangeFixtures.version()
                        .cases(IntStream.range(0, count)
                                .mapToObj(i -> Cases.of("case-" + i))
                                .toList()));
        // Sessions check the key to the cases by a plan that they made while the table was tiny.
        database.admin("analyze evalstore.test_cases");
        List<NewCaseResult> results = IntStream.range(0, count)
                .mapToObj(i -> NewCaseResult.of("case-" + i, i % 2 == 0, i % 2 == 0 ? 0.75 : 0.25)
                        .latencyMs(i)
                        .usage(i, i + 1, BigDecimal.valueOf(i, 9))
                        .error("kind", "error " + i)
                        .output("output " + i)
                        .details(Json.parse("{\"n\": " + i + "}")))
                .toList();
        double score =
                results.stream().mapToDouble(NewCaseResult::score).average().orElseThrow();

        Submission stored = samples.submit(NewSubmission.of(
                        version,
                        SubmittedModel.of("Acme", "gpt"),
                        Submitter.named("somebody"),
                        new NewSubmission.Run("run", SubmissionSamples.BEGIN, SubmissionSamples.BEGIN),
                        score)
                .cases(results));

        assertThat(database.value("""
                        select count(*) from evalstore.submission_cases r
                        join evalstore.test_cases t on t.id = r.case_id and t.version_id = r.version_id
                        cross join lateral (select nullif(substr(t.case_key, 6), '')::int as i) n
                        where r.submission_id = '%s' and r.passed = (i %% 2 = 0)
                            and r.score = case when i %% 2 = 0 then 0.75 else 0.25 end and r.latency_ms = i
                            and r.input_tokens = i and r.output_tokens = i + 1 and r.cost_usd = i / 1e9
                            and r.error_kind = 'kind' and r.error = 'error ' || i and r.output = 'output ' || i
                            and not r.output_truncated and r.details = jsonb_build_object('n', i)""".formatted(stored.id()))).isEqualTo(String.valueOf(count));
    }

    private static final class Dropped extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final UUID id;

        Dropped(UUID id) {
            this.id = id;
        }
    }
}
