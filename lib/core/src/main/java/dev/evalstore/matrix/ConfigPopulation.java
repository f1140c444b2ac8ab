package dev.evalstore.matrix;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes the configs of a specification inside the server. */
final class ConfigPopulation {
    /** Ids of the specification that the catalogue lacks, and machines with too little VRAM. */
    private static final String EXAMINE = """
            /* benchmark_configs.examine */ select 'model_version' as kind, i as id from unnest(array[?::uuid]) i
            where not exists (select from evalstore.model_versions v where v.id = i)
            union all
            select 'hardware_config', i from unnest(?::uuid[]) i
            where not exists (select from evalstore.hardware_configs h where h.id = i)
            union all
            select 'inference_framework', i from unnest(?::uuid[]) i
            where not exists (select from evalstore.inference_frameworks f where f.id = i)
            union all
            select 'too_small', h.id
            from evalstore.hardware_configs h join evalstore.model_versions v on h.total_vram_gb < v.vram_requirement_gb
            where v.id = ? and h.id = any (?::uuid[])""";

    private static final String COUNT_EXISTING = """
            /* benchmark_configs.count_existing */ select count(*) as n from evalstore.benchmark_configs
            where model_version_id = ? and hardware_config_id = any (?::uuid[]) and framework_id = any (?::uuid[])
                and workload_type = any (?::text[]) and batch_size = any (?::int[])
                and sequence_length = any (?::int[])""";

    private static final String CREATED = """
            select 'config.created' as event_type, 'config' as aggregate_type, m.id::text as aggregate_id,
                jsonb_build_object('modelVersionId', m.model_version_id, 'hardwareConfigId', m.hardware_config_id,
                    'frameworkId', m.framework_id, 'workloadType', m.workload_type, 'batchSize', m.batch_size,
                    'sequenceLength', m.sequence_length, 'status', 'PENDING', 'attempt', 0) as payload
            from made m order by m.seq""";

    /**
     * Inserts in one order, so that concurrent calls for the same configs wait for each other and cannot
     * deadlock. The second call finds the rows that the first has committed and leaves them alone.
     */
    private static final Told POPULATE = populate("""
            /* benchmark_configs.populate */
            insert into evalstore.config_lanes (model_version_id) values (?) on conflict do nothing;
            with made as (
                insert into evalstore.benchmark_configs (model_version_id, hardware_config_id, framework_id,
                    workload_type, batch_size, sequence_length, priority_rank, max_attempts)
                select ?, hardware, framework, workload, batch, length,
                    coalesce(?::int,
                        case workload when 'chatbot' then 100 when 'qa' then 200 when 'code' then 300
                            when 'creative' then 400 when 'summarization' then 500 else 600 end
                        + (batch - 1) * 10
                        + case length when 1024 then 0 when 2048 then 20 when 4096 then 40 when 8192 then 60
                            else 80 end),
                    ?
                from unnest(?::uuid[]) hardware cross join unnest(?::uuid[]) framework
                    cross join unnest(?::text[]) workload cross join unnest(?::int[]) batch
                    cross join unnest(?::int[]) length
                order by hardware, framework, workload, batch, length
                on conflict on constraint benchmark_configs_combination_unique do nothing
                returning {made}),
            queued as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select n.lane, m.priority_rank, m.seq, 3600, 0
                from made m cross join (select lane from evalstore.config_lanes where model_version_id = ?) n){tell}
            select count(*) as n from made""");

    private final Jdbc jdbc;

    ConfigPopulation(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    private static Told populate(String text) {
        Told told = Told.of("config", text, EventRows.tellingOfActor("config", CREATED));
        return new Told(
                told.aggregateType(),
                told.quiet().replace("{made}", "seq, priority_rank"),
                told.telling().replace("{made}", "*"));
    }

    PopulateResult populate(MatrixSpec spec) {
        List<UUID> tooSmall = tooSmall(spec);
        List<UUID> hardware = remaining(spec, tooSmall);
        UUID version = spec.modelVersionId();
        Sql sql = Sql.of(POPULATE.text(jdbc), version, version, spec.priorityRank(), spec.maxAttempts())
                .and(axes(spec, hardware))
                .and(Sql.args(List.of(version)))
                .and(Sql.args(POPULATE.actor(jdbc)));
        long inserted = POPULATE.run(jdbc, () -> jdbc.returning(sql, row -> row.bigint("n")))
                .get(0);
        return new PopulateResult(inserted, combinations(spec, hardware) - inserted, tooSmall);
    }

    PopulateResult dryRun(MatrixSpec spec) {
        List<UUID> tooSmall = tooSmall(spec);
        List<UUID> hardware = remaining(spec, tooSmall);
        Sql sql = Sql.of(COUNT_EXISTING, spec.modelVersionId()).and(axes(spec, hardware));
        long existing = jdbc.one(sql, row -> row.bigint("n"));
        return new PopulateResult(combinations(spec, hardware) - existing, existing, tooSmall);
    }

    /** The machines on which the model version does not fit. */
    private List<UUID> tooSmall(MatrixSpec spec) {
        SqlArray hardware = SqlArray.uuids(spec.hardwareConfigIds());
        SqlArray frameworks = SqlArray.uuids(spec.frameworkIds());
        UUID version = spec.modelVersionId();
        List<Finding> findings = jdbc.list(
                Sql.of(EXAMINE, version, hardware, frameworks, version, hardware),
                row -> new Finding(row.enumValue("kind", Kind.class), row.uuid("id")));
        for (Finding finding : findings) {
            if (finding.kind() != Kind.TOO_SMALL) {
                throw new NotFoundException(finding.kind().entity, finding.id());
            }
        }
        return findings.stream().map(Finding::id).toList();
    }

    private static List<UUID> remaining(MatrixSpec spec, List<UUID> tooSmall) {
        List<UUID> hardware = new ArrayList<>(spec.hardwareConfigIds());
        hardware.removeAll(tooSmall);
        if (hardware.isEmpty()) {
            throw new ConflictException("none of the " + tooSmall.size() + " machines has the VRAM that model version "
                    + spec.modelVersionId() + " needs; nothing was populated");
        }
        return hardware;
    }

    private static Sql axes(MatrixSpec spec, List<UUID> hardware) {
        return Sql.args(List.of(
                SqlArray.uuids(hardware),
                SqlArray.uuids(spec.frameworkIds()),
                SqlArray.texts(spec.workloadTypes()),
                SqlArray.ints(spec.batchSizes(), size -> size),
                SqlArray.ints(spec.sequenceLengths(), length -> length)));
    }

    private static long combinations(MatrixSpec spec, List<UUID> hardware) {
        return (long) hardware.size()
                * spec.frameworkIds().size()
                * spec.workloadTypes().size()
                * spec.batchSizes().size()
                * spec.sequenceLengths().size();
    }

    /** An id of the specification that cannot be used. */
    private record Finding(Kind kind, UUID id) {}

    private enum Kind {
        MODEL_VERSION("model version"),
        HARDWARE_CONFIG("hardware config"),
        INFERENCE_FRAMEWORK("inference framework"),
        TOO_SMALL("hardware config");

        private final String entity;

        Kind(String entity) {
            this.entity = entity;
        }
    }
}
