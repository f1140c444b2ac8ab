package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.Lease;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Numbers;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import dev.evalstore.internal.queue.Ask;
import dev.evalstore.internal.queue.ClaimMemory;
import dev.evalstore.internal.queue.Grant;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.PerWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Gives out verifications: to workers by the claim engine, and to people one by one. */
final class VerificationClaims {
    private static final String LANES = """
            /* verifications.lanes */ select lane, definition_id from evalstore.verification_lanes where kind = 'platform'""";

    private static final String BY_NUMBERS = "and v.seq = any (?::bigint[])";

    private static final String HELD = """
            /* verifications.held */ select seq, token, attempt, lane, rank, claimed_at, deadline
            from evalstore.verification_leases
            where worker = ? and deadline > statement_timestamp()""";

    private static final String HELD_BY_PERSON = """
            /* verifications.held_by_person */ select seq, token, attempt, lane, rank, claimed_at, deadline
            from evalstore.verification_leases
            where verifier_id = ? and deadline > statement_timestamp()""";

    /** Waits for a claim that has the row: it is free again where that was rolled back. */
    private static final String CLAIM_BY_PERSON = """
            /* verifications.claim_by_person */ with taken as (
                delete from evalstore.verification_ready r using evalstore.verifications v
                where v.id = ? and r.lane = v.lane and r.rank = 0 and r.seq = v.seq
                returning r.lane, r.rank, r.seq, r.timeout_seconds, r.attempt)
            insert into evalstore.verification_leases
                (seq, token, verifier_id, lane, rank, timeout_seconds, attempt, claimed_at, deadline)
            select seq, {token}, ?, lane, rank, timeout_seconds, attempt, statement_timestamp(),
                statement_timestamp() + make_interval(secs => ?)
            from taken
            returning seq, token, attempt, lane, rank, claimed_at, deadline""".replace("{token}", Numbers.next("evalstore.lease_tokens"));

    private static final Comparator<ClaimedVerification> OLDEST_FIRST =
            Comparator.comparingLong(claimed -> claimed.verification().seq());

    private static final Shared<PerWorker<ClaimMemory<List<Lane>>>> MEMORIES =
            Shared.of(jdbc -> new PerWorker<>(ClaimMemory::new));

    private final Jdbc jdbc;

    VerificationClaims(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** A definition's lane. A lane without weight has no share: age alone decides between lanes. */
    private record Lane(int id, UUID definition) {
        Covered covered() {
            return new Covered(id, Double.POSITIVE_INFINITY);
        }
    }

    List<ClaimedVerification> claim(Worker worker, VerificationScope scope, int limit, Duration lease) {
        Set<UUID> only = scope.definitionIds();
        Ask<List<Lane>> ask = new Ask<>(
                worker.generation(),
                limit,
                Integer.MAX_VALUE,
                (int) lease.toSeconds(),
                () -> jdbc.list(Sql.of(LANES), row -> new Lane(row.integer("lane"), row.uuid("definition_id"))),
                lanes -> lanes.stream()
                        .filter(lane -> only.isEmpty() || only.contains(lane.definition()))
                        .map(Lane::covered)
                        .toList(),
                lanes -> false);
        ClaimMemory<List<Lane>> memory = jdbc.shared(MEMORIES).of(worker.generation());
        List<Grant> grants = EventRows.inserting(
                jdbc, () -> Kinds.VERIFICATIONS.claim(jdbc, memory, ask).grants(), claimed -> !claimed.isEmpty());
        return UnknownOutcome.readBack(jdbc, () -> read("claimed", grants));
    }

    /** What a worker holds, read after its claims under way are done. */
    List<ClaimedVerification> held(Worker worker) {
        Kinds.VERIFICATIONS.awaitClaims(jdbc, worker.generation());
        return read("held_by_worker", jdbc.list(Sql.of(HELD, worker.generation()), Grant::of));
    }

    List<ClaimedVerification> heldByPerson(UUID user) {
        Sql held = Sql.of(HELD_BY_PERSON, Objects.requireNonNull(user, "user"));
        return read("held_by_user", jdbc.list(held, Grant::of));
    }

    ClaimedVerification claimByPerson(UUID id, UUID user, Duration deadline) {
        Objects.requireNonNull(user, "user");
        return VerificationRows.TABLE.actOn(
                jdbc,
                "claim",
                id,
                on -> on.atomically(tx -> {
                    UUID submission = VerificationRows.TABLE.get(tx, id).submissionId();
                    Verifiers.lockIndependent(tx, submission, user, "verify it");
                    List<Grant> grants = tx.returning(Sql.of(CLAIM_BY_PERSON, id, user, deadline), Grant::of);
                    Verification now = VerificationRows.TABLE.get(tx, id);
                    if (grants.isEmpty()) {
                        throw new ConflictException("verification " + id + " is "
                                + now.status().name().toLowerCase(Locale.ROOT) + ": cannot claim");
                    }
                    return new ClaimedVerification(now, grants.get(0).lease(id));
                }),
                ClaimedVerification::verification);
    }

    /** The verifications of these claims, the oldest first, read after the gate is open for others. */
    private List<ClaimedVerification> read(String verb, List<Grant> grants) {
        if (grants.isEmpty()) {
            return List.of();
        }
        Map<Long, Grant> bySeq = new HashMap<>();
        grants.forEach(grant -> bySeq.put(grant.seq(), grant));
        Sql sql = VerificationRows.TABLE.selectAll(verb).and(BY_NUMBERS, SqlArray.bigints(grants, Grant::seq));
        List<ClaimedVerification> claimed = new ArrayList<>();
        for (Verification one : jdbc.list(sql, VerificationRows.TABLE.mapper())) {
            Lease lease = Objects.requireNonNull(bySeq.get(one.seq())).lease(one.id());
            claimed.add(new ClaimedVerification(one, lease));
        }
        claimed.sort(OLDEST_FIRST);
        return List.copyOf(claimed);
    }
}
