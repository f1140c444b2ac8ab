package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.exchange.AggregationMethod;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardRepository;
import dev.evalstore.exchange.Leaderboards;
import dev.evalstore.exchange.ModelSubject;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.NewSubmission;
import dev.evalstore.exchange.NewSubmission.Run;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.Scoring;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionMetric;
import dev.evalstore.exchange.SubmittedModel;
import dev.evalstore.exchange.Viewer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * {@code leaderboard}: the first 100 of a board of {@code submissions} (1,000,000) of a tenth as many models, and of one of
 * {@code small} (1,000), as p50 of {@code reads} (500) a side and round. The rank of the first, a middle and the last model.
 * Both now and as of a moment in the middle of a history of three entries a model. {@code calls} (500) submissions of 20
 * metrics a side and round: on that board, on empty ones, and the same rows by hand without a board. Such a submission
 * beside one by hand and the refresh of a materialized view. And {@code cases} (10,000) case results in one submission,
 * beside COPY by hand. {@code only} names one of top, rank, past, submit, view and cases.
 */
final class LeaderboardBench {
    private static final int LIMIT = 100;
    private static final int PER_SUBJECT = 10;
    private static final int METRICS = 20;
    private static final Instant RUN = Instant.parse("2026-01-01T00:00:00Z");

    private static final PrimaryMetric RATE =
            PrimaryMetric.of("rate", "Tokens a second.", "throughput").unit("tokens/s");
    private static final NewDefinitionVersion WITHOUT_CASES = NewDefinitionVersion.of("Made to be measured.", RATE)
            .scoring(Scoring.of(AggregationMethod.MEAN).minimumTestCases(0));

    /** What boards were before: a table of the best, which everybody who submits computes again. */
    private static final String VIEW =
            "create materialized view evalstore.bench_board as select distinct on (version_id,"
                    + " subject_key) version_id, subject_key, id, board_score, created_at from evalstore.submissions"
                    + " where deleted_at is null and visibility = 'public'"
                    + " order by version_id, subject_key, board_score, created_at, id";

    private final Lab lab;
    private final Database db;
    private final LeaderboardData data;
    private final List<String> metrics = new ArrayList<>();
    private final int submissions;
    private final int small;
    private int next;

    private LeaderboardBench(Lab lab) {
        this.lab = lab;
        this.db = lab.db();
        this.data = new LeaderboardData(lab);
        this.submissions = lab.settings().number("submissions", 1_000_000);
        this.small = lab.settings().number("small", 1_000);
        metrics.add(RATE.name());
        for (int i = 1; i < METRICS; i++) {
            metrics.add("metric-" + i);
        }
    }

    static void run(Lab lab) throws Exception {
        LeaderboardBench bench = new LeaderboardBench(lab);
        String only = lab.settings().text("only");
        int reads = lab.settings().number("reads", 500);
        int calls = lab.settings().number("calls", 500);
        int cases = lab.settings().number("cases", 10_000);
        bench.data.empty();
        if (only == null || !only.equals("cases")) {
            Filled large = bench.board("large", bench.submissions);
            if (only == null || only.equals("top")) {
                bench.top(large.version(), bench.board("small", bench.small).version(), reads);
            }
            if (only == null || only.equals("rank")) {
                bench.rank(large.version(), reads);
            }
            if (only == null || only.equals("past")) {
                bench.past(large.version(), large.middle(), reads);
            }
            if (only == null || only.equals("submit")) {
                bench.submit(large.version(), calls);
            }
            if (only == null || only.equals("view")) {
                bench.view(large.version());
            }
        }
        if (only == null || only.equals("cases")) {
            bench.cases(cases);
        }
    }

    /** A board of a version, and a moment in the middle of its history. */
    private record Filled(DefinitionVersion version, Instant middle) {}

    private Filled board(String slug, int number) throws Exception {
        DefinitionVersion version = data.publish(slug, WITHOUT_CASES);
        return new Filled(version, data.submit(version, number, Math.max(1, number / PER_SUBJECT)));
    }

    private static Leaderboard overall(DefinitionVersion version) {
        return Leaderboard.of(version.id(), Board.OVERALL);
    }

    private void top(DefinitionVersion large, DefinitionVersion few, int reads) throws Exception {
        String most = Integer.toString(submissions);
        String least = Integer.toString(small);
        explain(boards -> top(boards, large), "leaderboard_entries.page_now");
        lab.report().progress("leaderboard.top, p50 in ms");
        Map<String, Double> millis = new Rounds(lab)
                .side(least, () -> p50(reads, () -> top(db.exchange().leaderboards(), few)))
                .side(most, () -> p50(reads, () -> top(db.exchange().leaderboards(), large)))
                .medians();
        lab.report()
                .values(
                        "leaderboard.top",
                        millis,
                        "ms",
                        Map.of("limit", LIMIT, "submissions_a_model", PER_SUBJECT, "rounds", lab.rounds()));
        lab.report().ratio("leaderboard.top", millis, most, least);
    }

    private void explain(Consumer<LeaderboardRepository> read, String statement) throws SQLException {
        Recorder recorder = new Recorder(lab.pool());
        read.accept(Database.using(recorder.pool()).exchange().leaderboards());
        recorder.explain(statement).forEach(lab.report()::progress);
    }

    private static int top(Leaderboards boards, DefinitionVersion version) {
        int found =
                boards.top(overall(version), Viewer.ANONYMOUS, LIMIT).items().size();
        if (found == 0) {
            throw new IllegalStateException("an empty board");
        }
        return found;
    }

    private static long rank(Leaderboards boards, DefinitionVersion version, ModelSubject subject) {
        return boards.rankOf(overall(version), subject, Viewer.ANONYMOUS)
                .orElseThrow()
                .rank();
    }

    private static double p50(int reads, Callable<?> read) throws Exception {
        Latencies latencies = new Latencies();
        for (int i = 0; i < reads; i++) {
            latencies.time(read);
        }
        return latencies.millis(0.5);
    }

    private void rank(DefinitionVersion large, int reads) throws Exception {
        int models = submissions / PER_SUBJECT;
        lab.report().progress("leaderboard.rank, p50 in ms");
        Rounds rounds = new Rounds(lab);
        List<String> places = List.of("first", "middle", "last");
        for (int i = 0; i < places.size(); i++) {
            ModelSubject subject = data.subjectAt(large, i * (models - 1) / 2);
            rounds.side(places.get(i), () -> p50(reads, () -> rank(db.exchange().leaderboards(), large, subject)));
        }
        lab.report()
                .values("leaderboard.rank", rounds.medians(), "ms", Map.of("models", models, "rounds", lab.rounds()));
    }

    /** In the middle of the history: between the second and the third entry of every model. */
    private void past(DefinitionVersion large, Instant middle, int reads) throws Exception {
        int models = submissions / PER_SUBJECT;
        ModelSubject subject = data.subjectAt(large, models / 2);
        LeaderboardRepository now = db.exchange().leaderboards();
        Map<String, Object> params =
                Map.of("models", models, "entries_a_model", LeaderboardData.PARTS, "rounds", lab.rounds());
        explain(boards -> top(boards.asOf(middle), large), "leaderboard_entries.page_past");
        explain(boards -> rank(boards.asOf(middle), large, subject), "leaderboard_entries.around_past");
        lab.report().progress("leaderboard.top_as_of and rank_as_of, p50 in ms");
        Map<String, Double> tops = new Rounds(lab)
                .side("now", () -> p50(reads, () -> top(now, large)))
                .side("as of", () -> p50(reads, () -> top(now.asOf(middle), large)))
                .medians();
        lab.report().values("leaderboard.top_as_of", tops, "ms", params);
        lab.report().ratio("leaderboard.top_as_of", tops, "as of", "now");
        Map<String, Double> ranks = new Rounds(lab)
                .side("now", () -> p50(reads, () -> rank(now, large, subject)))
                .side("as of", () -> p50(reads, () -> rank(now.asOf(middle), large, subject)))
                .medians();
        lab.report().values("leaderboard.rank_as_of", ranks, "ms", params);
        lab.report().ratio("leaderboard.rank_as_of", ranks, "as of", "now");
    }

    private NewSubmission submission(DefinitionVersion version, UUID versionId, double rate) {
        int number = next++;
        NewSubmission bare = NewSubmission.of(
                version,
                SubmittedModel.of("bench", "submitted-" + number),
                Submitter.named("bench"),
                new Run("submitted-" + number, RUN, RUN),
                rate);
        return new NewSubmission(
                bare.definitionId(),
                versionId,
                bare.model(),
                bare.submitter(),
                bare.run(),
                bare.results()
                        .metrics(metrics.stream()
                                .map(name -> SubmissionMetric.of(name, rate).unit("ms"))
                                .toList()),
                bare.reproducibility(),
                bare.listing());
    }

    /** Every submission is of a model of its own, so each opens an entry. An empty board is that of a version of its own. */
    private void submit(DefinitionVersion large, int calls) throws Exception {
        Iterator<UUID> versions =
                data.versions(large, (calls + 100) * (lab.rounds() + 2)).iterator();
        Random random = new Random(calls);
        LeaderboardHand hand = new LeaderboardHand(lab.pool(), large.definitionId(), large.id());
        lab.report().progress("leaderboard.submit, us a submission");
        Map<String, Double> micros = new Calls(lab, calls)
                .side("empty", () -> submit(submission(large, versions.next(), rate(random))))
                .side("full", () -> submit(submission(large, large.id(), rate(random))))
                .side("raw", () -> {
                    return hand.submitMetrics("raw-" + next, rate(random), "raw-" + next++, metrics);
                })
                .medianMicros();
        Map<String, Object> params = Map.of(
                "calls",
                calls,
                "metrics",
                METRICS,
                "models_on_the_full_board",
                submissions / PER_SUBJECT,
                "rounds",
                lab.rounds());
        Double full = Objects.requireNonNull(micros.get("full"));
        Double raw = Objects.requireNonNull(micros.remove("raw"));
        lab.report().values("leaderboard.submit", micros, "us", params);
        lab.report().ratio("leaderboard.submit", micros, "full", "empty");
        Map<String, Double> beside = new LinkedHashMap<>();
        beside.put("evalstore", full);
        beside.put("raw", raw);
        lab.report().values("leaderboard.submit_raw", beside, "us", params);
        lab.report().ratio("leaderboard.submit_raw", beside, "evalstore", "raw");
    }

    private Submission submit(NewSubmission submission) {
        return db.exchange().submissions().submit(submission).submission();
    }

    /** Somewhere on the board. */
    private static double rate(Random random) {
        return random.nextInt(LeaderboardData.RANGE);
    }

    private void view(DefinitionVersion large) throws Exception {
        LeaderboardHand hand = new LeaderboardHand(lab.pool(), large.definitionId(), large.id());
        Random random = new Random(submissions);
        lab.report().progress("leaderboard.view, ms a submission");
        lab.execute(
                VIEW,
                "create unique index idx_bench_board on evalstore.bench_board (version_id, subject_key)",
                "analyze evalstore.bench_board",
                "checkpoint");
        try {
            Map<String, Double> millis = new Rounds(lab)
                    .side("evalstore", () -> p50(20, () -> submit(submission(large, large.id(), rate(random)))))
                    .side(
                            "materialized view",
                            () -> p50(1, () -> {
                                UUID id = hand.submitMetrics("raw-" + next, rate(random), "raw-" + next++, metrics);
                                lab.execute("refresh materialized view concurrently evalstore.bench_board");
                                return id;
                            }))
                    .medians();
            lab.report()
                    .values(
                            "leaderboard.view",
                            millis,
                            "ms",
                            Map.of("submissions", submissions, "metrics", METRICS, "rounds", lab.rounds()));
            lab.report().ratio("leaderboard.view", millis, "materialized view", "evalstore");
        } finally {
            lab.execute("drop materialized view evalstore.bench_board");
        }
    }

    private void cases(int number) throws Exception {
        List<NewTestCase> asked = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            asked.add(NewTestCase.of("case-" + i, "Question " + i, "What is " + i + " + 1?"));
        }
        DefinitionVersion version = data.publish(
                "cases",
                NewDefinitionVersion.of(
                                "Made to be measured.", PrimaryMetric.of("accuracy", "Right answers.", "accuracy"))
                        .cases(asked));
        Map<String, UUID> ids = data.caseIds(version);
        List<NewCaseResult> results = new ArrayList<>();
        List<LeaderboardHand.Case> rows = new ArrayList<>();
        String output =
                "An answer of a few words, as a model gives it. ".repeat(4).strip();
        int passed = 0;
        for (int i = 0; i < number; i++) {
            boolean isRight = i % 3 != 0;
            passed += isRight ? 1 : 0;
            String key = "case-" + i;
            results.add(NewCaseResult.of(key, isRight, isRight ? 1 : 0)
                    .latencyMs(250)
                    .output(output));
            rows.add(new LeaderboardHand.Case(Objects.requireNonNull(ids.get(key)), isRight, isRight ? 1 : 0, output));
        }
        double score = passed / (double) number;
        LeaderboardHand hand = new LeaderboardHand(lab.pool(), version.definitionId(), version.id());
        lab.report().progress("submission.cases, cases a second");
        Map<String, Double> rates = new Rounds(lab)
                .side(
                        "evalstore",
                        () -> rate(number, () -> {
                            String name = "submitted-" + next++;
                            submit(NewSubmission.of(
                                            version,
                                            SubmittedModel.of("bench", name),
                                            Submitter.named("bench"),
                                            new Run(name, RUN, RUN),
                                            score)
                                    .cases(results));
                        }))
                .side("raw", () -> rate(number, () -> hand.submitCases("raw-" + next, score, "raw-" + next++, rows)))
                .medians();
        lab.report().values("submission.cases", rates, "cases/s", Map.of("cases", number, "rounds", lab.rounds()));
        lab.report().ratio("submission.cases", rates, "evalstore", "raw");
    }

    /** Stores a submission in one way. */
    @FunctionalInterface
    private interface Store {
        void run() throws Exception;
    }

    private double rate(int cases, Store store) throws Exception {
        lab.execute("truncate evalstore.submission_cases", "checkpoint");
        long start = System.nanoTime();
        store.run();
        return cases / ((System.nanoTime() - start) / 1e9);
    }
}
