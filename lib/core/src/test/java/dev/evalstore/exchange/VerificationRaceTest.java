package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Retry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several verifiers at once. */
class VerificationRaceTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** How often the verifiers of the storm do something, all together. */
    private static final int EVENTS = Integer.getInteger("verification.events", 800);

    private static final Duration HOUR = Duration.ofHours(1);
    private static final NewVerificationResult CONFIRMED = NewVerificationResult.confirmed(0.5, true);

    private final Database db = database.db();
    private final VerificationRepository verifications = db.exchange().verifications();
    private final CommunityFixtures fixtures = new CommunityFixtures(database);

    @BeforeEach
    void empty() {
        database.admin(VerificationRepositoryTest.EMPTY);
    }

    private Worker worker() {
        return db.workers().register(NewWorker.of("verifier"));
    }

    private Verification requested(UUID submission) {
        return verifications.request(NewVerification.of(submission, VerificationKind.PLATFORM));
    }

    private @Nullable Lease claimed(Worker worker) {
        List<ClaimedVerification> claimed = verifications.claim(worker, VerificationScope.ALL, 1, HOUR);
        return claimed.isEmpty() ? null : claimed.get(0).lease();
    }

    @Test
    void of_workers_and_people_who_claim_one_verification_at_once_one_gets_it() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID id = requested(fixtures.submission(fixtures.user())).id();
            List<Worker> workers = List.of(worker(), worker(), worker(), worker());
            List<UUID> people = List.of(fixtures.user(), fixtures.user(), fixtures.user(), fixtures.user());
            List<Integer> got = Threads.together(8, thread -> () -> {
                if (thread % 2 == 0) {
                    return claimed(workers.get(thread / 2)) == null ? 0 : 1;
                }
                try {
                    verifications.claimByPerson(id, people.get(thread / 2));
                    return 1;
                } catch (ConflictException e) {
                    return 0;
                }
            });
            assertThat(got.stream().mapToInt(n -> n).sum()).isEqualTo(1);
            assertThat(database.value("select count(*) from evalstore.verification_leases"))
                    .isEqualTo("1");
            verifications.cancel(id);
        }
    }

    @Test
    void of_many_requests_for_one_submission_at_once_one_is_stored() throws Exception {
        UUID submission = fixtures.submission(fixtures.user());
        List<Integer> stored = Threads.together(16, thread -> () -> {
            try {
                VerificationKind kind = thread % 2 == 0 ? VerificationKind.PLATFORM : VerificationKind.AUDITOR;
                verifications.request(NewVerification.of(submission, kind));
                return 1;
            } catch (ConstraintViolationException e) {
                assertThat(e.constraint()).isEqualTo("idx_verifications_submission_id_unfinished");
                return 0;
            }
        });
        assertThat(stored.stream().mapToInt(n -> n).sum()).isEqualTo(1);
        assertEachInOnePlace();
    }

    /** The first verifier sleeps; its lease ends; the second one refutes; the first one wakes up and confirms. */
    @Test
    void a_verifier_that_was_paused_beyond_its_lease_is_refused_and_the_level_is_unchanged() {
        UUID submission = fixtures.submission(fixtures.user());
        UUID id = requested(submission).id();
        Lease paused = Objects.requireNonNull(claimed(worker()));
        database.admin("update evalstore.workers set last_heartbeat_at = now() - interval '2 days'");
        assertThat(verifications.requeueExpired(10)).isEqualTo(1);
        Lease second = Objects.requireNonNull(claimed(worker()));
        assertThat(second.token()).isGreaterThan(paused.token());
        assertThat(second.id()).isEqualTo(paused.id());
        refused(paused);
        Verification refuted = verifications.complete(second, NewVerificationResult.refuted(0.1, true));
        refused(paused);
        assertThat(verifications.get(id, Viewer.PLATFORM)).isEqualTo(refuted);
        assertThat(verifications.attempts(id, Viewer.PLATFORM)).isEmpty();
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
    }

    private void refused(Lease lost) {
        Instant now = Instant.now();
        List<ThrowingCallable> writes = List.of(
                () -> verifications.complete(lost, CONFIRMED),
                () -> verifications.fail(lost, "no"),
                () -> verifications.extend(lost, HOUR),
                () -> verifications.release(lost),
                () -> verifications.recordAttempt(lost, NewVerificationAttempt.confirmed(1, now, now)),
                () -> verifications.recordStep(lost, NewVerificationStep.pending(1, "Run")));
        writes.forEach(write -> assertThatThrownBy(write).isInstanceOf(LeaseLostException.class));
    }

    /** Both hold what they need first, and wait for each other's commit; the one that comes later sees the other's. */
    @Test
    void a_person_who_is_becoming_a_member_does_not_complete() throws Exception {
        UUID organization = ExchangeFixtures.organization(database, "o" + UUID.randomUUID());
        UUID submission = fixtures.submission(fixtures.user(), organization, SubmissionVisibility.PUBLIC);
        UUID id = requested(submission).id();
        UUID person = fixtures.user();
        Lease lease = verifications.claimByPerson(id, person).lease();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Verification> completing = db.inTransaction(tx -> {
                tx.organizations().addMember(organization, person);
                Future<Verification> begun = thread.submit(() -> verifications.complete(lease, CONFIRMED));
                database.awaitBlocked();
                return begun;
            });
            assertThatThrownBy(() -> completing.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("is a member");
        } finally {
            thread.shutdownNow();
        }
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
        assertThat(verifications.get(id, Viewer.PLATFORM).status()).isEqualTo(VerificationStatus.IN_PROGRESS);
    }

    @Test
    void attempts_that_are_recorded_at_once_get_different_numbers() throws Exception {
        UUID id = requested(fixtures.submission(fixtures.user())).id();
        Lease lease = Objects.requireNonNull(claimed(worker()));
        Instant now = Instant.now();
        List<Integer> numbers = Threads.together(
                8,
                thread -> () -> verifications
                        .recordAttempt(lease, NewVerificationAttempt.confirmed(thread, now, now))
                        .attempt());
        assertThat(numbers).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(verifications.attempts(id, Viewer.PLATFORM)).hasSize(8);
    }

    /** The removal locks the person and then writes the verification; a completion the other way about would be a deadlock. */
    @Test
    void a_completion_and_the_removal_of_its_verifier_come_one_after_the_other() throws Exception {
        try (Database strict = Database.open(database.config().retry(Retry.NONE).build())) {
            for (int round = 0; round < 10; round++) {
                UUID person = fixtures.user();
                UUID id = requested(fixtures.submission(fixtures.user())).id();
                Lease lease = verifications.claimByPerson(id, person).lease();
                Threads.together(2, thread -> () -> {
                    if (thread == 0) {
                        return strict.users().delete(person);
                    }
                    try {
                        strict.exchange().verifications().complete(lease, CONFIRMED);
                    } catch (ConflictException e) {
                        assertThat(e).hasMessageContaining("unknown");
                    }
                    return true;
                });
                Verification after = verifications.get(id, Viewer.PLATFORM);
                if (after.status() == VerificationStatus.COMPLETED) {
                    assertThat(after.verifierId()).isNull();
                    assertThat(after.verifierLabel()).isNotNull();
                } else {
                    verifications.cancel(id);
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 1)
    void whatever_verifiers_do_each_verification_is_in_one_place_and_ends_once(long seed) throws Exception {
        List<UUID> submissions = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            submissions.add(fixtures.submission(fixtures.user()));
        }
        List<UUID> people = List.of(fixtures.user(), fixtures.user(), fixtures.user(), fixtures.user());
        Set<UUID> ended = ConcurrentHashMap.newKeySet();
        Threads.together(8, thread -> () -> {
            Random random = new Random(seed * 100 + thread);
            Worker worker = worker();
            List<Lease> mine = new ArrayList<>();
            for (int i = 0; i < EVENTS / 8; i++) {
                step(random, worker, submissions, people, mine, ended);
            }
            return true;
        });
        assertEachInOnePlace();
        assertEventsAreTheMoves();
        for (UUID id : ended) {
            assertThat(verifications.get(id, Viewer.PLATFORM).completedAt()).isNotNull();
        }
        assertThat(database.value("select count(*) from evalstore.verifications where outcome is not null and outcome"
                        + " <> 'failed'"))
                .isEqualTo(Integer.toString(ended.size()));
        assertThat(database.value(
                        """
                select count(*) from evalstore.submissions s
                where s.id = any ('{%s}') and (s.verification_level = 'platform_verified') <> exists (
                    select from evalstore.verifications v where v.submission_id = s.id and v.success)""".formatted(submissions.stream().map(UUID::toString).collect(Collectors.joining(",")))))
                .isEqualTo("0");
    }

    /** One thing that a verifier, or who looks after them, does; an end that was acknowledged is noted, and noted once. */
    private void step(
            Random random,
            Worker worker,
            List<UUID> submissions,
            List<UUID> people,
            List<Lease> mine,
            Set<UUID> ended) {
        try {
            switch (random.nextInt(9)) {
                case 0, 1 -> requested(submissions.get(random.nextInt(submissions.size())));
                case 2 -> {
                    Lease lease = claimed(worker);
                    if (lease != null) {
                        mine.add(lease);
                    }
                }
                case 3 -> {
                    VerificationFilter pending = VerificationFilter.ALL.status(VerificationStatus.PENDING);
                    for (Verification one : verifications
                            .list(pending, Viewer.PLATFORM, 1, null)
                            .items()) {
                        UUID person = people.get(random.nextInt(people.size()));
                        mine.add(verifications.claimByPerson(one.id(), person).lease());
                    }
                }
                case 4 -> {
                    VerificationFilter all = VerificationFilter.ALL;
                    for (Verification one :
                            verifications.list(all, Viewer.PLATFORM, 1, null).items()) {
                        verifications.cancel(one.id());
                        assertThat(ended.add(one.id())).isTrue();
                    }
                }
                case 5 -> {
                    database.admin(
                            "update evalstore.verification_leases set claimed_at = claimed_at - interval '9 days',"
                                    + " deadline = deadline - interval '9 days' where token % 7 = 0");
                    verifications.requeueExpired(10);
                }
                default -> {
                    if (!mine.isEmpty()) {
                        Lease lease = mine.remove(random.nextInt(mine.size()));
                        if (random.nextInt(4) == 0) {
                            verifications.release(lease);
                        } else {
                            boolean success = random.nextBoolean();
                            verifications.complete(
                                    lease,
                                    new NewVerificationResult(
                                            success, 0.5, true, null, null, AttestationEvidence.NONE));
                            assertThat(ended.add(lease.id())).isTrue();
                        }
                    }
                }
            }
        } catch (ConflictException e) {
            // Another one was faster.
        } catch (ConstraintViolationException e) {
            assertThat(e.constraint()).isEqualTo("idx_verifications_submission_id_unfinished");
        }
    }

    /** By their positions the events of each verification lead from its request to where it is, step by step. */
    private static void assertEventsAreTheMoves() {
        assertThat(database.query("""
                with told as (
                    select aggregate_id, position, event_type, payload ->> 'status' as now,
                        lag(payload ->> 'status') over of_one as before, lead(position) over of_one is null as is_last
                    from evalstore.domain_events where aggregate_type = 'verification'
                    window of_one as (partition by aggregate_id order by position))
                select v.id || ' ' || coalesce(t.before, '') || ' ' || coalesce(t.event_type, 'nothing') || ' ' || coalesce(t.now, '')
                from evalstore.verifications v left join told t on t.aggregate_id = v.id::text
                where not coalesce(case t.before
                        when 'PENDING' then t.now in ('IN_PROGRESS', 'CANCELLED')
                        when 'IN_PROGRESS' then t.now <> 'IN_PROGRESS'
                        else t.event_type = 'verification.requested' and t.before is null end, false)
                    or t.is_last and t.now <> upper(coalesce(v.outcome, case when exists (
                            select from evalstore.verification_leases l where l.seq = v.seq) then 'in_progress' else 'pending' end))""")).isEmpty();
    }

    /** Ready, or leased, or ended; and no two unfinished of one submission. */
    private static void assertEachInOnePlace() {
        assertThat(database.query("""
                select v.id::text from evalstore.verifications v
                left join (
                    select seq from evalstore.verification_ready
                    union all select seq from evalstore.verification_leases) p on p.seq = v.seq
                group by v.id, v.outcome
                having count(p.seq) <> case when v.outcome is null then 1 else 0 end""")).isEmpty();
    }
}
