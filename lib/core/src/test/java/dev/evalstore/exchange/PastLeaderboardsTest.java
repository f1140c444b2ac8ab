package dev.evalstore.exchange;

import static dev.evalstore.exchange.BoardWorld.model;
import static dev.evalstore.exchange.BoardWorld.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Page;
import dev.evalstore.TxOptions;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Boards as of a moment, and what keeps their history whole. */
class PastLeaderboardsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final BoardWorld world = new BoardWorld(database);
    private final LeaderboardRepository boards = world.boards();
    private final SubmissionRepository submissions = world.db.exchange().submissions();
    private final DefinitionVersion version = world.version();
    private final Leaderboard overall = Leaderboard.of(version.id(), Board.OVERALL);

    private List<String> asOf(Instant moment) {
        return names(boards.asOf(moment).top(overall, Viewer.ANONYMOUS, 100).items());
    }

    @Test
    void a_change_is_dated_to_the_microsecond() {
        Submission first = world.submit(version, "a", 0.5);
        Submission better = world.submit(version, "a", 0.7);
        world.submit(version, "a", 0.6);
        submissions.softDelete(better.id());

        List<LeaderboardPeriod> history =
                boards.history(overall, model("a"), Viewer.ANONYMOUS, 10, null).items();

        assertThat(history)
                .extracting(period -> period.submission().score())
                .as("the deleted one is left out")
                .containsExactly(0.6, 0.5);
        assertThat(history.get(0).validTo()).isNull();
        LeaderboardPeriod earliest = history.get(1);
        assertThat(earliest.submission().id()).isEqualTo(first.id());
        Instant changed = earliest.validTo();
        assertThat(asOf(changed)).containsExactly("1 ?");
        assertThat(asOf(changed.minus(1, ChronoUnit.MICROS))).containsExactly("1 a");
        assertThat(asOf(earliest.validFrom())).containsExactly("1 a");
        assertThat(asOf(earliest.validFrom().minus(1, ChronoUnit.MICROS))).isEmpty();
    }

    @Test
    void history_is_paged_latest_first() {
        for (int i = 1; i <= 7; i++) {
            world.submit(version, "a", i / 10.0);
        }
        List<Double> scores = new ArrayList<>();
        Cursor after = null;
        do {
            Page<LeaderboardPeriod> page = boards.history(overall, model("a"), Viewer.ANONYMOUS, 3, after);
            page.items().forEach(period -> scores.add(period.submission().score()));
            after = page.next();
        } while (after != null);
        assertThat(scores).containsExactly(0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1);
        assertThat(boards.history(overall, model("b"), Viewer.ANONYMOUS, 3, null)
                        .items())
                .isEmpty();
    }

    @Test
    void what_the_viewer_may_not_see_now_keeps_its_place_without_subject_and_no_cursor_tells_of_it() {
        UUID submitter = ExchangeFixtures.user(world.db, "submitter");
        List<Submission> stored = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            NewSubmission given = BoardWorld.of(version, "m" + i, 0.9 - i / 10 * 0.1);
            stored.add(world.submit(new NewSubmission(
                    given.definitionId(),
                    given.versionId(),
                    given.model(),
                    Submitter.user(submitter, "somebody"),
                    given.run(),
                    given.results(),
                    given.reproducibility(),
                    given.listing())));
        }
        Instant moment = world.jdbc.now();
        for (int i : List.of(0, 1, 4, 7)) {
            submissions.changeVisibility(stored.get(i).id(), SubmissionVisibility.PRIVATE);
        }
        submissions.softDelete(stored.get(5).id());

        PastLeaderboards past = boards.asOf(moment);

        List<LeaderboardEntry> seen = past.top(overall, Viewer.ANONYMOUS, 100).items();
        assertThat(names(seen)).containsExactly("1 ?", "1 ?", "1 m2", "1 m3", "1 ?", "1 ?", "1 m6", "1 ?");
        assertThat(names(past.top(overall, Viewer.user(submitter), 100).items()))
                .containsExactly("1 m0", "1 m1", "1 m2", "1 m3", "1 m4", "1 ?", "1 m6", "1 m7");
        for (int limit = 1; limit < 8; limit++) {
            List<LeaderboardEntry> paged = new ArrayList<>();
            Cursor after = null;
            do {
                Page<LeaderboardEntry> page = past.top(overall, Viewer.ANONYMOUS, limit, after);
                paged.addAll(page.items());
                after = page.next();
                for (int i : List.of(0, 1, 4, 5, 7)) {
                    String hidden = stored.get(i).id().toString();
                    assertThat(after == null ? "" : decoded(after)).doesNotContain(hidden);
                }
            } while (after != null);
            assertThat(paged).isEqualTo(seen);
        }
        assertThat(past.rankOf(overall, model("m0"), Viewer.ANONYMOUS)).isEmpty();
        assertThat(past.around(overall, model("m5"), 3, Viewer.ANONYMOUS)).isEmpty();
        assertThat(past.rankOf(overall, model("m0"), Viewer.user(submitter))).isPresent();
        assertThat(names(past.around(overall, model("m3"), 1, Viewer.ANONYMOUS)))
                .containsExactly("1 m2", "1 m3", "1 ?");
        assertThat(past.tiers(overall, TierMethod.INTERVAL_OVERLAP, Viewer.ANONYMOUS, 100))
                .singleElement()
                .satisfies(tier -> assertThat(names(tier.entries())).containsExactly("1 m2", "1 m3", "1 m6"));
    }

    private static String decoded(Cursor cursor) {
        return new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.UTF_8);
    }

    @Test
    void a_moment_at_which_an_open_transaction_may_still_have_written_is_provisional() {
        Instant before = world.jdbc.now().minusSeconds(2);
        Instant during = world.db.inTransaction(tx -> {
            tx.exchange().submissions().submit(BoardWorld.of(version, "late", 0.5));
            Instant written = world.jdbc.now();
            assertThat(boards.asOf(written).provisional()).isTrue();
            assertThat(asOf(written)).isEmpty();
            assertThat(boards.asOf(before).provisional()).isFalse();
            return written;
        });

        assertThat(boards.asOf(during).provisional()).isFalse();
        assertThat(asOf(during)).containsExactly("1 late");
        assertThat(boards.asOf(world.jdbc.now().plusSeconds(60)).provisional())
                .as("yet to come")
                .isTrue();
    }

    @Test
    void a_transaction_that_keeps_its_snapshot_neither_promises_a_moment_nor_changes_a_board() {
        Submission stored = world.submit(version, "a", 0.5);
        TxOptions options = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        Instant past = world.jdbc.now().minusSeconds(60);

        assertThat(world.db.<Boolean, RuntimeException>inTransaction(
                        options, tx -> tx.exchange().leaderboards().asOf(past).provisional()))
                .isTrue();
        database.admin("update evalstore.submissions set visibility = 'private' where id = '" + stored.id() + "'");
        BoardSubject subject = new BoardSubject(version.id(), model("a").key());
        assertThatThrownBy(() ->
                        world.jdbc.inTransaction(options, (tx, connection) -> Boards.recompute(tx, List.of(subject))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed");
        assertThat(names(world.board(version, Board.OVERALL))).as("as before").containsExactly("1 ?");
    }

    @Test
    void submissions_of_one_model_at_once_leave_one_open_entry_of_the_best() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "raced " + round;
            List<Submission> stored =
                    Threads.together(16, thread -> () -> world.submit(version, name, 0.1 + (thread * 7 % 16) / 20.0));

            Submission best = stored.stream()
                    .max((a, b) -> Double.compare(a.aggregateScore(), b.aggregateScore()))
                    .orElseThrow();
            assertThat(boards.rankOf(overall, model(name), Viewer.ANONYMOUS))
                    .map(entry -> entry.submission().id())
                    .contains(best.id());
        }
        assertThat(boards.rebuild(version.id())).isZero();
    }

    @Test
    void a_submission_that_waited_for_another_of_its_model_sees_it() throws Exception {
        try (Database second = Database.open(database.config().build())) {
            Threads.together(
                    2,
                    thread -> () -> thread == 0
                            ? world.db.inTransaction(tx -> {
                                tx.exchange().submissions().submit(BoardWorld.of(version, "a", 0.9));
                                database.awaitBlocked();
                                return true;
                            })
                            : waitThenSubmit(second));
        }
        assertThat(names(world.board(version, Board.OVERALL))).containsExactly("1 a");
        assertThat(world.board(version, Board.OVERALL).get(0).submission().score())
                .isEqualTo(0.9);
        assertThat(boards.history(overall, model("a"), Viewer.ANONYMOUS, 10, null)
                        .items())
                .hasSize(1);
    }

    /** Begins once the other one holds the lock of the model. */
    private boolean waitThenSubmit(Database second) {
        while (database.value(
                        "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2 and database ="
                                + " (select oid from pg_database where datname = current_database())")
                .equals("0")) {
            Thread.onSpinWait();
        }
        return second.exchange()
                .submissions()
                .submit(BoardWorld.of(version, "a", 0.4))
                .isNew();
    }

    @Test
    void an_entry_begins_after_those_before_it_when_the_clock_was_set_back() {
        world.submit(version, "a", 0.5);
        database.admin("update evalstore.leaderboard_entries set valid_from = valid_from + interval '1 hour'"
                + " where version_id = '" + version.id() + "'");

        world.submit(version, "a", 0.7);

        List<LeaderboardPeriod> history =
                boards.history(overall, model("a"), Viewer.ANONYMOUS, 10, null).items();
        assertThat(history).hasSize(2);
        assertThat(history.get(1).validTo())
                .isEqualTo(history.get(0).validFrom())
                .isEqualTo(history.get(1).validFrom().plus(1, ChronoUnit.MICROS));
    }
}
