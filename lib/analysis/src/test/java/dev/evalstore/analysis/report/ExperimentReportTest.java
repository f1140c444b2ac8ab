package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.NotFoundException;
import dev.evalstore.account.NewUser;
import dev.evalstore.analysis.Agreement;
import dev.evalstore.analysis.Agreement.Kind;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.FeedbackFilter;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.NewFeedback;
import dev.evalstore.tracking.Thumbs;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ExperimentReportTest {
    private static final int ITEMS = 40;
    private static LocalServer server;
    private static Database db;
    private static UUID full;

    @BeforeAll
    static void store() {
        server = LocalServer.start();
        db = Database.open(DatabaseConfig.builder(server.url()).build());
        db.migrate();
        full = fullExperiment();
    }

    @AfterAll
    static void close() {
        db.close();
        server.close();
    }

    @Test
    void each_model_has_its_answers_mean_interval_latency_and_cost() {
        DataTable table = table(full, "Models, the highest mean score first");

        assertThat(table.rows())
                .containsExactly(
                        ReportFixtures.row(
                                "openai / gpt-4", "40", "40", "0.7500", "[0.5981, 0.8581]", "115.5", "1.60", "0.04000"),
                        ReportFixtures.row(
                                "eleuther / Ωμέγα <b>", "40", "40", "0.5000", "[0.3520, 0.6480]", null, null, null),
                        ReportFixtures.row(
                                "eleuther / pythia-70m",
                                "41",
                                "40",
                                "0.2500",
                                "[0.1419, 0.4019]",
                                "215.5",
                                "0.04",
                                "0.00100"));
    }

    @Test
    void scores_are_drawn_as_bars_distributions_and_against_costs() {
        assertThat(figures(full))
                .extracting(Figure::caption)
                .containsExactly(
                        "Mean score with intervals of 95 %",
                        "Distribution of scores",
                        "Cost of an answer against mean score, for models that have both",
                        "Mean rating by score",
                        "What other raters gave to an answer, by what one rater gave");
        assertThat(figures(full).get(0).alternative())
                .contains(
                        "openai / gpt-4 0.750 [0.598, 0.858]",
                        "Highest is openai / gpt-4",
                        "lowest is eleuther / pythia-70m");
        assertThat(figures(full).get(2).alternative()).contains("2 points", "openai / gpt-4 (0.04");
    }

    @Test
    void ratings_are_drawn_by_score_and_by_rater() {
        assertThat(figures(full).get(3).alternative()).contains("At 0.000: 2.00", "At 1.000: 4.00", "n 10");
        assertThat(figures(full).get(4).alternative()).contains("At 2.00: ", "At 4.00: ");
        assertThat(table(full, "What people gave").rows())
                .contains(
                        ReportFixtures.row("Pieces of feedback", "80"),
                        ReportFixtures.row("Mean rating, of 1 to 5 stars", "3.50"));
        assertThat(table(full, "Agreement of raters").rows().get(0).subList(0, 3))
                .containsExactly("Ratings", "2", "40");
    }

    @Test
    void feedback_is_counted_in_one_statement_and_read_in_another() {
        Queue<String> read = new ConcurrentLinkedQueue<>();
        DatabaseConfig config = DatabaseConfig.builder(server.url())
                .listener((name, time, failure) -> read.add(name))
                .build();
        try (Database heard = Database.open(config)) {
            Report.ofExperiment(heard, full);
        }

        assertThat(read.stream().filter(name -> name.startsWith("evaluation_feedback.")))
                .containsExactlyInAnyOrder("evaluation_feedback.stats", "evaluation_feedback.list");
        FeedbackFilter filter = FeedbackFilter.ALL.experiment(full);
        assertThat(Agreement.ofEach(db, filter))
                .containsExactly(
                        Map.entry(Kind.RATINGS, Agreement.of(db, Kind.RATINGS, filter)),
                        Map.entry(Kind.THUMBS, Agreement.of(db, Kind.THUMBS, filter)));
    }

    @Test
    void metrics_params_and_tags_are_there_by_name() {
        assertThat(table(full, "Metrics by name").rows())
                .containsExactly(
                        ReportFixtures.row("accuracy", "0.9300", "1,000", "0.9300", "0.9300", "1"),
                        ReportFixtures.row("loss", "NaN", "2,000", "0.7100", "0.7100", "2"));
        assertThat(table(full, "Params by name").rows())
                .containsExactly(
                        ReportFixtures.row("prompt", "x".repeat(476) + "… (524 more)"),
                        ReportFixtures.row("rate", "0.0003"));
        assertThat(table(full, "Tags by name").rows())
                .containsExactly(ReportFixtures.row("bare", ""), ReportFixtures.row("team", "a & b"));
    }

    @Test
    void the_page_is_valid_and_the_same_again() throws Exception {
        String html = HtmlWriterTest.html(Report.ofExperiment(db, full).document());

        assertThat(HtmlCheck.problems(html)).isEmpty();
        assertThat(HtmlWriterTest.html(Report.ofExperiment(db, full).document()))
                .isEqualTo(html);
        assertThat(html)
                .contains("Description &lt;b&gt;", "eleuther / Ωμέγα &lt;b&gt;")
                .doesNotContain("Ωμέγα <b>");
    }

    @Test
    void an_experiment_that_runs_has_no_time_that_passes() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("runs", ExperimentKind.EVALUATION))
                .id();
        db.tracking().experiments().start(id);

        Document document = Report.ofExperiment(db, id).document();

        assertThat(document.parts()).hasSize(1);
        assertThat(table(id, "The experiment").rows())
                .extracting(row -> row.get(0))
                .contains("Started", "Status")
                .doesNotContain("Ran for", "Ended");
    }

    @Test
    void answers_without_scores_are_counted() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("unscored", ExperimentKind.EVALUATION))
                .id();
        db.evaluations().create(NewEvaluation.of("a", "b", "in", "out").experiment(id));
        db.evaluations().create(NewEvaluation.of("a", "b", "in", "out").experiment(id));

        assertThat(figures(id)).isEmpty();
        assertThat(table(id, "Models, the highest mean score first").rows())
                .containsExactly(ReportFixtures.row("a / b", "2", "0", null, null, null, null, null));
    }

    @Test
    void one_score_has_a_mean_without_an_interval() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("one", ExperimentKind.EVALUATION))
                .id();
        db.evaluations()
                .create(NewEvaluation.of("a", "b", "in", "out").experiment(id).score(0.3));

        assertThat(table(id, "Models, the highest mean score first")
                        .rows()
                        .get(0)
                        .subList(3, 5))
                .containsExactly("0.3000", null);
    }

    @Test
    void models_whose_long_names_begin_alike_are_rows_of_their_own() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("alike", ExperimentKind.EVALUATION))
                .id();
        String provider = "p".repeat(200);
        for (String end : List.of("A", "B")) {
            String model = "m".repeat(20) + end + "m".repeat(130);
            db.evaluations()
                    .create(NewEvaluation.of(provider, model, "in", "out")
                            .experiment(id)
                            .score(end.equals("A") ? 0 : 1));
        }

        assertThat(table(id, "Models, the highest mean score first").rows())
                .extracting(row -> row.subList(0, 4))
                .containsExactly(
                        List.of(provider + " / " + "m".repeat(20) + "B" + "m".repeat(130), "1", "1", "1.000"),
                        List.of(provider + " / " + "m".repeat(20) + "A" + "m".repeat(130), "1", "1", "0.000"));
        assertThat(figures(id).get(0).alternative()).contains("mBmm", "mAmm");
    }

    @Test
    void a_score_too_large_for_statistics_is_left_out_and_counted() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("large", ExperimentKind.EVALUATION))
                .id();
        for (double score : new double[] {0.3, 1e200, -1e200}) {
            db.evaluations()
                    .create(NewEvaluation.of("a", "b", "in", "out")
                            .experiment(id)
                            .score(score));
        }

        assertThat(table(id, "Models, the highest mean score first")
                        .rows()
                        .get(0)
                        .subList(0, 4))
                .containsExactly("a / b", "3", "1", "0.3000");
        assertThat(all(Report.ofExperiment(db, id).document().parts(), Document.Note.class))
                .extracting(Document.Note::text)
                .contains("Left out: 2 scores beyond 1e140, of which no statistics are made.");
    }

    @Test
    void a_cost_that_was_not_told_is_a_dash_beside_that_of_the_answers() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("untold", ExperimentKind.EVALUATION))
                .id();
        db.evaluations()
                .create(NewEvaluation.of("a", "b", "in", "out").experiment(id).usage(10, 5, new BigDecimal("0.04")));

        assertThat(table(id, "The experiment").rows())
                .contains(
                        ReportFixtures.row("Cost as told (US dollars)", null),
                        ReportFixtures.row("Cost of its answers (US dollars)", "0.04"),
                        ReportFixtures.row("Tokens read, written as told", null),
                        ReportFixtures.row("Cost by its cost entries (US dollars)", null));
    }

    @Test
    void what_was_told_to_be_nothing_is_no_dash() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("free", ExperimentKind.EVALUATION))
                .id();
        db.evaluations()
                .create(NewEvaluation.of("a", "b", "in", "out").experiment(id).usage(0, 0, BigDecimal.ZERO));

        assertThat(table(id, "The experiment").rows())
                .contains(
                        ReportFixtures.row("Cost of its answers (US dollars)", "0.00"),
                        ReportFixtures.row("Tokens read, written by its answers", "0, 0"));

        UUID silent = db.tracking()
                .experiments()
                .create(NewExperiment.of("silent", ExperimentKind.EVALUATION))
                .id();
        db.evaluations().create(NewEvaluation.of("a", "b", "in", "out").experiment(silent));
        assertThat(table(silent, "The experiment").rows())
                .contains(
                        ReportFixtures.row("Cost of its answers (US dollars)", null),
                        ReportFixtures.row("Tokens read, written by its answers", null));
    }

    @Test
    void an_experiment_that_is_not_there_is_said_to_be_so() {
        assertThatThrownBy(() -> Report.ofExperiment(db, UUID.randomUUID())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> Report.ofExperiment(db, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("experiment");
    }

    private static UUID fullExperiment() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("Three models & a <b>bold</b> name", ExperimentKind.EVALUATION)
                        .project("reports")
                        .description("Description <b>\nin two lines")
                        .param("rate", 3e-4)
                        .param("prompt", "x".repeat(1_000))
                        .tag("team", "a & b")
                        .tag("bare"))
                .id();
        db.tracking().experiments().start(id);
        Instant at = Instant.parse("2026-01-02T03:04:05Z");
        db.tracking()
                .experiments()
                .log(
                        id,
                        LogBatch.of()
                                .metric("loss", 0.71, 1_000, at)
                                .metric("loss", Double.NaN, 2_000, at)
                                .metric("accuracy", 0.93, 1_000, at));
        List<NewEvaluation> answers = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            answers.add(answer(id, "openai", "gpt-4", i, i % 4 == 0 ? 0 : 1)
                    .latencyMs(96 + i)
                    .usage(10, 5, new BigDecimal("0.04")));
            answers.add(answer(id, "eleuther", "pythia-70m", i, i % 4 == 0 ? 1 : 0)
                    .latencyMs(196 + i)
                    .usage(10, 5, new BigDecimal("0.001")));
            answers.add(answer(id, "eleuther", "Ωμέγα <b>", i, i % 2));
        }
        answers.add(NewEvaluation.of("eleuther", "pythia-70m", "in", "out").experiment(id));
        db.evaluations().createAll(answers);
        feedback(id);
        return id;
    }

    /** Two raters for each answer of one model: 4 stars by both where it is right; 2, and 2 by the other, where it is wrong. */
    private static void feedback(UUID experiment) {
        UUID one = db.users().create(NewUser.of("one@example.org", "one")).id();
        UUID other = db.users().create(NewUser.of("other@example.org", "other")).id();
        List<Evaluation> answers = new ArrayList<>();
        db.evaluations().stream(EvaluationFilter.ALL.experiment(experiment).model("gpt-4"), answers::add);
        for (Evaluation answer : answers) {
            int stars = answer.score() != null && answer.score() > 0.5 ? 4 : 2;
            db.tracking()
                    .feedback()
                    .give(NewFeedback.of(answer.id()).user(one).rating(stars).thumbs(Thumbs.UP));
            db.tracking()
                    .feedback()
                    .give(NewFeedback.of(answer.id()).user(other).rating(stars));
        }
    }

    private static NewEvaluation answer(UUID experiment, String provider, String model, int item, double score) {
        return NewEvaluation.of(provider, model, "in", "out")
                .experiment(experiment)
                .item(model + " " + item)
                .score(score);
    }

    private static DataTable table(UUID id, String caption) {
        return all(Report.ofExperiment(db, id).document().parts(), DataTable.class).stream()
                .filter(table -> table.caption().equals(caption))
                .findFirst()
                .orElseThrow();
    }

    private static List<Figure> figures(UUID id) {
        return all(Report.ofExperiment(db, id).document().parts(), Figure.class);
    }

    private static <T> List<T> all(List<Part> parts, Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Section section) {
                found.addAll(all(section.parts(), kind));
            } else if (kind.isInstance(part)) {
                found.add(kind.cast(part));
            }
        }
        return found;
    }
}
