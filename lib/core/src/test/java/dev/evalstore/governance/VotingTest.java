package dev.evalstore.governance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.evalstore.governance.ReviewFixtures.conflict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Retry;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.testkit.Threads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** However many vote, change and close at once: counts equal the stored votes at every commit, and there is one outcome. */
class VotingTest {
    private static final int VOTERS = 100;
    private static final int CLOSERS = 5;

    /** Refuses at the commit a transaction that leaves counts other than the power of the stored votes. */
    private static final String AT_EVERY_COMMIT = """
            create function evalstore.check_power() returns trigger language plpgsql as $$
            declare
                checked uuid := coalesce(to_jsonb(new) ->> 'proposal_id', to_jsonb(old) ->> 'proposal_id', to_jsonb(new) ->> 'id');
            begin
                if exists (
                    select from evalstore.proposals p
                    where p.id = checked and array[p.votes_for, p.votes_against, p.votes_abstain] <> (
                        select array[
                            coalesce(sum(power) filter (where choice = 'approve'), 0),
                            coalesce(sum(power) filter (where choice = 'reject'), 0),
                            coalesce(sum(power) filter (where choice = 'abstain'), 0)]::bigint[]
                        from evalstore.votes v where v.proposal_id = p.id))
                then
                    raise exception 'the counts of a proposal are not its votes';
                end if;
                return null;
            end $$;
            create constraint trigger votes_counted after insert or update or delete on evalstore.votes
                deferrable initially deferred for each row execute function evalstore.check_power();
            create constraint trigger proposals_counted after insert or update on evalstore.proposals
                deferrable initially deferred for each row execute function evalstore.check_power();""";

    /** The outcome by the rows alone. */
    private static final String BY_ROWS = """
            select case when turnout < quorum then 'quorum_not_met'
                when decided > 0 and agreed >= threshold * decided then 'approved' else 'rejected' end
            from (
                select p.quorum, p.threshold, coalesce(sum(v.power), 0) as turnout,
                    coalesce(sum(v.power) filter (where v.choice <> 'abstain'), 0) as decided,
                    coalesce(sum(v.power) filter (where v.choice = 'approve'), 0) as agreed
                from evalstore.proposals p left join evalstore.votes v on v.proposal_id = p.id
                where p.id = '%s' group by p.id) counted""";

    private static final String OUTSIDE = """
            select v.user_id::text from evalstore.votes v join evalstore.proposals p on p.id = v.proposal_id
            where not (v.created_at >= p.voting_starts_at and v.updated_at < p.voting_ends_at)""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Nothing is sent a second time: a deadlock would be seen. */
    private static Database db;

    private final ReviewFixtures rows = new ReviewFixtures(database);
    private ProposalRepository proposals;

    @BeforeAll
    static void checkEveryCommit() {
        database.admin(AT_EVERY_COMMIT);
        db = Database.open(database.config().retry(Retry.NONE).build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void repositories() {
        proposals = db.governance().proposals();
    }

    private UUID underReview(long quorum) {
        UUID id = proposals
                .create(NewProposal.of("A title", "A description.", "A rationale.", Subject.policyChange(), quorum)
                        .threshold(new BigDecimal("0.5")))
                .id();
        return proposals.submitForReview(id).id();
    }

    private UUID voting() {
        return proposals.openVoting(underReview(1), Duration.ofDays(1)).id();
    }

    @Test
    void a_hundred_vote_and_change_while_five_close() throws Exception {
        voteUntilClosed(Duration.ofMillis(1_500), 1);
    }

    @Tag("long")
    @Test
    void a_hundred_vote_and_change_while_five_close_for_long() throws Exception {
        Duration window = Duration.ofSeconds(Integer.getInteger("votes.seconds", 20));
        for (int seed = 2; seed < 5; seed++) {
            voteUntilClosed(window, seed);
        }
    }

    /** Fewer users than voters, so that the same user also meets itself. All go on until they are refused. */
    private void voteUntilClosed(Duration window, long seed) throws Exception {
        List<UUID> users = Stream.generate(rows::user).limit(60).toList();
        UUID id = underReview(50);
        proposals.openVoting(id, window);
        List<Object> results = Threads.together(
                VOTERS + CLOSERS,
                thread -> () -> thread < VOTERS
                        ? vote(id, users, new Random(seed * 1_000 + thread))
                        : closeWhenEnded(id, thread % 2 == 0));
        Proposal closed = proposals.get(id);
        assertThat(results.subList(VOTERS, VOTERS + CLOSERS)).containsOnly(closed);
        assertThat(closed.outcome())
                .hasToString(database.value(BY_ROWS.formatted(id)).toUpperCase(java.util.Locale.ROOT));
        assertThat(database.query(OUTSIDE)).isEmpty();
        assertThat(new HashSet<>(rows.events(id)))
                .containsOnlyOnce("proposal." + closed.status().name().toLowerCase(java.util.Locale.ROOT));
        assertThat(rows.events(id)).hasSize(4);
        assertThat(results.subList(0, VOTERS).stream()
                        .mapToInt(Integer.class::cast)
                        .sum())
                .as("votes in the window")
                .isPositive();
    }

    /** Returns how often it voted. */
    private int vote(UUID id, List<UUID> users, Random random) {
        for (int voted = 0; ; voted++) {
            UUID user = users.get(random.nextInt(users.size()));
            try {
                if (random.nextInt(5) == 0) {
                    proposals.withdrawVote(id, user);
                } else {
                    VoteChoice choice = VoteChoice.values()[random.nextInt(3)];
                    proposals.vote(NewVote.of(id, user, choice).power(1 + random.nextInt(9)));
                }
            } catch (ConflictException refused) {
                return voted;
            }
        }
    }

    private Proposal closeWhenEnded(UUID id, boolean byMaintenance) {
        while (true) {
            try {
                if (byMaintenance) {
                    proposals.closeDue(10);
                }
                return proposals.close(id);
            } catch (ConflictException isVotedOn) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void of_many_who_close_one_closes_and_all_get_its_outcome() throws Exception {
        UUID id = voting();
        UUID user = rows.user();
        proposals.vote(NewVote.of(id, user, VoteChoice.APPROVE));
        end(id, "now()");
        List<Proposal> closed = Threads.together(16, i -> () -> proposals.close(id));
        assertThat(new HashSet<>(closed)).hasSize(1);
        assertThat(rows.events(id)).filteredOn("proposal.approved"::equals).hasSize(1);
    }

    private static void end(UUID id, String at) {
        database.admin("update evalstore.proposals set voting_starts_at = now() - interval '1 hour', voting_ends_at = "
                + at + " where id = '" + id + "'");
    }

    /** The vote began in the window, and waits for another's lock until that has passed. */
    @Test
    void a_vote_that_waits_until_the_end_is_refused() throws Exception {
        UUID id = voting();
        UUID user = rows.user();
        try (Connection other = TestServer.get().admin(database.name());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from evalstore.proposals where id = '" + id + "' for update");
            CompletableFuture<Proposal> vote =
                    CompletableFuture.supplyAsync(() -> proposals.vote(NewVote.of(id, user, VoteChoice.APPROVE)));
            awaitWaiting("proposals.lock");
            statement.execute(
                    "update evalstore.proposals set voting_ends_at = clock_timestamp() where id = '" + id + "'");
            other.commit();
            assertThat(vote.handle((voted, failure) -> String.valueOf(failure)).get(1, TimeUnit.MINUTES))
                    .contains("is not voted on any more: cannot vote");
        }
        assertThat(proposals.findVote(id, user)).isEmpty();
        assertThat(proposals.close(id).outcome()).isEqualTo(ProposalOutcome.QUORUM_NOT_MET);
    }

    /** The vote was taken in the window, and is committed after its end. */
    @Test
    void a_vote_that_is_committed_late_counts_whoever_closes() throws Exception {
        UUID id = voting();
        UUID user = rows.user();
        CompletableFuture<Proposal> close;
        try (Connection own = TestServer.get().admin(database.name());
                Statement statement = own.createStatement()) {
            own.setAutoCommit(false);
            db.join(own).governance().proposals().vote(NewVote.of(id, user, VoteChoice.APPROVE));
            statement.execute(
                    "update evalstore.proposals set voting_ends_at = clock_timestamp() where id = '" + id + "'");
            close = CompletableFuture.supplyAsync(() -> {
                while (true) {
                    try {
                        return proposals.close(id);
                    } catch (ConflictException isVotedOn) {
                        Thread.onSpinWait();
                    }
                }
            });
            awaitWaiting("proposals.lock");
            assertThat(close).isNotDone();
            own.commit();
        }
        assertThat(close.get(1, TimeUnit.MINUTES).outcome()).isEqualTo(ProposalOutcome.APPROVED);
    }

    private static void awaitWaiting(String statement) {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> database.value("select count(*) from pg_stat_activity where datname = current_database()"
                                + " and wait_event_type = 'Lock' and query like '%" + statement + "%'")
                        .equals("1"));
    }

    /** A transaction of the caller's that votes and is rolled back leaves neither vote nor count. */
    @Test
    void a_vote_that_is_rolled_back_was_never_there() throws Exception {
        UUID id = voting();
        try (Connection own = TestServer.get().admin(database.name())) {
            own.setAutoCommit(false);
            assertThat(db.join(own)
                            .governance()
                            .proposals()
                            .vote(NewVote.of(id, rows.user(), VoteChoice.APPROVE))
                            .votesFor())
                    .isEqualTo(1);
            own.rollback();
        }
        assertThat(proposals.get(id).votesFor()).isZero();
        assertThat(proposals.countVotes(id, VoteFilter.ALL)).isZero();
    }

    @Test
    void a_withdrawal_and_the_end_meet_and_one_of_them_wins() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID id = voting();
            proposals.vote(NewVote.of(id, rows.user(), VoteChoice.APPROVE));
            end(id, "clock_timestamp() + interval '20 milliseconds'");
            List<Boolean> withdrawn = Threads.together(4, i -> () -> i % 2 == 0 ? withdraws(id) : closes(id));
            Proposal now = proposals.get(id);
            if (withdrawn.contains(true)) {
                assertThat(now.status()).isEqualTo(ProposalStatus.WITHDRAWN);
                assertThat(now.outcome()).isNull();
            } else {
                assertThat(proposals.closeDue(1_000).removed() + (now.outcome() == null ? 0 : 1))
                        .isPositive();
                assertThat(proposals.get(id).outcome()).isEqualTo(ProposalOutcome.APPROVED);
            }
        }
    }

    private boolean withdraws(UUID id) {
        try {
            return proposals.withdraw(id).status() == ProposalStatus.WITHDRAWN;
        } catch (ConflictException ended) {
            return false;
        }
    }

    private boolean closes(UUID id) {
        proposals.closeDue(1_000);
        return false;
    }

    /** So a clock that is wrong opens, ends and refuses nothing. */
    @Test
    void no_clock_of_this_process_is_asked() {
        noClasses()
                .that()
                .resideInAPackage("dev.evalstore.governance")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(new ClassFileImporter().importPath(MainClasses.root()));
        UUID id = underReview(1);
        Instant wrong = Instant.parse("2001-01-01T00:00:00Z");
        ReviewFixtures.refused("votingEndsAt", () -> proposals.openVoting(id, wrong, wrong.plusSeconds(60)));
        Instant early = Instant.parse("2100-01-01T00:00:00Z");
        proposals.openVoting(id, early, early.plusSeconds(60));
        conflict("not voted on yet", () -> proposals.vote(NewVote.of(id, rows.user(), VoteChoice.APPROVE)));
        conflict("is voted on", () -> proposals.close(id));
    }
}
