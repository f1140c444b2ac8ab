package dev.evalstore.examples;

import dev.evalstore.ActingContext;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.User;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.ClaimedVerification;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.LeaderboardRepository;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewSubmission.Run;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.exchange.NewVerification;
import dev.evalstore.exchange.NewVerificationAttempt;
import dev.evalstore.exchange.NewVerificationResult;
import dev.evalstore.exchange.PastLeaderboards;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.RankedSubmission;
import dev.evalstore.exchange.Reproducibility;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.SubmissionEnvironment;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmissionRepository;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.SubmittedSubmission;
import dev.evalstore.exchange.Verification;
import dev.evalstore.exchange.VerificationKind;
import dev.evalstore.exchange.VerificationLevel;
import dev.evalstore.exchange.VerificationRepository;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.Organization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Publishes MLPerf Inference's language model benchmarks, one definition for each model, accuracy and scenario, and submits the
 * file's runs to them. Then, on one board: the second best is verified, the best is hidden, and the board is shown before, after, and
 * as it stood in between. At the end the best is shown again.
 *
 * <p>A benchmark is ranked by what MLPerf compares in its scenario: a single stream by the 90th percentile of its latency, the others
 * by their throughput, in tokens a second if all of the benchmark's runs state them, or else in samples a second. Where a run lacks
 * that too, the next measure counts that all of them have. The other measures of a run are submitted with it.
 *
 * <p>On these boards systems compete, and not models: so the submitter stands for a model's provider, and the system for the model. A
 * run that is submitted already is left as it was submitted, so that the file can be imported and the story told again, on a server
 * that stays ({@code EVALSTORE_URL}). The verification stays too, and an interrupted story's hidden run is shown again.
 */
public final class MlperfExchange {
    private static final String ROUND = "4.1.0";

    /** The file names no times: the day on which the round was published stands for all of them. */
    private static final Instant DAY = MlperfRow.ROUND.atStartOfDay().toInstant(ZoneOffset.UTC);

    private static final int SHOWN = 5;

    /**
     * What a run measured, and how the file has it.
     *
     * @param columns where it is, and that of a server under load first; a run has one of them at most
     * @param scale how many of the file's units make one
     */
    private record Measure(String name, String unit, double scale, List<String> columns) {
        boolean isRate() {
            return !unit.equals("ms");
        }

        @Nullable
        Double of(MlperfRow row) {
            Double value = null;
            for (String column : columns) {
                // All are read, so that none is passed over that cannot be.
                Double cell = row.number(column);
                value = value == null && cell != null ? (Double) (cell / scale) : value;
            }
            return value;
        }
    }

    /** In the order in which they rank; the file leaves many cells empty. */
    private static final List<Measure> MEASURES = List.of(
            new Measure("tokens a second", "tokens/s", 1, List.of("Completed tokens per second", "Tokens per second")),
            new Measure(
                    "samples a second", "samples/s", 1, List.of("Completed samples per second", "Samples per second")),
            new Measure("latency, p90", "ms", 1e6, List.of("90.00 percentile latency (ns)")),
            new Measure("first token, p90", "ms", 1e6, List.of("90.00 percentile first token latency (ns)")),
            new Measure("latency, mean", "ms", 1e6, List.of("Mean latency (ns)")));

    private final Database db;
    private final Exchange exchange;
    private final PrintStream out;
    private final Map<String, User> users = new HashMap<>();
    private final Map<String, Organization> organizations = new HashMap<>();

    MlperfExchange(Database db, PrintStream out) {
        this.db = db;
        this.exchange = db.exchange();
        this.out = out;
    }

    /** Takes the file, and after it a board such as {@code mlperf-llama2-70b-99-server}; ends with 2 without a file. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                args.length >= 1 && args.length <= 2 && Files.isRegularFile(Path.of(args[0])),
                "MlperfExchange <csv> [<benchmark>]");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            MlperfExchange example = new MlperfExchange(db, System.out);
            example.submit(MlperfRow.read(Path.of(args[0]), skipped -> System.out.println("skipped " + skipped)));
            example.tell(args.length > 1 ? args[1] : "mlperf-llama2-70b-99-server");
        }
    }

    /** Publishes what is not published yet and submits what is not submitted yet. What is refused is named. */
    void submit(List<MlperfRow> rows) {
        Map<String, List<MlperfRow>> benchmarks = new TreeMap<>();
        int refused = 0;
        for (MlperfRow row : rows) {
            try {
                MEASURES.forEach(measure -> measure.of(row));
                benchmarks.computeIfAbsent(slug(row), key -> new ArrayList<>()).add(row);
            } catch (IllegalArgumentException e) {
                refused += skipped(row, e);
            }
        }
        int stored = 0;
        for (Map.Entry<String, List<MlperfRow>> benchmark : benchmarks.entrySet()) {
            DefinitionVersion version = publish(benchmark.getKey(), benchmark.getValue());
            for (MlperfRow row : benchmark.getValue()) {
                try {
                    stored += submit(version, row) ? 1 : 0;
                } catch (TransientDatabaseException e) {
                    // The database's fault, and not the row's.
                    throw e;
                } catch (DatabaseException | IllegalArgumentException e) {
                    refused += skipped(row, e);
                }
            }
        }
        out.printf(
                Locale.ROOT,
                "%d runs by %d submitters on %d benchmarks: %d submitted, %d submitted before%n",
                rows.size(),
                rows.stream().map(MlperfRow::submitter).distinct().count(),
                benchmarks.size(),
                stored,
                rows.size() - stored - refused);
        out.printf("%nthe best of each board%n");
        benchmarks.keySet().forEach(this::best);
    }

    private void best(String slug) {
        UUID definition = exchange.definitions().getBySlug(slug).id();
        DefinitionVersion version = exchange.definitions().latest(definition).orElseThrow();
        PrimaryMetric metric = version.primaryMetric();
        List<LeaderboardEntry> board = exchange.leaderboards()
                .top(Leaderboard.of(version.id(), Board.OVERALL), Viewer.ANONYMOUS, 1_000)
                .items();
        if (!board.isEmpty()) {
            RankedSubmission best = Objects.requireNonNull(board.get(0).submission());
            out.printf(
                    Locale.ROOT,
                    "%-36s %2d, %s is better: %9.2f %-9s %s %s%n",
                    slug,
                    board.size(),
                    metric.higherIsBetter() ? "more" : "less",
                    best.score(),
                    metric.unit(),
                    best.model().provider(),
                    best.model().name());
        }
    }

    private int skipped(MlperfRow row, RuntimeException e) {
        out.println("skipped row " + row.number() + ": " + e.getMessage());
        return 1;
    }

    /** In the open division the model itself may have been changed: what runs there does not compete with the closed one. */
    private static String slug(MlperfRow row) {
        return ("mlperf-" + row.model() + "-" + row.target() + "-" + row.scenario())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
    }

    private DefinitionVersion publish(String slug, List<MlperfRow> runs) {
        DefinitionRepository definitions = exchange.definitions();
        UUID definition =
                definitions.findBySlug(slug).map(BenchmarkDefinition::id).orElseGet(() -> create(slug, runs));
        return definitions.latest(definition).orElseThrow();
    }

    /** Without test cases: the value of the primary metric is the score. */
    private UUID create(String slug, List<MlperfRow> runs) {
        MlperfRow first = runs.get(0);
        Measure ranked = MEASURES.stream()
                .filter(measure -> !(measure.isRate() && first.scenario().equals("singlestream")))
                .filter(measure -> runs.stream().allMatch(run -> measure.of(run) != null))
                .findFirst()
                .orElse(MEASURES.get(0));
        PrimaryMetric metric = PrimaryMetric.of(
                        ranked.name(),
                        "What MLPerf calls " + String.join(" or ", ranked.columns()) + ".",
                        ranked.isRate() ? "throughput" : "latency")
                .unit(ranked.unit())
                .higherIsBetter(ranked.isRate());
        Database publisher = as(publisher());
        NewBenchmarkDefinition definition = NewBenchmarkDefinition.of(
                        slug,
                        "MLPerf " + first.model() + " " + first.target() + " " + first.scenario(),
                        "A language model of MLPerf Inference, at an accuracy and under a load.",
                        DefinitionCategory.PERFORMANCE,
                        "Apache-2.0")
                .organization(organization("MLCommons").id());
        DefinitionRepository definitions = publisher.exchange().definitions();
        UUID id = definitions
                .create(
                        definition,
                        ROUND,
                        NewDefinitionVersion.of("The round of August 2024.", metric)
                                .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0)))
                .id();
        definitions.submitForReview(id);
        return definitions.activate(id).id();
    }

    /** Whether it is new. Its path in MLPerf's repository names the run, so that it is submitted once. */
    private boolean submit(DefinitionVersion version, MlperfRow row) {
        List<SubmissionMetric> metrics = new ArrayList<>();
        Double score = null;
        for (Measure measure : MEASURES) {
            Double value = measure.of(row);
            if (value != null) {
                metrics.add(SubmissionMetric.of(measure.name(), value).unit(measure.unit()));
                score = measure.name().equals(version.primaryMetric().name()) ? value : score;
            }
        }
        if (score == null) {
            throw new IllegalArgumentException(
                    "it has no " + version.primaryMetric().name());
        }
        User submitter = user(row.submitter());
        MlperfSystem system = MlperfSystem.of(row.system());
        NewSubmission submission = NewSubmission.of(
                        version,
                        SubmittedModel.of(row.submitter(), row.system()),
                        Submitter.user(submitter.id(), row.submitter())
                                .organization(organization(row.submitter()).id()),
                        new Run(row.cells().getOrDefault("path", ""), DAY, DAY),
                        score)
                .metrics(metrics)
                .reproducibility(Reproducibility.NONE.environment(SubmissionEnvironment.NONE
                        .runtimeVersions(Map.of("framework", system.framework()))
                        .hardware(Json.of(Map.of("accelerator", system.gpu(), "count", system.count())))));
        SubmissionRepository submissions = as(submitter).exchange().submissions();
        SubmittedSubmission submitted = submissions.submit(submission);
        if (submitted.submission().visibility() != SubmissionVisibility.PUBLIC) {
            submissions.changeVisibility(submitted.submission().id(), SubmissionVisibility.PUBLIC);
        }
        return submitted.isNew();
    }

    /** Shows one board, verifies its second submission, hides its first, shows the board now and as it was, and the first again. */
    void tell(String slug) {
        Optional<BenchmarkDefinition> definition = exchange.definitions().findBySlug(slug);
        if (definition.isEmpty()) {
            out.println("there is no benchmark " + slug);
            return;
        }
        DefinitionVersion version =
                exchange.definitions().latest(definition.get().id()).orElseThrow();
        Leaderboard overall = Leaderboard.of(version.id(), Board.OVERALL);
        Leaderboard verified = Leaderboard.of(version.id(), Board.VERIFIED);
        LeaderboardRepository now = exchange.leaderboards();
        List<LeaderboardEntry> before = now.top(overall, Viewer.PLATFORM, SHOWN).items();
        if (before.size() < 2) {
            out.println(slug + " has less than two submissions");
            return;
        }
        PrimaryMetric metric = version.primaryMetric();
        out.printf("%n%s by %s, %s is better%n", slug, metric.name(), metric.higherIsBetter() ? "more" : "less");
        print("the board", before, metric);

        RankedSubmission second = Objects.requireNonNull(before.get(1).submission());
        Instant between = verify(second, verified);
        print(
                "the second one verified by the platform",
                now.top(verified, Viewer.ANONYMOUS, SHOWN).items(),
                metric);

        RankedSubmission first = Objects.requireNonNull(before.get(0).submission());
        User submitter = user(first.model().provider());
        SubmissionRepository submissions = as(submitter).exchange().submissions();
        submissions.changeVisibility(first.id(), SubmissionVisibility.PRIVATE);
        print("the first one hidden", now.top(overall, Viewer.ANONYMOUS, SHOWN).items(), metric);

        PastLeaderboards past = now.asOf(between);
        print(
                "as it was before that",
                past.top(overall, Viewer.ANONYMOUS, SHOWN).items(),
                metric);
        print(
                "the same for who submitted the first one",
                past.top(overall, Viewer.user(submitter.id()), SHOWN).items(),
                metric);

        submissions.changeVisibility(first.id(), SubmissionVisibility.PUBLIC);
        print(
                "the first one shown again",
                now.top(overall, Viewer.ANONYMOUS, SHOWN).items(),
                metric);
    }

    /** By a person of MLCommons, who runs it again and gets the same. Returns the moment at which the boards had it. */
    private Instant verify(RankedSubmission submission, Leaderboard verified) {
        User verifier = publisher();
        VerificationRepository verifications = as(verifier).exchange().verifications();
        if (submission.verificationLevel() == VerificationLevel.UNVERIFIED) {
            Verification request =
                    verifications.request(NewVerification.of(submission.id(), VerificationKind.PLATFORM));
            ClaimedVerification claimed = verifications.claimByPerson(request.id(), verifier.id());
            verifications.recordAttempt(
                    claimed.lease(), NewVerificationAttempt.confirmed(submission.score(), DAY, DAY));
            verifications.complete(claimed.lease(), NewVerificationResult.confirmed(submission.score(), true));
        }
        return exchange.leaderboards()
                .history(verified, submission.subject(), Viewer.PLATFORM, 1, null)
                .items()
                .get(0)
                .validFrom();
    }

    private void print(String title, List<LeaderboardEntry> entries, PrimaryMetric metric) {
        out.printf("%n%s%n", title);
        for (LeaderboardEntry entry : entries) {
            RankedSubmission submission = entry.submission();
            if (submission == null) {
                out.printf(Locale.ROOT, "%4d  (hidden)%n", entry.rank());
            } else {
                out.printf(
                        Locale.ROOT,
                        "%4d %12.2f %-9s %s %s%s%n",
                        entry.rank(),
                        submission.score(),
                        metric.unit(),
                        submission.model().provider(),
                        submission.model().name(),
                        submission.verificationLevel() == VerificationLevel.UNVERIFIED ? "" : ", verified");
            }
        }
    }

    private Database as(User user) {
        return db.actingAs(ActingContext.of(user.asActor()));
    }

    private User publisher() {
        return user("MLCommons");
    }

    private User user(String submitter) {
        String name = name(submitter);
        return users.computeIfAbsent(
                submitter,
                key -> db.users()
                        .findByUsername(name)
                        .orElseGet(() -> db.users().create(NewUser.of(name + "@example.org", name))));
    }

    private Organization organization(String submitter) {
        String slug = name(submitter);
        return organizations.computeIfAbsent(
                submitter,
                key -> db.organizations()
                        .findBySlug(slug)
                        .orElseGet(() -> db.organizations()
                                .create(
                                        NewOrganization.of(slug, submitter, OrganizationType.ENTERPRISE),
                                        user(submitter).id())));
    }

    private static String name(String submitter) {
        return "mlperf-" + submitter.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
