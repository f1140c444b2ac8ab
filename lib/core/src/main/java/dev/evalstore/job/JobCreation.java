package dev.evalstore.job;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Enqueues: the wide row and its narrow rows, in one statement or one transaction. */
final class JobCreation {
    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 5_000;

    /** The largest statement; more jobs go in several, in one transaction. */
    private static final int CHUNK = 10_000;

    /** How often a key may be taken by a job that has ended before its owner is looked up. */
    private static final int ATTEMPTS = 50;

    private static final String PLACE = """
            , ready as (
                insert into evalstore.job_ready (lane, rank, seq, timeout_seconds, attempt)
                select lane, -priority, seq, timeout_seconds, 0 from j where run_at is null),
            scheduled as (
                insert into evalstore.job_scheduled (run_at, seq, lane, rank, timeout_seconds, attempt)
                select run_at, seq, lane, -priority, timeout_seconds, 0 from j where run_at is not null)
            """;

    private static final String COLUMNS = """
            id, seq, lane, job_type, payload, priority, max_retries, timeout_seconds, backoff_base_seconds,
                backoff_cap_seconds, unique_key, run_at""";

    private static final String VALUES = """
            ?, ?::jsonb, ?, ?, ?, ?, ?, ?,
                coalesce(?::timestamptz, statement_timestamp() + make_interval(secs => ?::float8))""";

    private static final String CREATE = filled("""
            /* jobs.create */ with j as (
                insert into evalstore.jobs ({columns})
                values (?, nextval('evalstore.job_numbers'), ?, {values})
                returning *)
            {place}
            select {wide}, {as_new} from j join evalstore.job_lanes n on n.lane = j.lane""");

    private static final String CREATE_UNIQUE = filled("""
            /* jobs.create_unique */ with k as (
                insert into evalstore.job_unique (queue, unique_key, seq)
                values (?, ?, nextval('evalstore.job_numbers')) on conflict do nothing returning seq),
            j as (
                insert into evalstore.jobs ({columns})
                select ?::uuid, k.seq, ?::int, {values} from k
                returning *)
            {place}
            select {wide}, {as_new} from j join evalstore.job_lanes n on n.lane = j.lane""");

    private static final String CREATE_ALL = filled("""
            /* jobs.create_all */ with given as materialized (
                select g.*, nextval('evalstore.job_numbers') as seq
                from unnest(?::uuid[], ?::int[], ?::text[], ?::jsonb[], ?::int[], ?::int[], ?::int[], ?::float8[], ?::float8[],
                        ?::text[], ?::timestamptz[], ?::float8[], ?::text[])
                    as g (id, lane, job_type, payload, priority, max_retries, timeout_seconds, backoff_base_seconds,
                        backoff_cap_seconds, unique_key, run_at, delay_seconds, queue)),
            k as (
                insert into evalstore.job_unique (queue, unique_key, seq)
                select distinct on (queue, unique_key) queue, unique_key, seq from given where unique_key is not null
                order by queue, unique_key, seq
                on conflict do nothing returning seq),
            j as (
                insert into evalstore.jobs ({columns})
                select id, seq, lane, job_type, payload, priority, max_retries, timeout_seconds, backoff_base_seconds,
                    backoff_cap_seconds, unique_key,
                    coalesce(run_at, statement_timestamp() + make_interval(secs => delay_seconds))
                from given g
                where unique_key is null or exists (select from k where k.seq = g.seq)
                returning seq, lane, priority, timeout_seconds, run_at)
            {place}
            select g.id from given g
            where unique_key is not null and not exists (select from k where k.seq = g.seq)""");

    private static final String OF_OWNER = """
            and j.seq = (select seq from evalstore.job_unique where queue = ? and unique_key = ?)""";

    private static final String OWNERS = """
            /* jobs.unique_owners */ select u.queue, u.unique_key, j.id
            from unnest(?::text[], ?::text[]) as g (queue, unique_key)
            join evalstore.job_unique u on u.queue = g.queue and u.unique_key = g.unique_key
            join evalstore.jobs j on j.seq = u.seq""";

    private static final String KEEPS_FINISHED = """
            /* jobs.keeps_finished */ select coalesce(
                (select keeps_finished from evalstore.job_queues where queue = ?), true) as keeps""";

    private final Jdbc jdbc;

    JobCreation(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    private static String filled(String template) {
        return template.replace("{columns}", COLUMNS)
                .replace("{values}", VALUES)
                .replace("{place}", PLACE)
                .replace("{wide}", JobRows.WIDE)
                .replace("{as_new}", JobRows.AS_NEW);
    }

    /** A job whose unique key is taken is not stored; the job that has the key is returned. */
    Job create(NewJob job) {
        if (job.uniqueKey() != null) {
            return createUnique(job).job();
        }
        UUID id = Uuids.next();
        return UnknownOutcome.insert(
                jdbc,
                Sql.of(CREATE, id, Lanes.of(jdbc, job.route())).and(Sql.args(values(job))),
                JobRows::map,
                JobRows.byId(id),
                () -> keepsFinished(job));
    }

    /** Otherwise a job that is not found may have run, and to store it again would run it again. */
    private boolean keepsFinished(NewJob job) {
        return jdbc.one(Sql.of(KEEPS_FINISHED, job.route().queue()), row -> row.bool("keeps"));
    }

    CreatedJob createUnique(NewJob job) {
        UUID id = Uuids.next();
        Sql create = unique(id, job);
        UnknownOutcome outcome = new UnknownOutcome(jdbc);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                // A job that may be stored is looked for by its own id: it may have ended, and its key be another's by
                // now.
                Optional<Job> created = outcome.mayBeStored() ? find(JobRows.byId(id)) : Optional.empty();
                if (created.isEmpty()) {
                    if (outcome.mayBeStored() && !keepsFinished(job)) {
                        break;
                    }
                    created = jdbc.change(create, JobRows::map);
                }
                if (created.isPresent()) {
                    return new CreatedJob(created.get(), true);
                }
                Optional<Job> owner = find(JobRows.TABLE
                        .selectAll("find_owner")
                        .and(OF_OWNER, job.route().queue(), job.uniqueKey()));
                if (owner.isPresent()) {
                    return new CreatedJob(owner.get(), owner.get().id().equals(id));
                }
            } catch (TransientDatabaseException e) {
                outcome.retryAfter(e);
            } catch (ConstraintViolationException e) {
                // The job was stored after it had been looked for.
                if (!outcome.mayBeStored()) {
                    throw e;
                }
            }
        }
        outcome.throwIfUnknown();
        throw new ConflictException("the job's unique key is taken by a job that this transaction cannot see");
    }

    /** Inside a transaction: empty when its unique key is taken, by any job. */
    Optional<Job> createUnlessTaken(NewJob job) {
        return job.uniqueKey() == null
                ? Optional.of(create(job))
                : jdbc.change(unique(Uuids.next(), job), JobRows::map);
    }

    private Sql unique(UUID id, NewJob job) {
        return Sql.of(CREATE_UNIQUE, job.route().queue(), job.uniqueKey(), id, Lanes.of(jdbc, job.route()))
                .and(Sql.args(values(job)));
    }

    private Optional<Job> find(Sql sql) {
        return jdbc.find(sql, JobRows::map);
    }

    private static List<@Nullable Object> values(NewJob job) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(job.type());
        values.add(job.payload());
        values.add(job.priority());
        values.add(job.attempts().maxRetries());
        values.add((int) job.attempts().timeout().toSeconds());
        values.add(job.attempts().backoff().base());
        values.add(job.attempts().backoff().cap());
        values.add(job.uniqueKey());
        values.add(job.due().at());
        values.add(job.due().delay());
        return values;
    }

    List<UUID> createAll(List<NewJob> jobs) {
        List<NewJob> all = List.copyOf(jobs);
        if (all.isEmpty()) {
            return List.of();
        }
        boolean plain = all.stream().noneMatch(job -> job.uniqueKey() != null || job.isScheduled());
        if (plain && all.size() >= COPY_FROM) {
            List<UUID> ids = newIds(all.size());
            JobCopy.run(jdbc, ids, all, lanes(jdbc, all));
            return ids;
        }
        if (all.size() <= CHUNK && all.stream().noneMatch(job -> job.uniqueKey() != null)) {
            List<UUID> ids = newIds(all.size());
            insert(jdbc, ids, all, lanes(jdbc, all));
            return ids;
        }
        Map<JobRoute, Integer> lanes = lanes(jdbc, all);
        // Two callers that create the same keys, some of them in later statements, may wait for each other.
        TxOptions options = jdbc.inTransaction()
                ? TxOptions.DEFAULT
                : TxOptions.DEFAULT.retry(jdbc.options().retry());
        return jdbc.inTransaction(options, (tx, connection) -> {
            List<UUID> ids = new ArrayList<>(all.size());
            for (int from = 0; from < all.size(); from += CHUNK) {
                ids.addAll(insertUnique(tx, all.subList(from, Math.min(all.size(), from + CHUNK)), lanes));
            }
            return List.copyOf(ids);
        });
    }

    private static List<UUID> newIds(int count) {
        return Stream.generate(Uuids::next).limit(count).toList();
    }

    private static Map<JobRoute, Integer> lanes(Jdbc jdbc, List<NewJob> jobs) {
        Map<JobRoute, Integer> lanes = new HashMap<>();
        jobs.forEach(job -> lanes.computeIfAbsent(job.route(), route -> Lanes.of(jdbc, route)));
        return lanes;
    }

    /** Returns the ids of the jobs that were refused because another unfinished job has their key. */
    private static Set<UUID> insert(Jdbc jdbc, List<UUID> ids, List<NewJob> jobs, Map<JobRoute, Integer> lanes) {
        return new HashSet<>(jdbc.returning(
                Sql.of(
                        CREATE_ALL,
                        SqlArray.uuids(ids),
                        SqlArray.ints(jobs, job -> lanes.get(job.route())),
                        SqlArray.texts(jobs, NewJob::type),
                        SqlArray.jsons(jobs, NewJob::payload),
                        SqlArray.ints(jobs, NewJob::priority),
                        SqlArray.ints(jobs, job -> job.attempts().maxRetries()),
                        SqlArray.ints(
                                jobs, job -> (int) job.attempts().timeout().toSeconds()),
                        SqlArray.reals(
                                jobs,
                                job -> JobRows.seconds(job.attempts().backoff().base())),
                        SqlArray.reals(
                                jobs,
                                job -> JobRows.seconds(job.attempts().backoff().cap())),
                        SqlArray.texts(jobs, NewJob::uniqueKey),
                        SqlArray.instants(jobs, job -> job.due().at()),
                        SqlArray.reals(
                                jobs,
                                job -> job.due().delay() == null
                                        ? null
                                        : JobRows.seconds(job.due().delay())),
                        SqlArray.texts(jobs, job -> job.route().queue())),
                row -> row.uuid("id")));
    }

    private static List<UUID> insertUnique(Jdbc jdbc, List<NewJob> jobs, Map<JobRoute, Integer> lanes) {
        List<UUID> ids = new ArrayList<>(newIds(jobs.size()));
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            open.add(i);
        }
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Set<UUID> refused = insert(
                    jdbc,
                    open.stream().map(ids::get).toList(),
                    open.stream().map(jobs::get).toList(),
                    lanes);
            open.removeIf(i -> !refused.contains(ids.get(i)));
            if (open.isEmpty()) {
                return ids;
            }
            Map<List<String>, UUID> owners = new HashMap<>();
            jdbc.list(
                            Sql.of(
                                    OWNERS,
                                    SqlArray.texts(
                                            open, i -> jobs.get(i).route().queue()),
                                    SqlArray.texts(open, i -> jobs.get(i).uniqueKey())),
                            row -> Map.entry(List.of(row.text("queue"), row.text("unique_key")), row.uuid("id")))
                    .forEach(owner -> owners.put(owner.getKey(), owner.getValue()));
            open.removeIf(i -> {
                NewJob job = jobs.get(i);
                UUID owner = owners.get(List.of(job.route().queue(), String.valueOf(job.uniqueKey())));
                if (owner != null) {
                    ids.set(i, owner);
                }
                return owner != null;
            });
            if (open.isEmpty()) {
                return ids;
            }
        }
        throw new ConflictException("a job's unique key is taken by a job that this transaction cannot see");
    }
}
