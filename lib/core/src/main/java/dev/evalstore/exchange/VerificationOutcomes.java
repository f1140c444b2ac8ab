package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.Leases;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What verifiers write under their leases, and what becomes of verifications when they end. The engine ends the leases; this adds
 * the wide rows and the levels of submissions.
 *
 * <p>Lock order: what {@link Verifiers} locks, then the lease, the verification, and what {@link SubmissionStanding} locks.
 */
final class VerificationOutcomes {
    private static final Table<Verification> TABLE = VerificationRows.TABLE;

    /** A cancelled verification is met by more claims than this in no time that matters. */
    private static final int MAX_TRIES = 100;

    private static final String HOLDER = """
            /* verifications.holder */ select v.submission_id, v.kind, l.verifier_id
            from evalstore.verification_leases l join evalstore.verifications v on v.seq = l.seq
            where l.seq = ? and l.token = ?""";

    /** The name of whoever ends it: a worker's or a person's. */
    private static final String LABEL = """
            coalesce((select w.worker_id from evalstore.workers w where w.generation = x.worker),
                        (select coalesce(u.display_name, u.username) from evalstore.users u where u.id = x.verifier_id))""";

    /** The same one for comparison, as in verifier_keys. */
    private static final String REF = """
            coalesce('user ' || x.verifier_id::text,
                        (select 'worker ' || w.worker_id from evalstore.workers w where w.generation = x.worker))""";

    private static final String COMPLETE = Kinds.VERIFICATIONS.ending(
            "complete", """
            select * from unnest(?::bigint[], ?::bigint[], ?::uuid[], ?::boolean[], ?::float8[], ?::boolean[], ?::float8[],
                    ?::jsonb[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::jsonb[])
                    as g (seq, token, verifier_id, success, score, environment_match, confidence, details, url, signature,
                        algorithm, key_id, signed_at, metadata)""", """
            ended as (
                update evalstore.verifications v
                set outcome = 'completed', verifier_id = x.verifier_id, verifier_label = {label},
                    verifier_ref = {ref}, started_at = x.claimed_at,
                    completed_at = statement_timestamp(), updated_at = statement_timestamp(), success = x.success,
                    reproduced_score = x.score, score_difference = x.score - s.aggregate_score,
                    environment_match = x.environment_match, confidence = x.confidence, details = x.details,
                    attestation_url = x.url, attestation_signature = x.signature, attestation_algorithm = x.algorithm,
                    attestation_key_id = x.key_id, attestation_signed_at = x.signed_at, attestation_metadata = x.metadata
                from done x, evalstore.submissions s
                where v.seq = x.seq and s.id = v.submission_id)""".replace("{label}", LABEL).replace("{ref}", REF));

    private static final String FAIL = Kinds.VERIFICATIONS.ending(
            "fail", """
            select * from unnest(?::bigint[], ?::bigint[], ?::uuid[], ?::text[]) as g (seq, token, verifier_id, reason)""", """
            ended as (
                update evalstore.verifications v
                set outcome = 'failed', verifier_id = x.verifier_id, verifier_label = {label},
                    verifier_ref = {ref}, started_at = x.claimed_at,
                    completed_at = statement_timestamp(), updated_at = statement_timestamp(), failure_reason = x.reason
                from done x where v.seq = x.seq)""".replace("{label}", LABEL).replace("{ref}", REF));

    private static final String CANCEL = """
            /* verifications.cancel */ with waiting as (
                delete from evalstore.verification_ready r using evalstore.verifications v
                where v.id = ? and r.lane = v.lane and r.rank = 0 and r.seq = v.seq
                returning r.seq, null::timestamptz as claimed_at),
            running as (
                delete from evalstore.verification_leases l
                where l.seq = (select v.seq from evalstore.verifications v where v.id = ?)
                returning l.seq, l.claimed_at)
            update evalstore.verifications v
            set outcome = 'cancelled', started_at = x.claimed_at, completed_at = statement_timestamp(),
                updated_at = statement_timestamp()
            from (select * from waiting union all select * from running) x
            where v.seq = x.seq""";

    private static final String UNFINISHED = """
            /* verifications.unfinished */ select v.id from evalstore.verifications v
            where v.submission_id = ? and v.outcome is null order by v.seq""";

    /** In a statement before the rows that it protects are read. */
    private static final String LOCK_HELD = Kinds.VERIFICATIONS.text("""
            /* verifications.lock_held */ with given as materialized (select ?::bigint as seq, ?::bigint as token)
            select 1 as locked from evalstore.verification_leases l where {held} for update of l""");

    private static final String RECORD_ATTEMPT = """
            /* verification_attempts.create */ insert into evalstore.verification_attempts as a
                (verification_id, attempt, score, duration_ms, environment_hash, success, error, logs_url, started_at,
                completed_at)
            select v.id,
                coalesce((select max(b.attempt) from evalstore.verification_attempts b where b.verification_id = v.id), 0) + 1,
                ?::float8, ?::bigint, ?::text, ?::boolean, ?::text, ?::text, ?::timestamptz, ?::timestamptz
            from evalstore.verifications v where v.id = ?
            returning {columns}""".replace("{columns}", VerificationRows.ATTEMPTS.columns());

    private static final String RECORD_STEP = """
            /* verification_steps.put */ insert into evalstore.verification_steps as t
                (verification_id, step, name, status, output, error, started_at, completed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            on conflict on constraint verification_steps_pkey do update
            set name = excluded.name, status = excluded.status, output = excluded.output, error = excluded.error,
                started_at = excluded.started_at, completed_at = excluded.completed_at, updated_at = statement_timestamp()
            returning {columns}""".replace("{columns}", VerificationRows.STEPS.columns());

    private VerificationOutcomes() {}

    /** Who is at a verification: a person, or a worker where none is named. */
    private record Holder(
            UUID submission,
            VerificationKind kind,
            @Nullable UUID verifier) {
        static Holder map(Row row) throws SQLException {
            return new Holder(
                    row.uuid("submission_id"),
                    row.enumValue("kind", VerificationKind.class),
                    row.uuidOrNull("verifier_id"));
        }
    }

    static Verification complete(Jdbc jdbc, Lease lease, NewVerificationResult result) {
        List<NewVerificationResult> one = List.of(result);
        return ending(jdbc, "complete", lease, (tx, holder) -> {
            Verifiers.lockActorIndependent(tx, holder.submission(), "verify it");
            if (holder.verifier() != null) {
                Verifiers.lockIndependent(tx, holder.submission(), holder.verifier(), "verify it");
            }
            AttestationEvidence attested = result.attestation();
            Leases.requireHeld(
                    lease,
                    Kinds.VERIFICATIONS.endOne(
                            tx,
                            COMPLETE,
                            lease,
                            List.of(
                                    SqlArray.uuids(one, x -> holder.verifier()),
                                    SqlArray.bools(one, NewVerificationResult::success),
                                    SqlArray.reals(one, NewVerificationResult::reproducedScore),
                                    SqlArray.bools(one, NewVerificationResult::environmentMatch),
                                    SqlArray.reals(one, NewVerificationResult::confidence),
                                    SqlArray.jsons(one, NewVerificationResult::details),
                                    SqlArray.texts(one, x -> attested.url()),
                                    SqlArray.texts(one, x -> attested.signature()),
                                    SqlArray.texts(one, x -> attested.algorithm()),
                                    SqlArray.texts(one, x -> attested.keyId()),
                                    SqlArray.instants(one, x -> attested.signedAt()),
                                    SqlArray.jsons(one, x -> attested.metadata()))));
            if (result.success()) {
                SubmissionStanding.raise(tx, holder.submission(), holder.kind().level());
            }
        });
    }

    static Verification fail(Jdbc jdbc, Lease lease, String reason) {
        List<String> one = List.of(reason);
        return ending(jdbc, "fail", lease, (tx, holder) -> {
            Verifiers.lock(tx, holder.verifier());
            List<SqlArray> columns = List.of(SqlArray.uuids(one, x -> holder.verifier()), SqlArray.texts(one));
            Leases.requireHeld(lease, Kinds.VERIFICATIONS.endOne(tx, FAIL, lease, columns));
        });
    }

    /** What ends a lease, once it is known whose it is. */
    @FunctionalInterface
    private interface Ending {
        void run(Jdbc tx, Holder holder);
    }

    private static Verification ending(Jdbc jdbc, String verb, Lease lease, Ending ending) {
        return TABLE.actOn(
                jdbc,
                verb,
                lease.id(),
                on -> on.atomically(tx -> {
                    Holder holder = tx.find(Sql.of(HOLDER, lease.seq(), lease.token()), Holder::map)
                            .orElseThrow(() -> new LeaseLostException(List.of(lease.id())));
                    ending.run(tx, holder);
                    return TABLE.get(tx, lease.id());
                }),
                ended -> ended);
    }

    /** Releases the lease, no loss counted. */
    static void release(Jdbc jdbc, Lease lease) {
        TABLE.actOn(
                jdbc,
                "release",
                lease.id(),
                on -> {
                    Leases.requireHeld(lease, Kinds.VERIFICATIONS.releaseOne(on, lease));
                    return TABLE.get(on, lease.id());
                },
                released -> released);
    }

    /** Cancels those of a submission that have not ended. */
    static void cancelAll(Jdbc tx, UUID submission) {
        for (UUID id : tx.list(Sql.of(UNFINISHED, submission), row -> row.uuid("id"))) {
            if (isCancelled(tx, id)) {
                TABLE.actOn(tx, "cancel", id, on -> TABLE.get(on, id), cancelled -> cancelled);
            }
        }
    }

    static Verification cancel(Jdbc jdbc, UUID id) {
        return TABLE.actOn(
                jdbc,
                "cancel",
                id,
                on -> on.atomically(tx -> {
                    boolean isCancelled = isCancelled(tx, id);
                    Verification now = TABLE.get(tx, id);
                    if (!isCancelled) {
                        throw new ConflictException("verification " + id + " is "
                                + now.status().name().toLowerCase(Locale.ROOT) + ": cannot cancel");
                    }
                    return now;
                }),
                cancelled -> cancelled);
    }

    /** Cancels it wherever it is by now: between two tries it may be claimed or given back. False where it has ended. */
    private static boolean isCancelled(Jdbc tx, UUID id) {
        for (int tries = 1; tries <= MAX_TRIES; tries++) {
            if (tx.update(Sql.of(CANCEL, id, id)) == 1) {
                return true;
            }
            VerificationStatus now = TABLE.get(tx, id).status();
            if (now != VerificationStatus.PENDING && now != VerificationStatus.IN_PROGRESS) {
                return false;
            }
        }
        return false;
    }

    static VerificationAttempt record(Jdbc jdbc, Lease lease, NewVerificationAttempt attempt) {
        Sql insert = Sql.of(
                RECORD_ATTEMPT,
                attempt.score(),
                attempt.duration().toMillis(),
                attempt.environmentHash(),
                attempt.success(),
                attempt.error(),
                attempt.logsUrl(),
                attempt.startedAt(),
                attempt.completedAt(),
                lease.id());
        return underLease(
                jdbc,
                "record_attempt",
                lease,
                tx -> tx.change(insert, VerificationRows.ATTEMPTS.mapper()).orElseThrow());
    }

    static VerificationStep record(Jdbc jdbc, Lease lease, NewVerificationStep step) {
        Sql put = Sql.of(
                RECORD_STEP,
                lease.id(),
                step.step(),
                step.name(),
                step.status(),
                step.output(),
                step.error(),
                step.startedAt(),
                step.completedAt());
        return underLease(
                jdbc,
                "record_step",
                lease,
                tx -> tx.change(put, VerificationRows.STEPS.mapper()).orElseThrow());
    }

    /** Runs the work while the lease is held and locked: so it neither expires nor ends before what was written is committed. */
    private static <T> T underLease(Jdbc jdbc, String verb, Lease lease, Function<Jdbc, T> work) {
        return TABLE.act(
                jdbc,
                verb,
                lease.id(),
                on -> on.atomically(tx -> {
                    Sql lock = Sql.of(LOCK_HELD, lease.seq(), lease.token());
                    Leases.requireHeld(
                            lease, tx.change(lock, row -> row.integer("locked")).isPresent());
                    return work.apply(tx);
                }));
    }
}
