package dev.evalstore.tracking;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import dev.evalstore.internal.schema.PartitionRetention;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What requests to models cost, in one partition a month. Entries are appended and never changed. One may be dated in any month
 * from 2000 to 2100; a missing partition is made with it.
 *
 * <p>Money is decimal, and its sums are exact. Lists begin with the latest request. What was spent on is named by id, which is
 * not checked: costs may be stored before it and outlive it.
 */
public final class CostRepository extends CostReads {
    /** The number of rows from which a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

    private static final String APPEND = """
            /* cost_entries.append */ insert into evalstore.cost_entries ({written})
            select id, provider, model, input_tokens, output_tokens, cost_usd,
                coalesce(requested_at, statement_timestamp()), experiment_id, evaluation_id, job_id, metadata
            from unnest(?::uuid[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::numeric[], ?::timestamptz[],
                ?::uuid[], ?::uuid[], ?::uuid[], ?::jsonb[]) given({written})""".replace("{written}", WRITTEN);

    private static final String RETURNING = TABLE.text("returning {columns}");

    private static final String COPY = """
            /* cost_entries.copy */ copy evalstore.cost_entries ({written})
            from stdin (format binary)""".replace("{written}", WRITTEN);

    CostRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /** Stores an entry and returns it as stored. */
    public CostEntry append(NewCostEntry entry) {
        UUID id = Uuids.next();
        Sql insert = append(List.of(id), List.of(Objects.requireNonNull(entry, "entry")))
                .and(RETURNING);
        Instant at = entry.requestedAt();
        return inMonths(List.of(entry), () -> {
            // The key holds the time, so a lost insert is repeated only where that is given.
            if (at == null) {
                return jdbc.change(insert, TABLE.mapper()).orElseThrow();
            }
            Sql again = TABLE.select("find").and("and id = ? and requested_at = ?", id, at);
            return UnknownOutcome.insert(jdbc, insert, TABLE.mapper(), again);
        });
    }

    /**
     * Stores all entries or none, in one statement: arrays, or a binary copy from 10,000 rows on.
     *
     * @return their ids, in the order given; empty for an empty list
     */
    public List<UUID> appendAll(List<NewCostEntry> entries) {
        List<NewCostEntry> rows = Check.list("entries", entries);
        List<UUID> ids = Stream.generate(Uuids::next).limit(rows.size()).toList();
        if (rows.size() >= COPY_FROM) {
            Instant now = jdbc.now();
            inMonths(rows, () -> jdbc.copyIn(COPY, out -> copy(out, ids, rows, now)));
        } else if (!rows.isEmpty()) {
            inMonths(rows, () -> jdbc.update(append(ids, rows)));
        }
        return ids;
    }

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once.
     *
     * @return how many months were dropped; one call drops them all
     */
    public Cleanup cleanup(Duration retention) {
        return new Cleanup(PartitionRetention.dropOlderThan(jdbc, TABLE.name(), retention), false);
    }

    private <T> T inMonths(List<NewCostEntry> rows, Supplier<T> insert) {
        return Partitions.inserting(jdbc, TABLE.name(), rows, NewCostEntry::requestedAt, insert);
    }

    private static Sql append(List<UUID> ids, List<NewCostEntry> rows) {
        List<NewCostEntry.Cause> causes = rows.stream().map(NewCostEntry::cause).toList();
        return Sql.of(
                APPEND,
                SqlArray.uuids(ids),
                SqlArray.texts(rows, NewCostEntry::provider),
                SqlArray.texts(rows, NewCostEntry::model),
                SqlArray.bigints(rows, NewCostEntry::inputTokens),
                SqlArray.bigints(rows, NewCostEntry::outputTokens),
                SqlArray.numerics(rows, NewCostEntry::costUsd),
                SqlArray.instants(rows, NewCostEntry::requestedAt),
                SqlArray.uuids(causes, NewCostEntry.Cause::experimentId),
                SqlArray.uuids(causes, NewCostEntry.Cause::evaluationId),
                SqlArray.uuids(causes, NewCostEntry.Cause::jobId),
                SqlArray.jsons(rows, NewCostEntry::metadata));
    }

    private static void copy(BinaryCopy out, List<UUID> ids, List<NewCostEntry> rows, Instant now) throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            NewCostEntry row = rows.get(i);
            Instant at = row.requestedAt();
            out.row(11)
                    .uuid(ids.get(i))
                    .text(row.provider())
                    .text(row.model())
                    .bigint(row.inputTokens())
                    .bigint(row.outputTokens())
                    .numeric(row.costUsd())
                    .instant(at == null ? now : at)
                    .uuid(row.cause().experimentId())
                    .uuid(row.cause().evaluationId())
                    .uuid(row.cause().jobId())
                    .json(row.metadata());
        }
    }
}
