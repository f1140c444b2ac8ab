package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Before the server has looked at a new board, too, a page of it reads the page and not the board. */
class BoardPlansTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static BoardWorld world;
    private static UUID version;

    @BeforeAll
    static void fill() {
        for (String table : List.of("submissions", "leaderboard_entries", "leaderboard_marks")) {
            database.admin("alter table evalstore." + table + " set (autovacuum_enabled = false)");
        }
        world = new BoardWorld(database);
        DefinitionVersion made = world.version();
        version = made.id();
        BoardMarksTest.write(database, made, 0);
        world.boards().rebuild(version);
    }

    @Test
    void a_page_of_a_board_that_was_never_analyzed_looks_its_rows_up() {
        for (Viewer viewer : List.of(Viewer.ANONYMOUS, Viewer.user(UUID.randomUUID()), Viewer.PLATFORM)) {
            for (BoardSql sql : List.of(BoardSql.NOW, BoardSql.PAST)) {
                BoardCursor start = BoardCursor.of(null, "");
                Sql page = Sql.of(
                        sql.page(),
                        SqlArray.uuids(List.of(version)),
                        Board.OVERALL,
                        Instant.now().plusSeconds(60),
                        start.boardScore(),
                        start.submittedAt(),
                        start.submissionId(),
                        0L,
                        101L);
                assertLookedUp(page.and(Visibility.inLists(viewer)).and(BoardSql.ORDER));
                Sql around = Sql.of(
                        sql.around(),
                        SqlArray.uuids(List.of(version)),
                        Board.OVERALL,
                        Instant.now().plusSeconds(60),
                        BoardWorld.model("model-7").key(),
                        5,
                        6);
                assertLookedUp(around.and(Visibility.inLists(viewer)).and(BoardSql.ORDER));
            }
        }
    }

    @Test
    void a_submission_to_a_board_that_was_never_analyzed_looks_its_model_up() {
        SqlArray versions = SqlArray.uuids(List.of(version));
        SqlArray models = SqlArray.uuids(List.of(BoardWorld.model("model-7").key()));
        assertLookedUp(Sql.of(Boards.RECOMPUTE, versions, models));
    }

    /** As many pages of tables and indexes as a page of a board has rows to look up, whatever the board's size. */
    private static void assertLookedUp(Sql sql) {
        List<String> plan = world.jdbc.list(
                Sql.of("/* boards.explain */ explain (analyze, buffers, costs off)")
                        .and(sql),
                row -> row.text("QUERY PLAN"));
        String buffers = plan.stream()
                .filter(line -> line.contains("Buffers:"))
                .findFirst()
                .orElseThrow();
        int pages = 0;
        for (String word : buffers.split("[^0-9]+")) {
            pages += word.isEmpty() ? 0 : Integer.parseInt(word);
        }
        assertThat(pages).as(String.join("\n", plan)).isLessThan(1_000);
    }
}
