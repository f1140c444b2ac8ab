package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.exchange.Board;
import dev.evalstore.exchange.Leaderboard;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.exchange.Submission;
import dev.evalstore.exchange.SubmissionFilter;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.VerificationLevel;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SampleDataTest {
    private static LocalServer server;

    private final Printed printed = new Printed();

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void the_same_seed_is_the_same_data_and_a_further_call_adds_what_is_missing() {
        try (Database one = open("sample_one");
                Database other = open("sample_other")) {
            new SampleData(one, 7, printed.stream()).fill(3);
            new SampleData(other, 7, printed.stream()).fill(1);
            new SampleData(other, 7, printed.stream()).fill(3);
            new SampleData(other, 8, printed.stream()).fill(1);

            assertThat(submissions(one, "sample-7-")).hasSize(90).isEqualTo(submissions(other, "sample-7-"));
            assertThat(submissions(other, "sample-8-"))
                    .hasSize(30)
                    .doesNotContainAnyElementsOf(submissions(one, "sample-"));
            assertThat(printed.lines())
                    .anyMatch(line -> line.matches(
                            "3 organizations with 6 definitions and \\d+ members; 90 submissions, 90 of them new"))
                    .anyMatch(line -> line.matches(
                            "3 organizations with 6 definitions and \\d+ members; 90 submissions, 60 of them new"));
        }
    }

    @Test
    void every_kind_of_submission_is_there_and_boards_show_the_public_ones() {
        try (Database db = open("sample_kinds")) {
            new SampleData(db, 1, printed.stream()).fill(2);

            List<Submission> all = all(db);
            assertThat(all).extracting(Submission::visibility).contains(SubmissionVisibility.values());
            assertThat(all).extracting(Submission::verificationLevel).contains(VerificationLevel.values());
            List<UUID> versions =
                    all.stream().map(Submission::versionId).distinct().toList();
            assertThat(versions).hasSizeGreaterThan(3);
            for (UUID version : versions) {
                List<LeaderboardEntry> board = db.exchange()
                        .leaderboards()
                        .top(Leaderboard.of(version, Board.OVERALL), Viewer.ANONYMOUS, 100)
                        .items();
                assertThat(board)
                        .hasSameSizeAs(all.stream()
                                .filter(one -> one.versionId().equals(version)
                                        && one.visibility() == SubmissionVisibility.PUBLIC)
                                .map(Submission::subject)
                                .distinct()
                                .toList());
            }
            // 25 and 100 percent of the work, at least.
            assertThat(printed.lines())
                    .filteredOn(line -> line.contains("organization 2 of 2"))
                    .hasSize(2);
        }
    }

    private static Database open(String schema) {
        Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema(schema).build());
        db.migrate();
        return db;
    }

    private static List<Submission> all(Database db) {
        return db.exchange()
                .submissions()
                .list(SubmissionFilter.ALL, Viewer.PLATFORM, 1_000, null)
                .items();
    }

    /** What is the same in every store. */
    private static List<String> submissions(Database db, String prefix) {
        return all(db).stream()
                .filter(one -> one.executionId().startsWith(prefix))
                .map(one -> String.join(
                        " ",
                        db.exchange().definitions().get(one.definitionId()).slug(),
                        db.exchange()
                                .definitions()
                                .getVersion(one.versionId())
                                .semver()
                                .toString(),
                        one.submitterLabel(),
                        one.executionId(),
                        one.subject().toString(),
                        Double.toString(one.aggregateScore()),
                        one.verificationLevel().name(),
                        one.visibility().name(),
                        one.startedAt().toString(),
                        one.completedAt().toString()))
                .sorted()
                .toList();
    }
}
