package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.organization;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SubmissionReadsTest {
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

    private List<UUID> list(SubmissionFilter filter) {
        return submissions.list(filter, Viewer.PLATFORM, 100, null).items().stream()
                .map(Submission::id)
                .toList();
    }

    @Test
    void a_submission_is_found_by_id_and_listed_newest_first_by_pages() {
        List<Submission> all = new ArrayList<>();
        IntStream.range(0, 5).forEach(i -> all.add(samples.submit("m" + i, i % 3)));
        Collections.reverse(all);

        assertThat(submissions.get(all.get(2).id(), Viewer.ANONYMOUS)).isEqualTo(all.get(2));
        assertThat(submissions.find(UUID.randomUUID(), Viewer.PLATFORM)).isEmpty();
        notFound(() -> submissions.get(UUID.randomUUID(), Viewer.PLATFORM));

        List<Submission> listed = new ArrayList<>();
        Cursor after = null;
        do {
            Page<Submission> page = submissions.list(SubmissionFilter.ALL, Viewer.ANONYMOUS, 2, after);
            listed.addAll(page.items());
            after = page.next();
        } while (after != null);
        assertThat(listed).isEqualTo(all);
        assertThat(submissions.count(SubmissionFilter.ALL, Viewer.ANONYMOUS)).isEqualTo(5);
        refused("limit", () -> submissions.list(SubmissionFilter.ALL, Viewer.ANONYMOUS, 0, null));
        Cursor other = db.exchange()
                .definitions()
                .history(samples.definitionVersion().definitionId(), 1, null)
                .next();
        assertThat(other).isNull();
        refused("cursor", () -> submissions.list(SubmissionFilter.ALL, Viewer.ANONYMOUS, 1, new Cursor("abc")));
    }

    /** Every condition is here: one that is added to the filter and not to this test fails it. */
    @Test
    void each_condition_of_the_filter_admits_exactly_what_it_says() {
        UUID ada = user(db, "ada");
        UUID lab = organization(database, "lab");
        UUID modelVersion = modelVersion();
        DefinitionVersion next = samples.publish("1.1.0");
        SubmissionSamples elsewhere = new SubmissionSamples(db);
        Submission plain = samples.submit("GPT", 0);
        Submission other = samples.submit(SubmissionSamples.of(
                next,
                SubmittedModel.of("ACME", " gpt ").version("V2").versionId(modelVersion),
                Submitter.user(ada, "Ada").organization(lab),
                1));
        Submission official = samples.submit(
                samples.of("g p t", Submitter.named("somebody"), 2).official());
        Submission secret = samples.submit(
                samples.of("tiny", Submitter.user(ada, "Ada"), 2).visibility(SubmissionVisibility.PRIVATE));
        Submission far = elsewhere.submit(SubmissionSamples.of(
                elsewhere.definitionVersion(), SubmittedModel.of("Other", "GPT"), Submitter.named("somebody"), 1));
        level(plain, VerificationLevel.COMMUNITY_VERIFIED);
        level(other, VerificationLevel.PLATFORM_VERIFIED);
        level(official, VerificationLevel.AUDITED);
        submissions.softDelete(samples.submit("gone", 1).id());
        UUID definition = samples.definitionVersion().definitionId();
        SubmissionFilter all = SubmissionFilter.ALL;

        Map<String, Map<SubmissionFilter, List<Submission>>> cases = new LinkedHashMap<>();
        cases.put("definition", Map.of(all.definition(definition), List.of(plain, other, official, secret)));
        cases.put("version", Map.of(all.version(next.id()), List.of(other)));
        cases.put(
                "provider",
                Map.of(
                        all.provider(" acme"), List.of(plain, other, official, secret),
                        all.provider("acm"), List.of()));
        cases.put(
                "model",
                Map.of(
                        all.model("gpt"), List.of(plain, other, far),
                        all.model("G  P T"), List.of(official),
                        all.model(ModelSubject.of("acme", "GPT", "v2")), List.of(other),
                        all.model(ModelSubject.of("acme", "GPT")), List.of(plain)));
        cases.put("modelVersion", Map.of(all.modelVersion(modelVersion), List.of(other)));
        cases.put("submitter", Map.of(all.submitter(ada), List.of(other, secret)));
        cases.put("organization", Map.of(all.organization(lab), List.of(other)));
        cases.put(
                "levelAtLeast",
                Map.of(
                        all.levelAtLeast(VerificationLevel.UNVERIFIED), List.of(plain, other, official, secret, far),
                        all.levelAtLeast(VerificationLevel.COMMUNITY_VERIFIED), List.of(plain, other, official),
                        all.levelAtLeast(VerificationLevel.PLATFORM_VERIFIED), List.of(other, official),
                        all.levelAtLeast(VerificationLevel.AUDITED), List.of(official)));
        cases.put(
                "visibility",
                Map.of(
                        all.visibility(SubmissionVisibility.PRIVATE), List.of(secret),
                        all.visibility(SubmissionVisibility.UNLISTED), List.of()));
        cases.put(
                "official",
                Map.of(
                        all.official(true), List.of(official),
                        all.official(false), List.of(plain, other, secret, far)));
        cases.put(
                "score",
                Map.of(
                        all.score(0.5, null), List.of(other, official, secret, far),
                        all.score(null, 0.5), List.of(plain, other, far),
                        all.score(0.4, 0.6), List.of(other, far),
                        all.score(null, null), List.of(plain, other, official, secret, far)));
        cases.put(
                "created",
                Map.of(
                        all.created(other.createdAt(), null), List.of(other, official, secret, far),
                        all.created(null, other.createdAt()), List.of(plain),
                        all.created(other.createdAt(), secret.createdAt()), List.of(other, official)));

        cases.forEach((name, admitted) -> admitted.forEach((filter, expected) -> {
            List<UUID> ids = expected.stream().map(Submission::id).toList();
            assertThat(list(filter)).as(name).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(submissions.count(filter, Viewer.PLATFORM)).as(name).isEqualTo(ids.size());
        }));
        assertThat(list(all.version(next.id()).official(true))).isEmpty();
        assertThat(cases.keySet()).containsExactlyInAnyOrderElementsOf(conditions(SubmissionFilter.class));
    }

    private static Set<String> conditions(Class<?> filter) {
        return Arrays.stream(filter.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void a_condition_is_refused_that_cannot_be_met() {
        refused("minScore", () -> SubmissionFilter.ALL.score(Double.NaN, null));
        refused("maxScore", () -> SubmissionFilter.ALL.score(null, Double.POSITIVE_INFINITY));
        refused("provider", () -> SubmissionFilter.ALL.provider(" "));
        refused("name", () -> SubmissionFilter.ALL.model("\u0000"));
        refused("from", () -> SubmissionFilter.ALL.created(Instant.MAX, null));
        refused("minScore", () -> CaseResultFilter.ALL.score(Double.NaN, null));
        refused("kind", () -> CaseResultFilter.ALL.errorKind(""));
    }

    @Test
    void metrics_and_metadata_read_back_in_order() {
        SubmissionMetric accuracy = SubmissionMetric.of("accuracy", 0.5).unit("share");
        SubmissionMetric latency =
                SubmissionMetric.of("Latency", 3).spread(new SubmissionMetric.Spread(0.5, 1.0, 9.0, 2.0, 8.0, 12L));
        SubmissionMetadata seed = new SubmissionMetadata("seed", Json.parse("[1]"), "run");
        SubmissionMetadata team = new SubmissionMetadata("team", Json.parse("\"x\""), "People");
        Submission stored = samples.submit(samples.of("m", Submitter.named("somebody"), 1)
                .metrics(List.of(accuracy, latency))
                .metadata(List.of(seed, team)));

        assertThat(submissions.metrics(stored.id(), Viewer.ANONYMOUS)).containsExactly(latency, accuracy);
        assertThat(submissions.metadata(stored.id(), Viewer.ANONYMOUS)).containsExactly(team, seed);
        assertThat(submissions.metrics(UUID.randomUUID(), Viewer.PLATFORM)).isEmpty();
        assertThat(submissions.metadata(UUID.randomUUID(), Viewer.PLATFORM)).isEmpty();
    }

    @Test
    void case_results_are_listed_by_sort_order_and_filtered() {
        Submission stored = samples.submit(samples.of("m", Submitter.named("somebody"), 1)
                .cases(List.of(
                        NewCaseResult.failed("b").error("timeout", "Too slow."),
                        NewCaseResult.of("a", true, 0.985).output("A!").latencyMs(12))));
        samples.submit("other", 2);

        assertThat(keys(stored, CaseResultFilter.ALL)).containsExactly("a", "b");
        Page<CaseResult> first = submissions.cases(stored.id(), CaseResultFilter.ALL, Viewer.ANONYMOUS, 1, null);
        assertThat(first.items()).extracting(CaseResult::caseKey).containsExactly("a");
        CaseResult a = first.items().get(0);
        assertThat(a.score()).isEqualTo(0.985);
        assertThat(a.evidence().output()).isEqualTo("A!");
        assertThat(a.measured().latencyMs()).isEqualTo(12);
        Page<CaseResult> second =
                submissions.cases(stored.id(), CaseResultFilter.ALL, Viewer.ANONYMOUS, 1, first.next());
        assertThat(second.items()).extracting(CaseResult::caseKey).containsExactly("b");
        assertThat(second.items().get(0).evidence().errorKind()).isEqualTo("timeout");
        assertThat(second.next()).isNull();

        Map<String, Map<CaseResultFilter, List<String>>> cases = new LinkedHashMap<>();
        CaseResultFilter all = CaseResultFilter.ALL;
        cases.put("passed", Map.of(all.passed(true), List.of("a"), all.passed(false), List.of("b")));
        cases.put("score", Map.of(all.score(0.5, null), List.of("a"), all.score(null, 0.5), List.of("b")));
        cases.put("errorKind", Map.of(all.errorKind("timeout"), List.of("b"), all.errorKind("other"), List.of()));
        cases.put("difficulty", Map.of(all.difficulty(Difficulty.HARD), List.of("b")));
        cases.put("tag", Map.of(all.tag("short"), List.of("a")));
        cases.forEach((name, admitted) -> admitted.forEach((filter, expected) -> {
            assertThat(keys(stored, filter)).as(name).isEqualTo(expected);
            assertThat(submissions.countCases(stored.id(), filter, Viewer.ANONYMOUS))
                    .as(name)
                    .isEqualTo(expected.size());
        }));
        assertThat(cases.keySet()).containsExactlyInAnyOrderElementsOf(conditions(CaseResultFilter.class));
        assertThat(submissions.countCases(UUID.randomUUID(), all, Viewer.PLATFORM))
                .isZero();
    }

    private List<String> keys(Submission submission, CaseResultFilter filter) {
        return submissions.cases(submission.id(), filter, Viewer.ANONYMOUS, 100, null).items().stream()
                .map(CaseResult::caseKey)
                .toList();
    }

    @Test
    void the_case_matrix_says_who_passed_what() {
        DefinitionVersion version =
                samples.publish("1.1.0", SubmissionSamples.version().scoring(Scoring.of(AggregationMethod.PASS_RATE)));
        DefinitionVersion unmarked = samples.publish("1.2.0", ExchangeFixtures.version());
        Submission both = submit(version, "both", 2);
        Submission one = submit(version, "one", 1);
        Submission elsewhere = samples.submit("elsewhere", 2);
        database.admin("delete from evalstore.submission_cases where submission_id = '" + one.id()
                + "' and case_id in (select id from evalstore.test_cases where case_key = 'b')");

        CaseMatrix matrix = submissions.caseMatrix(
                version.id(),
                List.of(one.id(), elsewhere.id(), both.id(), UUID.randomUUID(), one.id()),
                Viewer.ANONYMOUS);

        assertThat(matrix)
                .isEqualTo(new CaseMatrix(
                        version.id(),
                        List.of("a", "b"),
                        List.of(
                                new CaseMatrix.Row(one.id(), List.of(CaseMatrix.Cell.PASSED, CaseMatrix.Cell.MISSING)),
                                new CaseMatrix.Row(
                                        both.id(), List.of(CaseMatrix.Cell.PASSED, CaseMatrix.Cell.PASSED)))));
        assertThat(submissions.caseMatrix(unmarked.id(), List.of(one.id()), Viewer.PLATFORM))
                .isEqualTo(new CaseMatrix(unmarked.id(), List.of(), List.of()));
        assertThat(submissions
                        .caseMatrix(
                                samples.definitionVersion().id(),
                                List.of(samples.submit("x", 1).id()),
                                Viewer.ANONYMOUS)
                        .rows()
                        .get(0)
                        .cells())
                .containsExactly(CaseMatrix.Cell.PASSED, CaseMatrix.Cell.FAILED);
        List<UUID> many =
                IntStream.rangeClosed(0, 100).mapToObj(i -> UUID.randomUUID()).toList();
        refused("submissions", () -> submissions.caseMatrix(version.id(), many, Viewer.PLATFORM));
    }

    private Submission submit(DefinitionVersion version, String model, int passed) {
        return samples.submit(
                SubmissionSamples.of(version, SubmittedModel.of("Acme", model), Submitter.named("somebody"), passed));
    }

    @Test
    void the_best_submission_is_of_the_latest_comparable_versions() {
        UUID definition = samples.definitionVersion().definitionId();
        ModelSubject model = ModelSubject.of("acme", "gpt");
        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS)).isEmpty();
        Submission first = samples.submit("GPT", 1);
        samples.submit("GPT", 1);
        samples.submit("other", 2);

        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS))
                .as("the earlier of equals")
                .contains(first);

        DefinitionVersion minor = samples.publish("1.1.0");
        submit(minor, "gpt", 0);
        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS)).contains(first);

        PrimaryMetric errors = PrimaryMetric.of("errors", "The share of wrong answers.", "error")
                .higherIsBetter(false);
        DefinitionVersion other = samples.publish(
                "1.2.0",
                NewDefinitionVersion.of("Counts errors.", errors)
                        .cases(SubmissionSamples.version().content().cases()));
        Submission worse = submit(other, "gpt", 2);
        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS)).contains(worse);
        Submission better = submit(other, "gpt", 1);
        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS))
                .as("lower is better")
                .contains(better);

        DefinitionVersion major = samples.publish("2.0.0");
        Submission newest = submit(major, "gpt", 0);
        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS)).contains(newest);
        submissions.changeVisibility(newest.id(), SubmissionVisibility.UNLISTED);
        assertThat(submissions.best(model, definition, Viewer.ANONYMOUS)).contains(better);
        assertThat(submissions.best(model, definition, Viewer.PLATFORM))
                .map(Submission::id)
                .contains(newest.id());
    }

    @Test
    @SuppressWarnings("NullAway")
    void a_null_is_refused_by_its_name() {
        UUID id = UUID.randomUUID();
        Viewer viewer = Viewer.ANONYMOUS;
        SubmissionFilter all = SubmissionFilter.ALL;
        ModelSubject model = ModelSubject.of("acme", "gpt");
        named("id", () -> submissions.find(null, viewer));
        named("id", () -> submissions.get(null, viewer));
        named("viewer", () -> submissions.find(id, null));
        named("filter", () -> submissions.list(null, viewer, 1, null));
        named("viewer", () -> submissions.list(all, null, 1, null));
        named("filter", () -> submissions.count(null, viewer));
        named("viewer", () -> submissions.count(all, null));
        named("model", () -> submissions.best(null, id, viewer));
        named("definition", () -> submissions.best(model, null, viewer));
        named("viewer", () -> submissions.best(model, id, null));
        named("submission", () -> submissions.metrics(null, viewer));
        named("viewer", () -> submissions.metrics(id, null));
        named("submission", () -> submissions.metadata(null, viewer));
        named("submission", () -> submissions.cases(null, CaseResultFilter.ALL, viewer, 1, null));
        named("filter", () -> submissions.cases(id, null, viewer, 1, null));
        named("viewer", () -> submissions.countCases(id, CaseResultFilter.ALL, null));
        named("versionId", () -> submissions.caseMatrix(null, List.of(), viewer));
        named("submissions", () -> submissions.caseMatrix(id, null, viewer));
        named("submissions", () -> submissions.caseMatrix(id, Collections.singletonList(null), viewer));
        named("id", () -> submissions.changeVisibility(null, SubmissionVisibility.PUBLIC));
        named("visibility", () -> submissions.changeVisibility(id, null));
        named("id", () -> submissions.revoke(null, "A reason of some length."));
        named("reason", () -> submissions.revoke(id, null));
        named("id", () -> submissions.softDelete(null));
        named("id", () -> Viewer.user(null));
        named("model", () -> all.model((ModelSubject) null));
        named("level", () -> all.levelAtLeast(null));
    }

    private static void named(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    private void level(Submission submission, VerificationLevel level) {
        database.admin("update evalstore.submissions set verification_level = '"
                + level.name().toLowerCase(Locale.ROOT) + "', verified_at = now() where id = '"
                + submission.id() + "'");
    }

    private UUID modelVersion() {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("m" + UUID.randomUUID(), ModelKind.OPEN))
                .id();
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }
}
