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
import dev.evalstore.governance.AmendmentFilter;
import dev.evalstore.governance.AmendmentStatus;
import dev.evalstore.governance.ProposalFilter;
import dev.evalstore.governance.ReviewCommentFilter;
import dev.evalstore.governance.ReviewDecision;
import dev.evalstore.governance.ReviewFilter;
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
                            "3 organizations with 6 definitions and \\d+ members; 90 submissions, 60 of them new"))
                    .contains("9 proposals, 9 of them new", "9 proposals, 6 of them new");
            assertThat(proposals(one)).hasSize(9).isSubsetOf(proposals(other));
            assertThat(proposals(other)).hasSize(12);
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

    @Test
    void there_are_proposals_to_review_to_vote_on_and_that_were_given_up() {
        try (Database db = open("sample_proposals")) {
            new SampleData(db, 3, printed.stream()).fill(4);

            assertThat(proposals(db))
                    .anyMatch(line -> line.endsWith(" UNDER_REVIEW 0 {\"name\": \"Sample sample-3-0\"}"))
                    .anyMatch(line -> line.endsWith(" VOTING 5 null"))
                    .anyMatch(line -> line.endsWith(" DRAFT 0 null"))
                    .anyMatch(line -> line.endsWith(" WITHDRAWN 0 null"));
            assertThat(db.governance().reviews().count(ReviewFilter.ALL)).isEqualTo(8);
            assertThat(db.governance().reviews().count(ReviewFilter.ALL.decision(ReviewDecision.APPROVE)))
                    .isEqualTo(4);
            assertThat(db.governance().amendments().count(AmendmentFilter.ALL.status(AmendmentStatus.ACCEPTED)))
                    .isEqualTo(4);
            assertThat(db.governance().reviews().comments().count(ReviewCommentFilter.ALL.resolved(true)))
                    .isEqualTo(4);
        }
    }

    private static List<String> proposals(Database db) {
        return db.governance().proposals().list(ProposalFilter.ALL).items().stream()
                .map(one -> one.title() + " " + one.status() + " "
                        + (one.votesFor() + one.votesAgainst() + one.votesAbstain()) + " "
                        + (one.proposedDefinition() == null
                                ? null
                                : one.proposedDefinition().text()))
                .toList();
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
