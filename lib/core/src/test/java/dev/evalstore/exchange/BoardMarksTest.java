package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ranks that are counted from marks are those that are counted from the first entry. */
class BoardMarksTest {
    private static final int MODELS = 5_000;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final BoardWorld world = new BoardWorld(database);
    private final LeaderboardRepository boards = world.boards();

    @Test
    void ranks_from_marks_are_those_of_the_whole_board_now_and_at_every_moment() {
        DefinitionVersion version = world.version();
        Leaderboard board = Leaderboard.of(version.id(), Board.OVERALL);
        world.submit(version, "model-1", 0.2);
        List<Instant> moments = new ArrayList<>();
        moments.add(world.jdbc.now());
        for (int round = 0; round < 2; round++) {
            write(database, version, round);
            boards.rebuild(version.id());
            moments.add(world.jdbc.now());
            assertThat(boards.markPlaces()).isEqualTo(1);
            assertThat(boards.markPlaces()).as("nothing has changed since").isZero();
            hide(version, round);
            boards.rebuild(version.id());
            world.submit(version, "model-" + round, 10_000);
            world.submit(version, "new-" + round, 512);
            moments.add(world.jdbc.now());
        }
        assertThat(database.value("select count(distinct marked_at) from evalstore.leaderboard_marks"))
                .isEqualTo("2");

        assertRanks(board, boards, Instant.parse("9999-01-01T00:00:00Z"));
        for (Instant moment : moments) {
            assertRanks(board, boards.asOf(moment), moment);
        }
    }

    /** Scores that many share. */
    static void write(TestDatabase database, DefinitionVersion version, int round) {
        database.admin("insert into evalstore.submissions (definition_id, version_id, model_provider, model_name,"
                + " subject_provider, subject_name, subject_version, subject_key, submitter_label, aggregate_score,"
                + " board_score, reported_score, execution_id, content_hash, started_at, completed_at)"
                + " select '" + version.definitionId() + "', '" + version.id()
                + "', 'Acme', name, 'acme', name, '', key,"
                + " 'somebody', score, -score, score, 'bulk-' || i || '-" + round + "', repeat('0', 64), now(), now()"
                + " from unnest(array[" + names() + "], array[" + keys() + "]::uuid[]) with ordinality m (name, key, i)"
                + " cross join lateral (select abs(hashint8extended(i, " + round + ")) % 1000 + " + round
                + " * 1000 as score) s");
    }

    private static String names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            names.add("'model-" + i + "'");
        }
        return String.join(",", names);
    }

    private static String keys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            keys.add("'" + BoardWorld.model("model-" + i).key() + "'");
        }
        return String.join(",", keys);
    }

    private static void hide(DefinitionVersion version, int round) {
        database.admin("update evalstore.submissions set visibility = 'unlisted' where version_id = '" + version.id()
                + "' and execution_id like 'bulk-%7-" + round + "'");
    }

    /** Some of all places, those at both ends among them. */
    private static void assertRanks(Leaderboard board, Leaderboards read, Instant moment) {
        Map<String, Long> ranks = new HashMap<>();
        List<String> models = new ArrayList<>();
        database.query("select s.subject_name || ' ' || rank() over (order by e.board_score)"
                        + " from evalstore.leaderboard_entries e join evalstore.submissions s on s.id = e.submission_id"
                        + " where e.version_id = '" + board.versionIds().get(0) + "' and e.board = 'overall'"
                        + " and e.valid_from <= '" + moment + "' and (e.valid_to is null or e.valid_to > '" + moment
                        + "') order by e.board_score")
                .forEach(line -> {
                    models.add(line.substring(0, line.indexOf(' ')));
                    ranks.put(models.get(models.size() - 1), Long.parseLong(line.substring(line.indexOf(' ') + 1)));
                });
        Random random = new Random(5);
        for (int i = 0; i < 40; i++) {
            int at = i == 0 ? 0 : i == 1 ? models.size() - 1 : random.nextInt(models.size());
            String name = models.get(at);
            read.rankOf(board, BoardWorld.model(name), Viewer.PLATFORM)
                    .ifPresent(entry -> assertThat(entry.rank()).as(name).isEqualTo(ranks.get(name)));
        }
        assertThat(read.top(board, Viewer.PLATFORM, 100).items())
                .extracting(LeaderboardEntry::rank)
                .isEqualTo(models.stream().limit(100).map(ranks::get).toList());
    }
}
