package dev.evalstore.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.exchange.StatisticsRepository;
import dev.evalstore.exchange.UserStatistics;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's statistics count proposals, votes and reviews, and are right after every refresh. */
class GovernanceStatisticsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final Governance governance = db.governance();
    private final StatisticsRepository statistics = db.exchange().statistics();
    private final ReviewFixtures rows = new ReviewFixtures(database);

    @Test
    void each_figure_counts_what_it_names() {
        UUID ada = rows.user();
        UUID bob = rows.user();
        assertFigures(ada, 0, 0, 0);
        UUID proposal = rows.proposal(ada);
        governance.proposals().withdraw(rows.policy(ada));
        UUID review = governance.reviews().create(proposal, bob).id();
        maintain();
        assertFigures(ada, 2, 0, 0);
        assertFigures(bob, 0, 0, 0);

        governance.reviews().complete(review, ReviewDecision.APPROVE, "Fine.");
        governance.proposals().openVoting(proposal, Duration.ofHours(1));
        governance.proposals().vote(NewVote.of(proposal, ada, VoteChoice.APPROVE));
        governance.proposals().vote(NewVote.of(proposal, bob, VoteChoice.ABSTAIN));
        maintain();
        assertFigures(ada, 2, 1, 0);
        assertFigures(bob, 0, 1, 1);

        governance.proposals().vote(NewVote.of(proposal, ada, VoteChoice.REJECT));
        governance.proposals().withdrawVote(proposal, bob);
        governance.reviews().reopen(review);
        maintain();
        assertFigures(ada, 2, 1, 0);
        assertFigures(bob, 0, 0, 0);

        governance.reviews().decline(review, null);
        maintain();
        assertFigures(bob, 0, 0, 0);
    }

    /** Stored or computed, they are the same. */
    private void assertFigures(UUID user, long proposals, long votes, long reviews) {
        for (UserStatistics found : List.of(statistics.ofUser(user), statistics.refreshUser(user))) {
            assertThat(List.of(found.proposals(), found.votes(), found.reviews()))
                    .containsExactly(proposals, votes, reviews);
        }
    }

    private void maintain() {
        assertThat(statistics.refresh().more()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void after_every_refresh_the_figures_are_those_of_the_rows(long seed) {
        Random random = new Random(seed);
        List<UUID> users = Stream.generate(rows::user).limit(5).toList();
        List<UUID> proposals = new ArrayList<>(List.of(rows.policy(users.get(0))));
        users.forEach(statistics::refreshUser);
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 15; i++) {
                act(random, proposals, users.get(random.nextInt(users.size())));
            }
            maintain();
            for (UUID user : users) {
                assertThat(database.query("select concat_ws(' ', proposals, votes, reviews)"
                                + " from evalstore.user_statistics where user_id = '" + user + "'"))
                        .as("user %s in round %s", user, round)
                        .containsExactly(counted("proposals where created_by", user) + " "
                                + counted("votes where user_id", user) + " "
                                + counted("reviews where status = 'completed' and reviewer_id", user));
            }
        }
    }

    private String counted(String from, UUID user) {
        return database.value("select count(*) from evalstore." + from + " = '" + user + "'");
    }

    /** Something that is done or refused. */
    private void act(Random random, List<UUID> proposals, UUID user) {
        UUID proposal = proposals.get(random.nextInt(proposals.size()));
        try {
            switch (random.nextInt(7)) {
                case 0 -> proposals.add(rows.policy(user));
                case 1 -> governance.proposals().openVoting(proposal, Duration.ofHours(1));
                case 2 ->
                    governance.proposals().vote(NewVote.of(proposal, user, VoteChoice.values()[random.nextInt(3)]));
                case 3 -> governance.proposals().withdrawVote(proposal, user);
                case 4 -> governance.reviews().create(proposal, user);
                case 5 -> governance.reviews().complete(review(proposal, user), ReviewDecision.APPROVE, "Fine.");
                default -> governance.reviews().reopen(review(proposal, user));
            }
        } catch (ConflictException | ConstraintViolationException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private UUID review(UUID proposal, UUID user) {
        return governance
                .reviews()
                .findByReviewer(proposal, user)
                .map(Review::id)
                .orElseGet(() -> governance.reviews().create(proposal, user).id());
    }

    /** A mark locks nothing that votes wait for, and no refresh waits for a vote. */
    @Test
    void a_vote_that_is_not_committed_is_counted_by_the_refresh_after_its_commit() {
        UUID ada = rows.user();
        UUID proposal = rows.policy(rows.user());
        governance.proposals().openVoting(proposal, Duration.ofHours(1));
        db.useTransaction(tx -> {
            tx.governance().proposals().vote(NewVote.of(proposal, ada, VoteChoice.APPROVE));
            maintain();
            assertThat(statistics.ofUser(ada).votes()).isZero();
        });
        maintain();
        assertThat(database.value("select votes from evalstore.user_statistics where user_id = '" + ada + "'"))
                .isEqualTo("1");
    }
}
