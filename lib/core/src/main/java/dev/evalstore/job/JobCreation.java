package dev.evalstore.job;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
                backoff_cap_seconds, unique_key, run_at, trace_parent, trace_state""";

    private static final String VALUES = """
            ?, ?::jsonb, ?, ?, ?, ?, ?, ?,
                coalesce(?::timestamptz, statement_timestamp() + make_interval(secs => ?::float8)), ?, ?""";

    private static final String ENQUEUED = """
            select 'job.enqueued' as event_type, 'job' as aggregate_type, {id}::text as aggregate_id,
                jsonb_build_object('queue', {queue}, 'type', {type}, 'status', 'PENDING', 'attempt', 0) as payload
            from {rows}""";

    private static final String CREATED = ENQUEUED.replace("{id}", "j.id")
            .replace("{queue}", "n.queue")
            .replace("{type}", "j.job_type")
            .replace("{rows}", "j cross join n");

    private static final String CREATED_MANY = ENQUEUED.replace("{id}", "g.id")
            .replace("{queue}", "g.queue")
            .replace("{type}", "g.job_type")
            .replace("{rows}", "j join given g on g.seq = j.seq order by g.seq");

    private static final Told CREATE = told("""
            /* jobs.create */ with {lane},
            j as (
                insert into evalstore.jobs ({columns})
                select ?::uuid, nextval('evalstore.job_numbers'), n.lane, {values} from n
                returning *)
            {place}{tell}
            select {wide}, {as_new} from j cross join n""", CREATED);

    /** A row without a job where the key is taken, and no row where the lane is another. */
    private static final Told CREATE_UNIQUE = told("""
            /* jobs.create_unique */ with {lane},
            k as (
                insert into evalstore.job_unique (queue, key_hash, seq)
                select n.queue, sha256(convert_to(?, 'UTF8')), nextval('evalstore.job_numbers') from n
                on conflict do nothing returning seq),
            j as (
                insert into evalstore.jobs ({columns})
                select ?::uuid, k.seq, n.lane, {values} from k cross join n
                returning *)
            {place}{tell}
            select {wide}, {as_new} from n left join j on true""", CREATED);

    /** The ids of the jobs whose key is taken; or a null where a lane is another, and nothing was stored. */
    private static final String CREATE_MANY = """
            /* jobs.{verb} */ with {lanes},
            given as materialized (
                select g.*, nextval('evalstore.job_numbers') as seq
                from unnest(?::uuid[], ?::int[], ?::text[], ?::jsonb[], ?::int[], ?::int[], ?::int[], ?::float8[], ?::float8[],
                        ?::text[], ?::timestamptz[], ?::float8[], ?::text[], ?::text[], ?::text[])
                    as g (id, lane, job_type, payload, priority, max_retries, timeout_seconds, backoff_base_seconds,
                        backoff_cap_seconds, unique_key, run_at, delay_seconds, queue, trace_parent, trace_state)
                where (select known from lanes)),
            k as (
                insert into evalstore.job_unique (queue, key_hash, seq)
                select queue, sha256(convert_to(unique_key, 'UTF8')), seq from given where unique_key is not null
                order by queue, unique_key, seq {if_taken} returning seq),
            j as (
                insert into evalstore.jobs ({columns})
                select id, seq, lane, job_type, payload, priority, max_retries, timeout_seconds, backoff_base_seconds,
                    backoff_cap_seconds, unique_key,
                    coalesce(run_at, statement_timestamp() + make_interval(secs => delay_seconds)), trace_parent, trace_state
                from given g
                where unique_key is null or exists (select from k where k.seq = g.seq)
                returning seq, lane, priority, timeout_seconds, run_at)
            {place}{tell}
            select g.id from given g
            where unique_key is not null and not exists (select from k where k.seq = g.seq)
            union all
            select null from lanes where not known""";

    private static final Told CREATE_ALL =
            told(CREATE_MANY.replace("{verb}", "create_all").replace("{if_taken}", ""), CREATED_MANY);

    private static final Told CREATE_ALL_UNIQUE = told(
            CREATE_MANY.replace("{verb}", "create_all_unique").replace("{if_taken}", "on conflict do nothing"),
            CREATED_MANY);

    private static final String OF_OWNER = """
            and j.seq = (select seq from evalstore.job_unique where queue = ? and key_hash = sha256(convert_to(?, 'UTF8')))""";

    private static final String OWNERS = """
            /* jobs.unique_owners */ select g.queue, g.unique_key, j.id
            from unnest(?::text[], ?::text[]) as g (queue, unique_key)
            join evalstore.job_unique u on u.queue = g.queue and u.key_hash = sha256(convert_to(g.unique_key, 'UTF8'))
            join evalstore.jobs j on j.seq = u.seq""";

    /** As events name the aggregate. */
    private static final String JOB = "job";

    /** The constraint that a taken key violates. */
    private static final String UNIQUE = "job_unique_pkey";

    private static final String KEEPS_FINISHED = """
            /* jobs.keeps_finished */ select coalesce(
                (select keeps_finished from evalstore.job_queues where queue = ?), true) as keeps""";

    private final Jdbc jdbc;

    JobCreation(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    private static Told told(String template, String happened) {
        return Told.of(JOB, filled(template), EventRows.tellingOfActor("j", happened));
    }

    private static String filled(String template) {
        return template.replace("{lane}", Lanes.CHECKED)
                .replace("{lanes}", Lanes.ALL_CHECKED)
                .replace("{columns}", COLUMNS)
                .replace("{values}", VALUES)
                .replace("{place}", PLACE)
                .replace("{wide}", JobRows.WIDE)
                .replace("{as_new}", JobRows.AS_NEW);
    }

    Job create(NewJob job) {
        return Told.run(jdbc, JOB, () -> createOne(job));
    }

    private Job createOne(NewJob job) {
        if (job.uniqueKey() != null) {
            CreatedJob created = createOneUnique(job);
            if (!created.isNew()) {
                throw new UniqueKeyTakenException(created.job().id());
            }
            return created.job();
        }
        UUID id = Uuids.next();
        return Lanes.using(jdbc, List.of(job.route()), lanes -> {
            Sql create = sql(CREATE, job, lanes, id);
            return UnknownOutcome.insert(
                    jdbc,
                    () -> jdbc.change(create, JobRows::map).orElseThrow(Lanes::changed),
                    JobRows::map,
                    JobRows.byId(id),
                    () -> keepsFinished(job));
        });
    }

    /** Otherwise a job that is not found may have run, and to store it again would run it again. */
    private boolean keepsFinished(NewJob job) {
        return jdbc.one(Sql.of(KEEPS_FINISHED, job.route().queue()), row -> row.bool("keeps"));
    }

    CreatedJob createUnique(NewJob job) {
        return Told.run(jdbc, JOB, () -> createOneUnique(job));
    }

    private CreatedJob createOneUnique(NewJob job) {
        return Lanes.using(jdbc, List.of(job.route()), lanes -> createUnique(job, lanes));
    }

    private CreatedJob createUnique(NewJob job, Map<JobRoute, Integer> lanes) {
        UUID id = Uuids.next();
        Sql create = unique(id, job, lanes);
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
                    created = unlessTaken(create);
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
                : Told.run(
                        jdbc,
                        JOB,
                        () -> Lanes.using(
                                jdbc, List.of(job.route()), lanes -> unlessTaken(unique(Uuids.next(), job, lanes))));
    }

    private Sql unique(UUID id, NewJob job, Map<JobRoute, Integer> lanes) {
        return sql(CREATE_UNIQUE, job, lanes, job.uniqueKey(), id);
    }

    /** The statement with the arguments of the lane, these, and those of the job. */
    private Sql sql(Told text, NewJob job, Map<JobRoute, Integer> lanes, @Nullable Object... more) {
        List<@Nullable Object> all = new ArrayList<>(Lanes.args(job.route(), lanes));
        all.addAll(Arrays.asList(more));
        all.addAll(values(job));
        all.addAll(text.actor(jdbc));
        return new Sql(text.text(jdbc), Collections.unmodifiableList(all));
    }

    private Optional<Job> unlessTaken(Sql create) {
        return jdbc.change(
                        create,
                        row -> row.uuidOrNull("id") == null ? Optional.<Job>empty() : Optional.of(JobRows.map(row)))
                .orElseThrow(Lanes::changed);
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
        values.add(JobCopy.parent(job));
        values.add(JobCopy.state(job));
        return values;
    }

    List<UUID> createAll(List<NewJob> jobs) {
        List<NewJob> all = List.copyOf(jobs);
        List<UUID> ids = newIds(all.size());
        if (all.isEmpty()) {
            return ids;
        }
        return Told.run(jdbc, JOB, () -> Lanes.using(jdbc, routes(all), lanes -> createAll(all, ids, lanes)));
    }

    private List<UUID> createAll(List<NewJob> all, List<UUID> ids, Map<JobRoute, Integer> lanes) {
        // A copy returns no rows to tell of.
        boolean plain =
                !Told.isAsked(jdbc, JOB) && all.stream().noneMatch(job -> job.uniqueKey() != null || job.isScheduled());
        try {
            if (plain && all.size() >= COPY_FROM) {
                JobCopy.run(jdbc, ids, all, lanes);
            } else if (all.size() <= CHUNK) {
                insert(jdbc, CREATE_ALL, ids, all, lanes);
            } else {
                inChunks(all, (tx, from, to) -> {
                    insert(tx, CREATE_ALL, ids.subList(from, to), all.subList(from, to), lanes);
                    return ids.subList(from, to);
                });
            }
        } catch (ConstraintViolationException e) {
            throw UNIQUE.equals(e.constraint()) ? new UniqueKeyTakenException(null) : e;
        }
        return ids;
    }

    List<CreatedJobId> createAllUnique(List<NewJob> jobs) {
        List<NewJob> all = List.copyOf(jobs);
        if (all.stream().noneMatch(job -> job.uniqueKey() != null)) {
            return createAll(all).stream().map(id -> new CreatedJobId(id, true)).toList();
        }
        return Told.run(
                jdbc,
                JOB,
                () -> Lanes.using(
                        jdbc,
                        routes(all),
                        lanes -> inChunks(all, (tx, from, to) -> insertUnique(tx, all.subList(from, to), lanes))));
    }

    /** Creates a part of many jobs. */
    @FunctionalInterface
    private interface Chunk<T> {
        List<T> create(Jdbc tx, int from, int to);
    }

    private <T> List<T> inChunks(List<NewJob> all, Chunk<T> chunk) {
        // Two callers that create the same keys, some of them in later statements, may wait for each other.
        TxOptions options = jdbc.inTransaction()
                ? TxOptions.DEFAULT
                : TxOptions.DEFAULT.retry(jdbc.options().retry());
        return jdbc.inOwnTransaction(options, (tx, connection) -> {
            List<T> created = new ArrayList<>(all.size());
            for (int from = 0; from < all.size(); from += CHUNK) {
                created.addAll(chunk.create(tx, from, Math.min(all.size(), from + CHUNK)));
            }
            return List.copyOf(created);
        });
    }

    private static List<UUID> newIds(int count) {
        return Stream.generate(Uuids::next).limit(count).toList();
    }

    private static List<JobRoute> routes(List<NewJob> jobs) {
        return jobs.stream().map(NewJob::route).distinct().toList();
    }

    /** Returns the ids of the jobs that were refused because another unfinished job has their key. */
    private static Set<UUID> insert(
            Jdbc jdbc, Told text, List<UUID> ids, List<NewJob> jobs, Map<JobRoute, Integer> lanes) {
        return new HashSet<>(jdbc.returning(
                Sql.of(text.text(jdbc))
                        .and(Sql.args(Lanes.allArgs(lanes)))
                        .and(
                                "",
                                SqlArray.uuids(ids),
                                SqlArray.ints(jobs, job -> lanes.get(job.route())),
                                SqlArray.texts(jobs, NewJob::type),
                                SqlArray.jsons(jobs, NewJob::payload),
                                SqlArray.ints(jobs, NewJob::priority),
                                SqlArray.ints(jobs, job -> job.attempts().maxRetries()),
                                SqlArray.ints(jobs, job ->
                                        (int) job.attempts().timeout().toSeconds()),
                                SqlArray.reals(
                                        jobs,
                                        job -> JobRows.seconds(
                                                job.attempts().backoff().base())),
                                SqlArray.reals(
                                        jobs,
                                        job -> JobRows.seconds(
                                                job.attempts().backoff().cap())),
                                SqlArray.texts(jobs, NewJob::uniqueKey),
                                SqlArray.instants(jobs, job -> job.due().at()),
                                SqlArray.reals(
                                        jobs,
                                        job -> job.due().delay() == null
                                                ? null
                                                : JobRows.seconds(job.due().delay())),
                                SqlArray.texts(jobs, job -> job.route().queue()),
                                SqlArray.texts(jobs, JobCopy::parent),
                                SqlArray.texts(jobs, JobCopy::state))
                        .and(Sql.args(text.actor(jdbc))),
                row -> {
                    UUID taken = row.uuidOrNull("id");
                    if (taken == null) {
                        throw Lanes.changed();
                    }
                    return taken;
                }));
    }

    private static List<CreatedJobId> insertUnique(Jdbc jdbc, List<NewJob> jobs, Map<JobRoute, Integer> lanes) {
        List<UUID> own = newIds(jobs.size());
        List<CreatedJobId> created = new ArrayList<>(
                own.stream().map(id -> new CreatedJobId(id, true)).toList());
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            open.add(i);
        }
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Set<UUID> refused = insert(
                    jdbc,
                    CREATE_ALL_UNIQUE,
                    open.stream().map(own::get).toList(),
                    open.stream().map(jobs::get).toList(),
                    lanes);
            open.removeIf(i -> !refused.contains(own.get(i)));
            if (open.isEmpty()) {
                return created;
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
                    created.set(i, new CreatedJobId(owner, false));
                }
                return owner != null;
            });
            if (open.isEmpty()) {
                return created;
            }
        }
        throw new ConflictException("a job's unique key is taken by a job that this transaction cannot see");
    }
}
