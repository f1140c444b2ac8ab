package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.analysis.stats.Welch;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.DefinitionVersion;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.Tier;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.ItemMetric;
import dev.evalstore.tracking.NewComparison;
import dev.evalstore.tracking.Pairing;
import dev.evalstore.tracking.StoredComparison;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final double[] GOOD = {0.7, 0.9, 0.4, 0.8, 0.6, 0.95, 0.5, 0.85};
    private static final double[] POOR = {0.5, 0.8, 0.35, 0.5, 0.62, 0.7, 0.4, 0.6};

    private static ComparisonWorld world;

    @BeforeAll
    static void start() {
        world = new ComparisonWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void experiments_are_paired_by_item_and_the_better_one_is_named() {
        UUID a = world.experiment("good", GOOD);
        UUID b = world.experiment("poor", POOR);
        ComparisonResult result =
                Comparison.between(b, a).metric("score").on(world.db).run();

        assertThat(result.unit()).isEqualTo(ComparisonUnit.EXPERIMENT);
        assertThat(result.metric()).isEqualTo("score");
        assertThat(result.options()).isEqualTo(ComparisonOptions.DEFAULT);
        assertThat(result.sampleSize()).isEqualTo(8);
        assertThat(result.excluded()).isEmpty();
        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("good", "poor");
        assertThat(result.winner()).isEqualTo(a);
        assertThat(result.pairs().get(0).p()).isEqualTo(0.006201080405);
        assertThat(result.engineVersion()).isEqualTo(Comparison.ENGINE_VERSION);
        assertThat(result.inputHash()).matches("[0-9a-f]{64}");
    }

    /** By an unpaired test these differ at p = .09, by a paired one at p = .0062. */
    @Test
    void paired_data_are_tested_as_pairs() {
        double unpaired = Welch.of(GOOD, POOR).p();
        ComparisonResult result = Comparison.between(world.experiment("x", GOOD), world.experiment("y", POOR))
                .on(world.db)
                .run();
        assertThat(unpaired).isGreaterThan(0.05);
        assertThat(result.pairs().get(0).p()).isLessThan(0.01);
        assertThat(result.pairs().get(0).tests())
                .extracting(TestOutcome::test)
                .containsExactly(TestKind.PAIRED_T, TestKind.WILCOXON);
    }

    @Test
    void what_is_left_out_is_counted_by_reason() {
        UUID a = world.experiment("a", 0.1, 0.2, 0.3, Double.NaN);
        UUID b = world.experiment("b", 0.2, 0.25, Double.NaN, 0.4);
        world.add(
                a,
                ComparisonWorld.answer("unscored", 0),
                ComparisonWorld.answer("huge", 0).score(1e200),
                ComparisonWorld.answer("judged", 0).judgeScores(Json.parse("{\"gpt\": \"good\"}")),
                NewEvaluation.of("acme", "adder", "1", "1").score(1));
        world.add(
                b,
                ComparisonWorld.answer("unscored", 0).score(0.5),
                ComparisonWorld.answer("huge", 0).score(1),
                ComparisonWorld.answer("judged", 0).judgeScores(Json.parse("{\"gpt\": 0.5}")));
        ComparisonResult result = Comparison.between(a, b).on(world.db).run();

        assertThat(result.sampleSize()).isEqualTo(2);
        assertThat(result.excluded())
                .isEqualTo(Map.of(
                        "not answered by all", 2, "without a value", 2, "beyond 1e140", 1, "without an item key", 1));

        ComparisonResult judged =
                Comparison.between(a, b).metric("judge_scores.gpt").on(world.db).run();
        assertThat(judged.sampleSize()).isZero();
        assertThat(judged.excluded()).containsEntry("not a number", 1);
        assertThat(judged.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_COMPARABLE);
    }

    @Test
    void what_is_left_out_of_an_average_is_counted_and_changes_the_hash() {
        UUID a = world.experiment("a");
        UUID b = world.experiment("b", 0.1, 0.2, 0.3);
        for (int item = 0; item < 3; item++) {
            world.add(
                    a,
                    ComparisonWorld.answer("i" + item, 0).score(0.5),
                    ComparisonWorld.answer("i" + item, 1),
                    ComparisonWorld.answer("i" + item, 2));
        }
        ComparisonResult result = Comparison.between(a, b).on(world.db).run();
        assertThat(result.sampleSize()).isEqualTo(3);
        assertThat(result.excluded()).isEqualTo(Map.of("left out of an average", 6));

        world.add(a, ComparisonWorld.answer("i0", 3));
        ComparisonResult more = Comparison.like(result).on(world.db).run();
        assertThat(more.excluded()).isEqualTo(Map.of("left out of an average", 7));
        assertThat(more.inputHash()).isNotEqualTo(result.inputHash());

        world.add(
                a,
                ComparisonWorld.answer("i0", 4).score(0.25),
                ComparisonWorld.answer("i0", 5).score(0.75));
        ComparisonResult same = Comparison.like(result).on(world.db).run();
        assertThat(same.member(a).orElseThrow().mean()).isEqualTo(0.5);
        assertThat(same.inputHash()).isNotEqualTo(more.inputHash());
    }

    @Test
    void the_hash_is_of_the_bytes_that_are_documented() throws Exception {
        UUID one = world.experiment("one");
        UUID other = world.experiment("other");
        UUID a = one.toString().compareTo(other.toString()) < 0 ? one : other;
        UUID b = a.equals(one) ? other : one;
        world.add(
                a,
                ComparisonWorld.answer("é", 0).score(0.5),
                ComparisonWorld.answer("é", 1).score(0.25),
                ComparisonWorld.answer("é", 2),
                ComparisonWorld.answer("i", 0),
                NewEvaluation.of("acme", "adder", "1", "1").score(1));
        world.add(
                b,
                ComparisonWorld.answer("i", 0).score(1),
                ComparisonWorld.answer("x", 0).score(-0.0));

        ByteBuffer bytes = ByteBuffer.allocate(1_000);
        for (String text :
                List.of("evalstore comparison 1", "EXPERIMENT", "score", "ITEM", a.toString(), b.toString())) {
            text(bytes, text);
        }
        // Two items are not of both, and one has no value. Answers, without an item, and left out of an average.
        bytes.putLong(2).putLong(1).putLong(0);
        bytes.putLong(5).putLong(1).putLong(1);
        bytes.putLong(2).putLong(0).putLong(0);
        bytes.putLong(3);
        text(bytes, "i");
        bytes.putLong(0).putLong(0x7ff8000000000000L).putDouble(1);
        text(bytes, "x");
        bytes.putLong(0).putLong(0x7ff8000000000000L).putDouble(0);
        text(bytes, "é");
        bytes.putLong(0).putDouble(0.375).putLong(0x7ff8000000000000L);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(bytes.array(), 0, bytes.position());
        assertThat(Comparison.between(a, b).on(world.db).run().inputHash())
                .isEqualTo(HexFormat.of().formatHex(sha256.digest()));
    }

    private static void text(ByteBuffer bytes, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytes.putLong(utf8.length).put(utf8);
    }

    @Test
    void where_each_two_share_their_own_items_answers_are_counted_by_reason() {
        UUID a = world.experiment("a", 0.1, 0.2, 0.3, 0.4);
        UUID b = world.experiment("b", 0.2, 0.25, 0.5);
        UUID c = world.experiment("c");
        world.add(
                c,
                ComparisonWorld.answer("i0", 0),
                ComparisonWorld.answer("i1", 0).score(1e200),
                ComparisonWorld.answer("nowhere else", 0),
                ComparisonWorld.answer("alone", 0).score(1));
        ComparisonResult result =
                Comparison.between(a, b, c).items(ItemRule.OF_PAIR).on(world.db).run();
        assertThat(result.sampleSize()).isEqualTo(3);
        assertThat(result.excluded())
                .isEqualTo(Map.of("without a value", 2, "beyond 1e140", 1, "of one member alone", 2));
    }

    @Test
    void repeats_are_averaged_or_paired() {
        UUID a = world.experiment("a");
        UUID b = world.experiment("b");
        for (int item = 0; item < 4; item++) {
            String key = "i" + item;
            world.add(
                    a,
                    ComparisonWorld.answer(key, 0).score(0.2 * item),
                    ComparisonWorld.answer(key, 1).score(0.2 * item + 0.1));
            world.add(
                    b,
                    ComparisonWorld.answer(key, 0).score(0.1 * item + 0.3),
                    ComparisonWorld.answer(key, 2).score(0.1 * item + 0.5));
        }
        ComparisonResult averaged = Comparison.between(a, b).on(world.db).run();
        assertThat(averaged.sampleSize()).isEqualTo(4);
        assertThat(averaged.member(a).orElseThrow().mean()).isEqualTo(0.35);
        assertThat(averaged.member(b).orElseThrow().mean()).isEqualTo(0.55);

        ComparisonResult paired = Comparison.between(a, b)
                .pairing(Pairing.ITEM_AND_REPEAT)
                .on(world.db)
                .run();
        assertThat(paired.sampleSize()).isEqualTo(4);
        assertThat(paired.excluded()).isEqualTo(Map.of("not answered by all", 8));
        assertThat(paired.member(b).orElseThrow().mean()).isEqualTo(0.45);
        assertThat(paired.inputHash()).isNotEqualTo(averaged.inputHash());
    }

    @Test
    void the_order_in_which_members_are_named_changes_no_byte_and_a_changed_row_changes_the_hash() {
        UUID a = world.experiment("a", GOOD);
        UUID b = world.experiment("b", POOR);
        UUID c = world.experiment("c", 0.6, 0.7, 0.5, 0.6, 0.7, 0.8, 0.55, 0.7);
        ComparisonResult result = Comparison.between(a, b, c)
                .tests(TestKind.PAIRED_T, TestKind.PERMUTATION)
                .permutations(1_000)
                .bootstraps(200)
                .seed(-7)
                .on(world.db)
                .run();
        ComparisonResult again = Comparison.like(result).on(world.db).run();
        ComparisonResult turned = Comparison.between(c, b, a)
                .options(result.options())
                .on(world.db)
                .run();
        assertThat(again.toJson()).isEqualTo(result.toJson());
        assertThat(turned.toJson()).isEqualTo(result.toJson());

        world.add(b, ComparisonWorld.answer("one more", 0).score(0.5));
        ComparisonResult changed = Comparison.like(result).on(world.db).run();
        assertThat(changed.inputHash()).isNotEqualTo(result.inputHash());
        world.add(b, ComparisonWorld.answer("unscored", 0));
        assertThat(Comparison.like(result).on(world.db).run().inputHash())
                .isNotEqualTo(changed.inputHash())
                .isNotEqualTo(result.inputHash());
    }

    @Test
    void a_result_is_stored_and_read_back_to_the_byte() {
        UUID a = world.experiment("a", GOOD);
        UUID b = world.experiment("b", POOR);
        ComparisonResult result =
                Comparison.between(a, b).bootstraps(100).on(world.db).run();
        StoredComparison stored = result.save(world.db, "good against poor");

        assertThat(world.db.tracking().comparisons().get(stored.id())).isEqualTo(stored);
        assertThat(ComparisonResult.of(stored)).isEqualTo(result);
        assertThat(stored.results().canonical()).isEqualTo(result.toJson().text());
        assertThat(stored.winningMember().orElseThrow().id()).isEqualTo(a);
        assertThat(stored.pValue()).isEqualTo(0.006201080405);
        assertThat(stored.effect()).isEqualTo(1.365174698);
        assertThat(stored.method()).isEqualTo("PAIRED_T, WILCOXON");
        assertThat(stored.inputHash()).isEqualTo(result.inputHash());
        assertThat(stored.engineVersion()).isEqualTo(Comparison.ENGINE_VERSION);
        assertThat(stored.options().asMap()).containsEntry("correction", "HOLM").containsEntry("seed", "1");

        StoredComparison inTransaction =
                world.db.inTransaction(tx -> Comparison.between(a, b).on(tx).save("in a transaction"));
        assertThat(inTransaction.inputHash()).isEqualTo(stored.inputHash());
        assertThatThrownBy(() -> ComparisonResult.of(world.db
                        .tracking()
                        .comparisons()
                        .create(NewComparison.of(
                                "of another program",
                                result.toNew("x").setup(),
                                result.toNew("x").members(),
                                NewComparison.Outcome.of(1, Json.parse("{\"p\": 1}")),
                                result.toNew("x").provenance()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("results");
    }

    @Test
    void a_member_that_is_deleted_is_not_found_and_a_result_of_it_is_not_stored() {
        UUID a = world.experiment("a", GOOD);
        UUID b = world.experiment("b", POOR);
        ComparisonResult result = Comparison.between(a, b).on(world.db).run();
        world.db.tracking().experiments().delete(b);
        assertThatThrownBy(() -> result.save(world.db, "too late")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> Comparison.between(a, b).on(world.db).run()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void metrics_have_their_direction_and_may_be_turned() {
        UUID quick = world.experiment("quick");
        UUID slow = world.experiment("slow");
        for (int item = 0; item < 6; item++) {
            world.add(quick, ComparisonWorld.answer("i" + item, 0).latencyMs(100 + item * item));
            world.add(slow, ComparisonWorld.answer("i" + item, 0).latencyMs(200 + item));
        }
        ComparisonResult latency = Comparison.between(slow, quick)
                .metric("latency_ms")
                .on(world.db)
                .run();
        assertThat(latency.higherIsBetter()).isFalse();
        assertThat(latency.winner()).isEqualTo(quick);
        ComparisonResult turned = Comparison.between(slow, quick)
                .metric(ItemMetric.LATENCY)
                .higherIsBetter(true)
                .on(world.db)
                .run();
        assertThat(turned.winner()).isEqualTo(slow);
        assertThat(Comparison.like(turned).on(world.db).run()).isEqualTo(turned);
    }

    @Test
    void model_versions_are_compared_by_the_evaluations_that_a_filter_admits() {
        UUID a = world.modelVersion("adder");
        UUID b = world.modelVersion("guesser");
        UUID one = world.experiment("one");
        UUID other = world.experiment("other");
        for (int item = 0; item < 5; item++) {
            world.add(
                    one,
                    ComparisonWorld.answer("i" + item, 0).modelVersion(a).score(0.9 - 0.01 * item * item),
                    ComparisonWorld.answer("i" + item, 1).modelVersion(b).score(0.2 + 0.02 * item));
            world.add(
                    other, ComparisonWorld.answer("i" + item, 0).modelVersion(b).score(0.4));
        }
        ComparisonResult all =
                Comparison.betweenModelVersions(b, a).on(world.db).run();
        assertThat(all.members().get(0).label()).startsWith("adder ");
        assertThat(all.member(b).orElseThrow().mean()).isEqualTo(0.32);
        ComparisonResult some = Comparison.betweenModelVersions(a, b)
                .evaluations(EvaluationFilter.ALL.experiment(one))
                .on(world.db)
                .run();
        assertThat(some.member(b).orElseThrow().mean()).isEqualTo(0.24);
        assertThatThrownBy(() -> Comparison.between(a, b).evaluations(EvaluationFilter.ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("evaluations");
    }

    @Test
    void submissions_are_compared_by_their_cases_as_far_as_the_viewer_may_see_them() {
        DefinitionVersion version = world.version(12);
        UUID a = world.submission(version, "a", 11, 12, 11 / 12.0);
        UUID b = world.submission(version, "b", 2, 12, 2 / 12.0);
        ComparisonResult result =
                Comparison.betweenSubmissions(a, b).on(world.db).run();
        assertThat(result.tests()).containsExactly(TestKind.MCNEMAR, TestKind.MCNEMAR_MID_P);
        assertThat(result.winner()).isEqualTo(a);
        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("acme/a", "acme/b");
        assertThat(Comparison.betweenSubmissions(a, b)
                        .metric("passed")
                        .on(world.db)
                        .run()
                        .winner())
                .isEqualTo(a);

        world.db.exchange().submissions().changeVisibility(b, SubmissionVisibility.PRIVATE);
        assertThatThrownBy(() -> Comparison.betweenSubmissions(a, b)
                        .viewer(Viewer.ANONYMOUS)
                        .on(world.db)
                        .run())
                .isInstanceOf(NotFoundException.class);
        assertThat(Comparison.betweenSubmissions(a, b).on(world.db).run().winner())
                .isEqualTo(a);
    }

    @Test
    void a_board_has_tiers_by_paired_tests_and_entries_without_cases_are_in_none() {
        DefinitionVersion version = world.version(40);
        UUID best = world.submission(version, "best", 38, 40, 38 / 40.0);
        UUID second = world.submission(version, "second", 36, 40, 36 / 40.0);
        UUID third = world.submission(version, "third", 20, 40, 20 / 40.0);
        UUID part = world.submission(version, "part", 18, 20, 18 / 40.0);
        UUID none = world.submission(version, "none", 0, 0, 0);
        BoardTiers board = Comparison.tiers(world.db, version.id(), Board.OVERALL);

        assertThat(board.tiers()).extracting(Tier::number).containsExactly(1, 2);
        assertThat(ids(board.tiers().get(0).entries())).containsExactly(best, second);
        assertThat(ids(board.tiers().get(1).entries())).containsExactly(third, part);
        assertThat(ids(board.notCompared())).containsExactly(none);
        ComparisonResult comparison = Objects.requireNonNull(board.comparison());
        assertThat(comparison.members()).hasSize(5);
        assertThat(comparison.pair(third, part).orElseThrow().pairs()).isEqualTo(20);
        assertThat(comparison.options().items()).isEqualTo(ItemRule.OF_PAIR);
        BoardTiers inTransaction = world.db.inTransaction(tx -> Comparison.tiers(tx, version.id(), Board.OVERALL));
        assertThat(inTransaction).isEqualTo(board);

        BoardTiers two =
                Comparison.tiers(world.db, version.id(), Board.OVERALL, Viewer.ANONYMOUS, 2, ComparisonOptions.DEFAULT);
        assertThat(two.tiers()).hasSize(1);
        assertThat(two.tiers().get(0).entries()).hasSize(2);
        assertThatThrownBy(() -> Comparison.tiers(world.db, UUID.randomUUID(), Board.OVERALL))
                .isInstanceOf(NotFoundException.class);
        BoardTiers empty = Comparison.tiers(world.db, world.version(1).id(), Board.OVERALL);
        assertThat(empty).isEqualTo(new BoardTiers(List.of(), List.of(), null));
    }

    @Test
    void a_board_on_which_less_is_better_has_its_tiers_the_other_way_round() {
        DefinitionVersion version = world.version(40, false);
        UUID many = world.submission(version, "many", 38, 40, 38 / 40.0);
        UUID few = world.submission(version, "few", 2, 40, 2 / 40.0);
        UUID fewer = world.submission(version, "fewer", 1, 40, 1 / 40.0);
        BoardTiers board = Comparison.tiers(world.db, version.id(), Board.OVERALL);

        assertThat(board.tiers()).hasSize(2);
        assertThat(ids(board.tiers().get(0).entries())).containsExactly(fewer, few);
        assertThat(ids(board.tiers().get(1).entries())).containsExactly(many);
        assertThat(Objects.requireNonNull(board.comparison()).higherIsBetter()).isFalse();
    }

    @Test
    void what_is_wrong_is_refused_by_its_name() {
        UUID a = UUID.randomUUID();
        UUID b = UUID.randomUUID();
        Comparison comparison = Comparison.between(a, b);
        refused("members", () -> Comparison.between(a, a));
        refused("members", () -> Comparison.of(ComparisonUnit.SUBMISSION, List.of(a)));
        refused("members", () -> Comparison.between(a, b, new UUID[99]));
        refused("metric", () -> comparison.metric("speed"));
        refused("viewer can be told of submissions alone", () -> comparison.viewer(Viewer.ANONYMOUS));
        refused("alpha", () -> comparison.alpha(0));
        refused("alpha", () -> comparison.alpha(Double.NaN));
        refused("alpha", () -> comparison.alpha(0.6));
        refused("tests", () -> comparison.tests(TestKind.SIGN, TestKind.SIGN));
        refused("permutations", () -> comparison.permutations(99));
        refused("permutations", () -> comparison.permutations(1_000_001));
        refused("bootstraps", () -> comparison.bootstraps(1));
        refused("bootstraps", () -> comparison.bootstraps(-1));
        refused(
                "limit",
                () -> Comparison.tiers(world.db, a, Board.OVERALL, Viewer.ANONYMOUS, 101, ComparisonOptions.DEFAULT));
        refused("correction", () -> comparison.correction((Correction) null));
        refused("pairing", () -> comparison.pairing((Pairing) null));
        refused("items", () -> comparison.items((ItemRule) null));
        refused("db", () -> comparison.on(null));
        refused("name", () -> Compared.of(ComparisonOptions.DEFAULT, GOOD, POOR).save(world.db, " "));
        assertThatThrownBy(() -> comparison.on(world.db).run()).isInstanceOf(NotFoundException.class);
    }

    private static void refused(String name, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfAny(IllegalArgumentException.class, NullPointerException.class)
                .hasMessageContaining(name);
    }

    private static List<UUID> ids(List<LeaderboardEntry> entries) {
        return entries.stream()
                .map(entry -> Objects.requireNonNull(entry.submission()).id())
                .toList();
    }
}
