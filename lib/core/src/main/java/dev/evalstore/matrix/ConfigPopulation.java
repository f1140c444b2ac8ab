package dev.evalstore.matrix;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes configurations inside the server. */
final class ConfigPopulation {
    /** What of the specification the catalogue does not have, and which machines are too small. */
    private static final String EXAMINE = """
            /* configs.examine */ select 'model version' as what, i as id from unnest(array[?::uuid]) i
            where not exists (select from evalstore.model_versions v where v.id = i)
            union all
            select 'hardware config', i from unnest(?::uuid[]) i
            where not exists (select from evalstore.hardware_configs h where h.id = i)
            union all
            select 'inference framework', i from unnest(?::uuid[]) i
            where not exists (select from evalstore.inference_frameworks f where f.id = i)
            union all
            select 'too small', h.id
            from evalstore.hardware_configs h join evalstore.model_versions v on h.total_vram_gb < v.vram_requirement_gb
            where v.id = ? and h.id = any (?::uuid[])""";

    private static final String COUNT = """
            /* configs.count_existing */ select count(*) as n from evalstore.benchmark_configs
            where model_version_id = ? and hardware_config_id = any (?::uuid[]) and framework_id = any (?::uuid[])
                and workload_type = any (?::text[]) and batch_size = any (?::int[]) and sequence_length = any (?::int[])""";

    /**
     * All in one order, so that two who populate the same at once wait for each other and never in a circle; the second finds what
     * the first has committed and leaves it alone.
     */
    private static final String POPULATE = """
            /* configs.populate */ insert into evalstore.config_lanes (model_version_id) values (?) on conflict do nothing;
            with made as (
                insert into evalstore.benchmark_configs (model_version_id, hardware_config_id, framework_id, workload_type,
                    batch_size, sequence_length, priority_rank, max_attempts)
                select ?, h, f, w, b, s, coalesce(?::int, case w when 'chatbot' then 100 when 'qa' then 200 when 'code' then 300
                        when 'creative' then 400 when 'summarization' then 500 else 600 end + (b - 1) * 10
                    + case s when 1024 then 0 when 2048 then 20 when 4096 then 40 when 8192 then 60 else 80 end), ?
                from unnest(?::uuid[]) h cross join unnest(?::uuid[]) f cross join unnest(?::text[]) w
                    cross join unnest(?::int[]) b cross join unnest(?::int[]) s
                order by h, f, w, b, s
                on conflict on constraint benchmark_configs_combination_unique do nothing
                returning seq, priority_rank),
            queued as (
                insert into evalstore.config_ready (lane, rank, seq, timeout_seconds, attempt)
                select n.lane, m.priority_rank, m.seq, 3600, 0
                from made m cross join (select lane from evalstore.config_lanes where model_version_id = ?) n)
            select count(*) as n from made""";

    private final Jdbc jdbc;

    ConfigPopulation(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    PopulateResult populate(MatrixSpec spec) {
        Axes axes = examine(spec);
        long inserted = jdbc.returning(
                        Sql.of(
                                POPULATE,
                                spec.modelVersionId(),
                                spec.modelVersionId(),
                                spec.priorityRank(),
                                spec.maxAttempts(),
                                axes.hardware(),
                                axes.frameworks(),
                                axes.workloads(),
                                axes.batches(),
                                axes.lengths(),
                                spec.modelVersionId()),
                        row -> row.bigint("n"))
                .get(0);
        return new PopulateResult(inserted, axes.combinations() - inserted, axes.tooSmall());
    }

    PopulateResult dryRun(MatrixSpec spec) {
        Axes axes = examine(spec);
        long existing = jdbc.one(
                Sql.of(
                        COUNT,
                        spec.modelVersionId(),
                        axes.hardware(),
                        axes.frameworks(),
                        axes.workloads(),
                        axes.batches(),
                        axes.lengths()),
                row -> row.bigint("n"));
        return new PopulateResult(axes.combinations() - existing, existing, axes.tooSmall());
    }

    /** What is left of the specification. */
    private record Axes(
            SqlArray hardware,
            SqlArray frameworks,
            SqlArray workloads,
            SqlArray batches,
            SqlArray lengths,
            long combinations,
            List<UUID> tooSmall) {}

    private Axes examine(MatrixSpec spec) {
        List<UUID> tooSmall = new ArrayList<>();
        SqlArray given = SqlArray.uuids(spec.hardwareConfigIds());
        SqlArray frameworks = SqlArray.uuids(spec.frameworkIds());
        jdbc.list(
                        Sql.of(EXAMINE, spec.modelVersionId(), given, frameworks, spec.modelVersionId(), given),
                        row -> new NotFoundException(row.text("what"), row.uuid("id")))
                .forEach(found -> {
                    if (!found.entity().equals("too small")) {
                        throw found;
                    }
                    tooSmall.add(UUID.fromString(found.id()));
                });
        List<UUID> fitting = new ArrayList<>(spec.hardwareConfigIds());
        fitting.removeAll(tooSmall);
        if (fitting.isEmpty()) {
            throw new ConflictException("none of the " + tooSmall.size() + " machines has the VRAM that model version "
                    + spec.modelVersionId() + " needs; nothing was populated");
        }
        return new Axes(
                SqlArray.uuids(fitting),
                frameworks,
                SqlArray.texts(spec.workloadTypes()),
                SqlArray.ints(spec.batchSizes(), size -> size),
                SqlArray.ints(spec.sequenceLengths(), length -> length),
                (long) fitting.size()
                        * spec.frameworkIds().size()
                        * spec.workloadTypes().size()
                        * spec.batchSizes().size()
                        * spec.sequenceLengths().size(),
                tooSmall);
    }
}
