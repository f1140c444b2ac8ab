package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GovernanceTourTest {
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
    void tells_its_story_in_a_few_aligned_lines() throws Exception {
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema("governance").build())) {
            db.migrate();
            new GovernanceTour(db, printed.stream()).run();
        }

        assertThat(printed.lines())
                .filteredOn(line -> !line.isEmpty())
                .containsExactly(
                        "propose        Adopt the sums, a NEW_BENCHMARK by ada; quorum 4",
                        "review         ada made the proposal, and does not review it",
                        "comments       ISSUE on license, and a reply at depth 1",
                        "review         bo: REQUEST_CHANGES",
                        "amendment      accepted, and applied: license CC0-1.0, tags [maths]",
                        "amendment      one that leaves no definition is refused when it is proposed",
                        "review         again: APPROVE",
                        "discussion     closed; a late comment is refused",
                        "votes          4 for, 0 against, 1 abstain; cy changed sides, and bo has power 3",
                        "close          not before the end, by the server's clock",
                        "outcome        Adopt the sums: APPROVED",
                        "outcome        Two reviews each: QUORUM_NOT_MET",
                        "votes          a late one is refused",
                        "implement      sums is a DRAFT under CC0-1.0",
                        "implement      once",
                        "statistics     ada: proposals 2, votes 0, reviews 0",
                        "statistics     bo: proposals 0, votes 2, reviews 1",
                        "events         created, submitted_for_review, amended, discussion_closed",
                        "               voting_opened, approved, implemented");
    }
}
