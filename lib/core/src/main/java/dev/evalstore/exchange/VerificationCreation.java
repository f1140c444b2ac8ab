package dev.evalstore.exchange;

import dev.evalstore.ConflictException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Requests verifications: the wide row, and beside it the one that says that it may be claimed. */
final class VerificationCreation {
    private static final String MAKE_LANE = """
            /* verification_lanes.create */ insert into evalstore.verification_lanes (definition_id, kind)
            select s.definition_id, k.kind from evalstore.submissions s cross join (select ?::text) as k (kind)
            where s.id = ? and s.deleted_at is null and not exists (
                select from evalstore.verification_lanes n where n.definition_id = s.definition_id and n.kind = k.kind)
            on conflict on constraint verification_lanes_definition_kind_unique do nothing""";

    private static final String REQUEST = """
            /* verifications.request */ with made as (
                insert into evalstore.verifications (id, submission_id, lane, kind, config)
                select ?, s.id, n.lane, n.kind, ?
                from evalstore.submissions s
                join evalstore.verification_lanes n on n.definition_id = s.definition_id and n.kind = ?
                where s.id = ? and s.deleted_at is null and exists (
                    select from evalstore.benchmark_definitions d where d.id = s.definition_id and d.deleted_at is null)
                returning seq, lane)
            insert into evalstore.verification_ready (lane, rank, seq, timeout_seconds, attempt)
            select lane, 0, seq, 3600, 0 from made""";

    private VerificationCreation() {}

    static Verification request(Jdbc jdbc, NewVerification verification) {
        Objects.requireNonNull(verification, "verification");
        UUID id = Uuids.next();
        UUID submission = verification.submissionId();
        return VerificationRows.TABLE.actOn(
                jdbc,
                "request",
                id,
                on -> on.atomically(tx -> {
                    tx.update(Sql.of(MAKE_LANE, verification.kind(), submission));
                    Sql request = Sql.of(REQUEST, id, verification.config(), verification.kind(), submission);
                    if (tx.update(request) == 0) {
                        throw refused(tx, submission);
                    }
                    return VerificationRows.TABLE.get(tx, id);
                }),
                requested -> requested);
    }

    private static RuntimeException refused(Jdbc tx, UUID submission) {
        return SubmissionRows.TABLE
                .find(tx, submission)
                .filter(found -> found.deletedAt() == null)
                .<RuntimeException>map(found -> new ConflictException("benchmark definition " + found.definitionId()
                        + " is deleted: cannot request a verification of submission " + submission))
                .orElseGet(() -> SubmissionRows.TABLE.notFound(submission));
    }
}
