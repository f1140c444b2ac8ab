package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.Retry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Counts equal the stored votes at every commit, however many vote at once. */
class CommunityVotesTest {
    private static final int THREADS = 200;

    /**
     * Deferred to the commit: refuses a transaction that leaves counts other than the stored votes. It sees what the
     * transaction wrote and what was committed before.
     */
    private static final String AT_EVERY_COMMIT = """
            create function evalstore.check_votes() returns trigger language plpgsql as $$
            declare
                checked uuid := case tg_table_name when 'verification_votes'
                    then coalesce(to_jsonb(new), to_jsonb(old)) ->> 'community_verification_id'
                    else to_jsonb(new) ->> 'id' end;
            begin
                if exists (
                    select from evalstore.community_verifications c where c.id = checked and array[c.up, c.down] <> (
                        select array[count(*) filter (where direction = 'up'), count(*) filter (where direction = 'down')]::int[]
                        from evalstore.verification_votes v where v.community_verification_id = c.id))
                then
                    raise exception 'the counts of a community verification are not its votes';
                end if;
                return null;
            end $$;
            create constraint trigger verification_votes_counted
                after insert or update or delete on evalstore.verification_votes
                deferrable initially deferred for each row execute function evalstore.check_votes();
            create constraint trigger community_verifications_counted
                after insert or update on evalstore.community_verifications
                deferrable initially deferred for each row execute function evalstore.check_votes();""";

    private static final String DIFFERENT = """
            select c.id::text from evalstore.community_verifications c
            where array[c.up, c.down] <> (
                select array[count(*) filter (where direction = 'up'), count(*) filter (where direction = 'down')]::int[]
                from evalstore.verification_votes v where v.community_verification_id = c.id)""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Nothing is sent a second time: a deadlock would be seen. */
    private static Database db;

    private CommunityFixtures rows;

    @BeforeAll
    static void checkEveryCommit() {
        database.admin(AT_EVERY_COMMIT);
        db = Database.open(database.config()
                .retry(Retry.NONE)
                .connectTimeout(Duration.ofMinutes(10))
                .build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void aDefinition() {
        rows = new CommunityFixtures(database);
    }

    @Test
    void two_hundred_threads_vote_change_and_withdraw() throws Exception {
        vote(4, 1);
    }

    @Tag("long")
    @Test
    void two_hundred_threads_vote_change_and_withdraw_for_long() throws Exception {
        vote(Integer.getInteger("votes.each", 150), 2);
    }

    /** Fewer users than threads, so that the same user also meets itself. */
    private void vote(int each, long seed) throws Exception {
        UUID submitter = rows.user();
        List<UUID> verifications = List.of(
                rows.verification(rows.submission(submitter)).id(),
                rows.verification(rows.submission(submitter)).id());
        List<UUID> users = Stream.generate(rows::user).limit(40).toList();
        CommunityVerificationRepository votes =
                db.exchange().communityVerifications().threshold(1_000);
        CountDownLatch voting = new CountDownLatch(THREADS);
        List<Integer> written = Threads.together(THREADS + 1, thread -> () -> {
            if (thread == THREADS) {
                return watch(voting);
            }
            try {
                Random random = new Random(seed * 1_000 + thread);
                for (int i = 0; i < each; i++) {
                    UUID verification = verifications.get(random.nextInt(2));
                    UUID user = users.get(random.nextInt(users.size()));
                    switch (random.nextInt(3)) {
                        case 0 -> votes.vote(verification, user, VoteDirection.UP);
                        case 1 -> votes.vote(verification, user, VoteDirection.DOWN);
                        default -> votes.withdrawVote(verification, user);
                    }
                }
                return each;
            } finally {
                voting.countDown();
            }
        });
        assertThat(written).hasSize(THREADS + 1);
        assertThat(database.query(DIFFERENT)).isEmpty();
        assertThat(database.value("select count(*) > 0 from evalstore.verification_votes"))
                .isEqualTo("t");
    }

    /** Each statement sees one moment. Returns how often it looked. */
    private static int watch(CountDownLatch voting) {
        int looks = 0;
        do {
            assertThat(database.query(DIFFERENT)).isEmpty();
            looks++;
        } while (voting.getCount() > 0);
        return looks;
    }

    @Test
    void of_many_votes_at_once_one_raises_the_level() throws Exception {
        UUID submission = rows.submission(rows.user());
        UUID verification = rows.verification(submission).id();
        List<UUID> users = Stream.generate(rows::user).limit(24).toList();
        CommunityVerificationRepository votes =
                db.actingAs(Actor.SYSTEM).exchange().communityVerifications();
        Threads.together(users.size(), i -> () -> votes.vote(verification, users.get(i), VoteDirection.UP));
        assertThat(votes.get(verification, Viewer.ANONYMOUS).up()).isEqualTo(users.size());
        assertThat(rows.level(submission)).isEqualTo(VerificationLevel.COMMUNITY_VERIFIED);
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("submission", submission.toString()))
                        .items())
                .hasSize(1);
    }

    /** Votes, reviews and flags lock the community verification and then the submission, and nobody goes the other way. */
    @Test
    void votes_that_raise_meet_what_hides_and_deletes_the_submission() throws Exception {
        UUID submitter = rows.user();
        List<UUID> voters = Stream.generate(rows::user).limit(3).toList();
        CommunityVerificationRepository all =
                db.exchange().communityVerifications().threshold(2);
        for (int round = 0; round < 10; round++) {
            UUID submission = rows.submission(submitter);
            UUID first = rows.verification(submission).id();
            UUID second = rows.verification(submission).id();
            List<Runnable> acts = List.of(
                    () -> vote(all, first, voters),
                    () -> vote(all, second, voters),
                    () -> all.flag(first),
                    () -> all.review(second, voters.get(0), VerificationReview.APPROVED, null),
                    () -> db.exchange().submissions().changeVisibility(submission, SubmissionVisibility.UNLISTED),
                    () -> db.exchange().submissions().changeVisibility(submission, SubmissionVisibility.PUBLIC));
            Threads.together(acts.size(), i -> () -> {
                acts.get(i).run();
                return true;
            });
            assertThat(rows.level(submission)).isEqualTo(VerificationLevel.COMMUNITY_VERIFIED);
        }
    }

    private static void vote(CommunityVerificationRepository all, UUID verification, List<UUID> voters) {
        voters.forEach(voter -> all.vote(verification, voter, VoteDirection.UP));
    }
}
