package dev.evalstore.job;

import dev.evalstore.TxOptions;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Enqueues many jobs by two binary copies in one transaction: the wide rows and the ready rows. */
final class JobCopy {
    /** The sequence's increment: each number that is drawn stands for so many. */
    static final int BLOCK = 1_000;

    private static final String COPY_JOBS = """
            /* jobs.copy */ copy evalstore.jobs (id, seq, lane, job_type, payload, priority, max_retries, timeout_seconds,
                backoff_base_seconds, backoff_cap_seconds, created_at, trace_parent, trace_state) from stdin (format binary)""";

    private static final String COPY_READY = """
            /* job_ready.copy */ copy evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt) from stdin (format binary)""";

    /**
     * The numbers, and the time of all jobs: both are of one statement, whenever the copy begins. None where a lane
     * is another than remembered; having read the lanes, the transaction keeps their table from being replaced until
     * it ends.
     */
    private static final String NUMBERS = """
            /* jobs.numbers */ with {lanes}
            select nextval('evalstore.job_numbers') as first, statement_timestamp() as drawn_at
            from generate_series(1, ?), lanes where known""".replace("{lanes}", Lanes.ALL_CHECKED);

    private record Block(long first, Instant drawnAt) {}

    private JobCopy() {}

    /** Stores the jobs under the ids, in their order; none of them is scheduled or has a unique key. */
    static void run(Jdbc jdbc, List<UUID> ids, List<NewJob> jobs, Map<JobRoute, Integer> lanes) {
        jdbc.inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            List<Block> blocks = tx.returning(
                    Sql.of(NUMBERS).and(Sql.args(Lanes.allArgs(lanes))).and("", (jobs.size() + BLOCK - 1) / BLOCK),
                    row -> new Block(row.bigint("first"), row.instant("drawn_at")));
            if (blocks.isEmpty()) {
                throw Lanes.changed();
            }
            Instant now = blocks.get(0).drawnAt();
            long[] seqs = blocks.stream()
                    .flatMapToLong(block -> LongStream.range(block.first(), block.first() + BLOCK))
                    .limit(jobs.size())
                    .toArray();
            tx.copyIn(COPY_JOBS, out -> {
                for (int i = 0; i < jobs.size(); i++) {
                    wide(out, ids.get(i), seqs[i], jobs.get(i), lanes, now);
                }
            });
            return tx.copyIn(COPY_READY, out -> {
                for (int i = 0; i < jobs.size(); i++) {
                    NewJob job = jobs.get(i);
                    out.row(5)
                            .integer(lanes.get(job.route()))
                            .integer(-job.priority())
                            .bigint(seqs[i])
                            .integer((int) job.attempts().timeout().toSeconds())
                            .integer(0);
                }
            });
        });
    }

    private static void wide(BinaryCopy out, UUID id, long seq, NewJob job, Map<JobRoute, Integer> lanes, Instant now)
            throws SQLException {
        out.row(13)
                .uuid(id)
                .bigint(seq)
                .integer(lanes.get(job.route()))
                .text(job.type())
                .json(job.payload())
                .integer(job.priority())
                .integer(job.attempts().maxRetries())
                .integer((int) job.attempts().timeout().toSeconds())
                .real(JobRows.seconds(job.attempts().backoff().base()))
                .real(JobRows.seconds(job.attempts().backoff().cap()))
                .instant(now)
                .text(parent(job))
                .text(state(job));
    }

    static @Nullable String parent(NewJob job) {
        return job.trace() == null ? null : job.trace().parent();
    }

    static @Nullable String state(NewJob job) {
        return job.trace() == null ? null : job.trace().state();
    }
}
