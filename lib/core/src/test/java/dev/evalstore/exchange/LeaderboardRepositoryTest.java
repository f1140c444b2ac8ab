package dev.evalstore.exchange;

import static dev.evalstore.exchange.BoardWorld.model;
import static dev.evalstore.exchange.BoardWorld.names;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeaderboardRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final BoardWorld world = new BoardWorld(database);
    private final LeaderboardRepository boards = world.boards();
    private final SubmissionRepository submissions = world.db.exchange().submissions();
    private final DefinitionVersion version = world.version();
    private final Leaderboard overall = Leaderboard.of(version.id(), Board.OVERALL);

    @Test
    void equal_scores_share_a_rank_the_next_one_skips_and_the_earlier_submission_stands_first() {
        world.submit(version, "b", 0.5);
        world.submit(version, "a", 0.9);
        world.submit(version, "c", 0.5);
        world.submit(version, "d", 0.1);

        assertThat(names(world.board(version, Board.OVERALL))).containsExactly("1 a", "2 b", "2 c", "4 d");
    }

    @Test
    void where_lower_is_better_the_lowest_score_stands_first() {
        DefinitionVersion latency = world.version(BoardWorld.metric().higherIsBetter(false));
        world.submit(latency, "slow", 300);
        world.submit(latency, "fast", 20);
        world.submit(latency, "fast", 25);

        List<LeaderboardEntry> board = world.board(latency, Board.OVERALL);
        assertThat(names(board)).containsExactly("1 fast", "2 slow");
        assertThat(board.get(0).submission().score()).isEqualTo(20);
    }

    @Test
    void a_least_level_chooses_a_board_and_finds_the_models_best_of_that_level() {
        world.submit(version, "gpt", 0.9);
        Submission community = world.submit(version, "gpt", 0.8);
        Submission platform = world.submit(version, "gpt", 0.7);
        Submission audited = world.submit(version, "gpt", 0.6);
        world.raise(community, VerificationLevel.COMMUNITY_VERIFIED);
        world.raise(platform, VerificationLevel.PLATFORM_VERIFIED);
        world.raise(audited, VerificationLevel.AUDITED);

        assertThat(scores(Board.OVERALL)).containsExactly(0.9);
        assertThat(scores(Board.COMMUNITY)).containsExactly(0.8);
        assertThat(scores(Board.VERIFIED)).containsExactly(0.7);
        assertThat(scores(Board.AUDITED)).containsExactly(0.6);
        assertThat(scores(Board.OFFICIAL)).isEmpty();
        for (VerificationLevel level : VerificationLevel.values()) {
            assertThat(Board.atLeast(level)).isEqualTo(Board.values()[level.ordinal()]);
        }

        submissions.revoke(audited.id(), "The logs were forged.");
        assertThat(scores(Board.AUDITED)).isEmpty();
        assertThat(scores(Board.VERIFIED)).containsExactly(0.7);
    }

    @Test
    void a_least_level_admits_the_levels_above_it() {
        world.raise(world.submit(version, "gpt", 0.5), VerificationLevel.AUDITED);

        for (VerificationLevel level : VerificationLevel.values()) {
            assertThat(scores(Board.atLeast(level))).as(level.name()).containsExactly(0.5);
        }
    }

    private List<Double> scores(Board board) {
        return world.board(version, board).stream()
                .map(entry -> entry.submission().score())
                .toList();
    }

    @Test
    void the_official_board_has_official_submissions_that_are_verified() {
        Submission official = world.submit(BoardWorld.of(version, "gpt", 0.5).official());
        Submission other = world.submit(version, "gpt", 0.9);
        world.raise(other, VerificationLevel.AUDITED);
        assertThat(scores(Board.OFFICIAL)).isEmpty();

        world.raise(official, VerificationLevel.COMMUNITY_VERIFIED);

        assertThat(scores(Board.OFFICIAL)).containsExactly(0.5);
        LeaderboardEntry entry = world.board(version, Board.OFFICIAL).get(0);
        assertThat(entry.submission().official()).isTrue();
        assertThat(entry.submission().verificationLevel()).isEqualTo(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void a_hidden_or_deleted_submission_leaves_its_place_to_the_models_next_best_at_once() {
        Submission best = world.submit(version, "gpt", 0.9);
        Submission next = world.submit(version, "gpt", 0.8);

        submissions.changeVisibility(best.id(), SubmissionVisibility.UNLISTED);
        assertThat(scores(Board.OVERALL)).containsExactly(0.8);
        submissions.changeVisibility(best.id(), SubmissionVisibility.PUBLIC);
        assertThat(scores(Board.OVERALL)).containsExactly(0.9);
        submissions.softDelete(best.id());
        assertThat(scores(Board.OVERALL)).containsExactly(0.8);
        submissions.softDelete(next.id());
        assertThat(scores(Board.OVERALL)).isEmpty();
        assertThat(boards.rankOf(overall, model("gpt"), Viewer.PLATFORM)).isEmpty();
    }

    @Test
    void names_that_differ_in_case_and_blanks_are_one_model() {
        world.submit(version, "GPT  4 ", 0.5);
        world.submit(version, "gpt 4", 0.7);
        world.submit(version, "gpt4", 0.6);

        assertThat(names(world.board(version, Board.OVERALL))).containsExactly("1 gpt 4", "2 gpt4");
        assertThat(boards.rankOf(overall, ModelSubject.of("ACME", " GPT 4"), Viewer.ANONYMOUS)
                        .map(LeaderboardEntry::rank))
                .contains(1L);
    }

    @Test
    void an_entry_shows_what_was_submitted() {
        NewSubmission given = BoardWorld.of(version, "gpt", 0.5);
        Submission stored = world.submit(
                given.confidenceInterval(new ConfidenceInterval(0.4, 0.6, 0.95)).official());

        LeaderboardEntry entry = world.board(version, Board.OVERALL).get(0);

        assertThat(entry)
                .isEqualTo(new LeaderboardEntry(
                        1,
                        new RankedSubmission(
                                stored.id(),
                                version.id(),
                                stored.model(),
                                true,
                                "somebody",
                                null,
                                0.5,
                                new ConfidenceInterval(0.4, 0.6, 0.95),
                                VerificationLevel.UNVERIFIED,
                                stored.createdAt())));
        assertThat(entry.submission().subject()).isEqualTo(model("gpt"));
    }

    @Test
    void pages_and_neighbours_have_the_ranks_of_the_whole_board() {
        for (int i = 0; i < 12; i++) {
            world.submit(version, "m" + i, List.of(0.9, 0.5, 0.5, 0.5, 0.1).get(i % 5));
        }
        List<LeaderboardEntry> whole = world.board(version, Board.OVERALL);
        assertThat(whole)
                .extracting(LeaderboardEntry::rank)
                .containsExactly(1L, 1L, 1L, 4L, 4L, 4L, 4L, 4L, 4L, 4L, 11L, 11L);

        for (int limit = 1; limit <= 12; limit++) {
            List<LeaderboardEntry> paged = new ArrayList<>();
            Cursor after = null;
            do {
                Page<LeaderboardEntry> page = boards.top(overall, Viewer.ANONYMOUS, limit, after);
                paged.addAll(page.items());
                after = page.next();
            } while (after != null);
            assertThat(paged).isEqualTo(whole);
        }
        for (int i = 0; i < 12; i++) {
            ModelSubject subject = whole.get(i).submission().subject();
            assertThat(boards.rankOf(overall, subject, Viewer.ANONYMOUS)).contains(whole.get(i));
            for (int n : List.of(0, 2, 400)) {
                assertThat(boards.around(overall, subject, n, Viewer.ANONYMOUS))
                        .isEqualTo(whole.subList(Math.max(0, i - n), Math.min(12, i + n + 1)));
            }
        }
        assertThat(boards.around(overall, model("unknown"), 2, Viewer.ANONYMOUS))
                .isEmpty();
        assertThat(boards.top(Leaderboard.of(UUID.randomUUID(), Board.OVERALL), Viewer.ANONYMOUS, 10)
                        .items())
                .isEmpty();
    }

    @Test
    void a_cursor_of_another_board_version_or_moment_is_refused() {
        DefinitionVersion version = world.version();
        Leaderboard board = Leaderboard.of(version.id(), Board.OVERALL);
        world.submit(version, "a", 0.5);
        world.submit(version, "b", 0.6);
        Cursor cursor =
                Objects.requireNonNull(boards.top(board, Viewer.ANONYMOUS, 1).next());
        assertThat(boards.top(board, Viewer.ANONYMOUS, 1, cursor).items()).hasSize(1);
        Leaderboard audited = Leaderboard.of(version.id(), Board.AUDITED);
        refused("cursor", () -> boards.top(audited, Viewer.ANONYMOUS, 1, cursor));
        Leaderboard other = Leaderboard.of(world.version().id(), Board.OVERALL);
        refused("cursor", () -> boards.top(other, Viewer.ANONYMOUS, 1, cursor));
        refused("cursor", () -> boards.asOf(world.jdbc.now()).top(board, Viewer.ANONYMOUS, 1, cursor));
    }

    @Test
    void a_cursor_of_another_models_history_is_refused() {
        DefinitionVersion version = world.version();
        Leaderboard board = Leaderboard.of(version.id(), Board.OVERALL);
        world.submit(version, "a", 0.5);
        world.submit(version, "a", 0.6);
        Cursor cursor = Objects.requireNonNull(
                boards.history(board, model("a"), Viewer.ANONYMOUS, 1, null).next());

        assertThat(boards.history(board, model("a"), Viewer.ANONYMOUS, 1, cursor)
                        .items())
                .hasSize(1);
        refused("cursor", () -> boards.history(board, model("b"), Viewer.ANONYMOUS, 1, cursor));
    }

    @Test
    void what_is_no_argument_is_refused_by_its_name() {
        refused("limit", () -> boards.top(overall, Viewer.ANONYMOUS, 0));
        refused("limit", () -> boards.top(overall, Viewer.ANONYMOUS, 1_001));
        refused("cursor", () -> boards.top(overall, Viewer.ANONYMOUS, 1, new Cursor("x")));
        refused("cursor", () -> boards.history(overall, model("a"), Viewer.ANONYMOUS, 1, new Cursor("x")));
        refused("neighbours", () -> boards.around(overall, model("a"), 401, Viewer.ANONYMOUS));
        refused("limit", () -> boards.tiers(overall, TierMethod.INTERVAL_OVERLAP, Viewer.ANONYMOUS, 0));
        refused("versionIds", () -> Leaderboard.of(List.of(), Board.OVERALL));
        refused("major", () -> boards.ofMajor(version.definitionId(), -1, Board.OVERALL));
    }

    @Test
    void versions_of_one_major_number_share_a_board_with_a_models_best_of_them() {
        DefinitionVersion second = world.publish(version, "1.1.0", BoardWorld.metric());
        world.publish(version, "2.0.0", BoardWorld.metric().unit("points"));
        world.submit(version, "a", 0.5);
        world.submit(second, "a", 0.7);
        world.submit(version, "b", 0.9);
        world.submit(second, "b", 0.2);
        world.submit(second, "c", 0.7);
        world.submit(version, "d", 0.1);

        Leaderboard major = boards.ofMajor(version.definitionId(), 1, Board.OVERALL);

        assertThat(major.versionIds()).containsExactlyInAnyOrder(version.id(), second.id());
        List<LeaderboardEntry> whole = boards.top(major, Viewer.ANONYMOUS, 10).items();
        assertThat(names(whole)).containsExactly("1 b", "2 a", "2 c", "4 d");
        assertThat(whole.get(1).submission().versionId()).isEqualTo(second.id());
        PastLeaderboards now = boards.asOf(world.jdbc.now());
        for (int i = 0; i < 4; i++) {
            ModelSubject subject = whole.get(i).submission().subject();
            assertThat(boards.rankOf(major, subject, Viewer.ANONYMOUS)).contains(whole.get(i));
            assertThat(boards.around(major, subject, 1, Viewer.ANONYMOUS))
                    .isEqualTo(whole.subList(Math.max(0, i - 1), Math.min(4, i + 2)))
                    .isEqualTo(now.around(major, subject, 1, Viewer.ANONYMOUS));
        }
        Page<LeaderboardEntry> first = boards.top(major, Viewer.ANONYMOUS, 2);
        assertThat(boards.top(major, Viewer.ANONYMOUS, 2, first.next()).items()).isEqualTo(whole.subList(2, 4));
        assertThat(boards.history(major, model("a"), Viewer.ANONYMOUS, 10, null).items())
                .hasSize(2);
    }

    @Test
    void versions_that_cannot_share_a_board_are_refused_by_name() {
        PrimaryMetric metric = BoardWorld.metric();
        DefinitionVersion lower = world.publish(version, "1.1.0", metric.higherIsBetter(false));
        DefinitionVersion range = world.publish(version, "1.2.0", metric.range(0, 100));
        DefinitionVersion same = world.publish(version, "1.3.0", metric);
        DefinitionVersion other = world.publish(version, "2.0.0", metric);

        assertThatThrownBy(() -> boards.ofMajor(version.definitionId(), 1, Board.OVERALL))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("1.3.0", "1.2.0", "1.1.0")
                .hasMessageNotContaining("1.0.0");
        for (DefinitionVersion wrong : List.of(lower, range, other, world.version())) {
            Leaderboard board = Leaderboard.of(List.of(version.id(), wrong.id()), Board.OVERALL);
            assertThatThrownBy(() -> boards.top(board, Viewer.ANONYMOUS, 10))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(wrong.id().toString());
        }
        Leaderboard unknown = Leaderboard.of(List.of(version.id(), UUID.randomUUID()), Board.OVERALL);
        assertThatThrownBy(() -> boards.rankOf(unknown, model("a"), Viewer.ANONYMOUS))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> boards.ofMajor(version.definitionId(), 3, Board.OVERALL))
                .isInstanceOf(NotFoundException.class);
        Leaderboard comparable = Leaderboard.of(List.of(version.id(), same.id()), Board.OVERALL);
        assertThat(boards.top(comparable, Viewer.ANONYMOUS, 10).items()).isEmpty();
    }

    @Test
    void a_tier_has_what_cannot_be_told_apart_from_its_best() {
        interval("a", 0.90, 0.85, 0.95);
        interval("b", 0.88, 0.80, 0.90);
        interval("c", 0.84, 0.78, 0.86);
        interval("d", 0.80, 0.79, 0.84);
        world.submit(version, "e", 0.5);
        world.submit(version, "f", 0.5);

        List<Tier> tiers = boards.tiers(overall, TierMethod.INTERVAL_OVERLAP, Viewer.ANONYMOUS, 100);

        assertThat(tiers).extracting(Tier::number).containsExactly(1, 2, 3);
        assertThat(tiers)
                .extracting(tier -> names(tier.entries()))
                .containsExactly(List.of("1 a", "2 b", "3 c"), List.of("4 d"), List.of("5 e", "5 f"));
        assertThat(boards.tiers(overall, TierMethod.INTERVAL_OVERLAP, Viewer.ANONYMOUS, 1))
                .hasSize(1);
    }

    private void interval(String name, double score, double low, double high) {
        world.submit(BoardWorld.of(version, name, score).confidenceInterval(new ConfidenceInterval(low, high, 0.95)));
    }

    @Test
    void a_rebuild_rights_what_something_else_wrote_and_leaves_history_as_it_was() {
        world.submit(version, "a", 0.9);
        Submission hidden = world.submit(version, "b", 0.8);
        world.submit(version, "b", 0.7);
        assertThat(boards.rebuild(version.id())).isZero();
        database.admin("update evalstore.submissions set visibility = 'private' where id = '" + hidden.id() + "'");
        String before = closed();
        PastLeaderboards past = boards.asOf(world.jdbc.now());

        assertThat(boards.rebuild(version.id())).isEqualTo(2);

        assertThat(names(world.board(version, Board.OVERALL))).containsExactly("1 a", "2 b");
        assertThat(scores(Board.OVERALL)).containsExactly(0.9, 0.7);
        assertThat(names(past.top(overall, Viewer.ANONYMOUS, 10).items())).containsExactly("1 a", "2 ?");
        assertThat(closed()).startsWith(before);
        assertThat(boards.rebuild(version.id())).isZero();
        assertThat(boards.rebuild(UUID.randomUUID())).isZero();
    }

    private String closed() {
        return String.join(
                "\n",
                database.query(
                        "select concat_ws(' ', subject_key, board, valid_from, valid_to) from evalstore.leaderboard_entries"
                                + " where version_id = '" + version.id()
                                + "' and valid_to is not null order by valid_to, board"));
    }

    @Test
    void the_view_has_the_boards_for_other_languages() {
        world.submit(version, "a", 0.5);
        world.submit(version, "b", 0.5);
        world.submit(version, "c", 0.9);

        assertThat(database.query(
                        "select rank || ' ' || model_name from evalstore.leaderboard_current where version_id = '"
                                + version.id() + "' and board = 'overall' order by rank, submitted_at, submission_id"))
                .containsExactly("1 c", "2 a", "2 b");
    }
}
