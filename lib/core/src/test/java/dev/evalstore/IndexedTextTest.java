package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.EventSubscriptionRepository;
import dev.evalstore.event.NewDomainEvent;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.event.PulledEvents;
import dev.evalstore.job.CreatedJobId;
import dev.evalstore.job.Job;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.JobRoute;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.QueueKeeps;
import dev.evalstore.job.Schedule;
import dev.evalstore.matrix.Combination;
import dev.evalstore.matrix.Criterion;
import dev.evalstore.matrix.MatrixSpec;
import dev.evalstore.matrix.NewBenchmarkResult;
import dev.evalstore.state.MemoryStateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An entry of an index has at most 2,704 bytes. Text that an index holds is refused by name where it is longer than documented,
 * and the longest that is documented is stored, also beside others in one index, and where it cannot be compressed.
 */
class IndexedTextTest {
    private static final int MAX_BYTES = 800;
    private static final AtomicInteger NEXT = new AtomicInteger(100);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();

    /** A column in an index, the field that it is of, and how a text gets there. */
    record Place(String column, String field, Consumer<String> store) {
        @Override
        public String toString() {
            return column + " by " + field;
        }
    }

    /** Everything that stores text in a column that an index holds. */
    static List<Place> places() {
        Database db = database.db();
        return List.of(
                new Place("domain_events.aggregate_type", "aggregateType", x -> append(x, longest(4))),
                new Place("domain_events.aggregate_id", "aggregateId", x -> append(longest(5), x)),
                new Place("event_parked.aggregate_type", "aggregateType", x -> parked(x, longest(4))),
                new Place("event_parked.aggregate_id", "aggregateId", x -> parked(longest(5), x)),
                new Place(
                        "benchmarks.provider", "provider", x -> db.benchmarks().create(run(x, "m", "d"))),
                new Place("benchmarks.model", "model", x -> db.benchmarks().create(run("p", x, "d"))),
                new Place("benchmarks.dataset", "dataset", x -> db.benchmarks().create(run("p", "m", x))),
                new Place(
                        "evaluations.provider",
                        "provider",
                        x -> db.evaluations().create(answer(x, longest(1)))),
                new Place(
                        "evaluations.model", "model", x -> db.evaluations().createAll(List.of(answer(longest(2), x)))),
                new Place(
                        "state_namespaces.name",
                        "namespace",
                        x -> db.state(x, StateOptions.PLAIN).put(new byte[1], new byte[1])),
                new Place(
                        "state_namespaces.name",
                        "namespace",
                        x -> new MemoryStateBackend(x, StateOptions.PLAIN, Clock.systemUTC())
                                .put(new byte[1], new byte[1])),
                new Place("state_locks.resource", "resource", x -> db.locks().tryAcquire(x, "h", Duration.ofHours(1))),
                new Place("models.name", "name", x -> db.catalog().models().create(model(x))),
                new Place("models.name", "name", x -> update(UpdateModel.NOTHING.name(x))),
                new Place(
                        "models.architecture",
                        "architecture",
                        x -> db.catalog().models().create(model(longest(3)).architecture(x))),
                new Place(
                        "models.architecture",
                        "architecture",
                        x -> update(UpdateModel.NOTHING.architecture(Patch.set(x)))),
                new Place(
                        "models.tags",
                        "tags",
                        x -> db.catalog()
                                .models()
                                .create(model(UUID.randomUUID().toString()).tags(x, "a"))),
                new Place("models.tags", "tags", x -> update(UpdateModel.NOTHING.tags(List.of("a", x)))),
                new Place(
                        "model_versions.version_label",
                        "versionLabel",
                        x -> db.catalog().modelVersions().create(version().versionLabel(x))),
                new Place(
                        "hardware_configs.cloud_provider",
                        "cloudProvider",
                        x -> db.catalog().hardware().create(machine(x))),
                new Place(
                        "inference_frameworks.name",
                        "name",
                        x -> db.catalog().frameworks().create(NewInferenceFramework.of(x, longest(4)))),
                new Place(
                        "inference_frameworks.version",
                        "version",
                        x -> db.catalog().frameworks().create(NewInferenceFramework.of(longest(5), x))),
                new Place(
                        "use_cases.category",
                        "category",
                        x -> db.catalog().useCases().create(NewUseCase.of(x).subcategory(longest(6)))),
                new Place(
                        "use_cases.subcategory",
                        "subcategory",
                        x -> db.catalog()
                                .useCases()
                                .create(NewUseCase.of(longest(7)).subcategory(x))),
                new Place(
                        "benchmark_configs.workload_type",
                        "workloadTypes",
                        x -> db.matrix().configs().populate(spec(x))),
                new Place("benchmark_results.workload_type", "workloadType", IndexedTextTest::measure),
                new Place("model_rankings.use_case_category", "category", IndexedTextTest::rank),
                new Place(
                        "audit_log.entity_type",
                        "entityType",
                        x -> db.audit().record(NewAuditEntry.of("a", x, longest(8)))),
                new Place(
                        "audit_log.entity_id",
                        "entityId",
                        x -> db.audit().recordAll(List.of(NewAuditEntry.of("a", longest(9), x)))),
                new Place(
                        "monitoring_events.event_type",
                        "eventType",
                        x -> db.monitoring().append(NewMonitoringEvent.of(x, "s"))),
                new Place("workers.worker_id", "workerId", x -> db.workers().register(NewWorker.of(x))),
                new Place("job_lanes.queue", "queue", x -> db.jobs().create(route(x, tags(), longest(10)))),
                new Place(
                        "job_lanes.required_tags",
                        "requiredTags",
                        x -> db.jobs().create(route(longest(11), List.of(x), longest(12)))),
                new Place(
                        "job_lanes.fair_key",
                        "fairKey",
                        x -> db.jobs().createAll(List.of(route(longest(13), tags(), x)))),
                new Place("job_limits.name", "name", x -> db.jobs().limits().set(JobLimit.queue(x))),
                new Place("job_limits.name", "name", x -> db.jobs().limits().pause(JobLimit.Scope.FAIR_KEY, x)),
                new Place("job_queues.queue", "queue", x -> db.jobs().limits().keep(x, QueueKeeps.NOTHING)),
                new Place(
                        "job_unique.queue",
                        "queue",
                        x -> db.jobs().create(job().queue(x).uniqueKey(longest(14)))),
                new Place(
                        "job_schedules.name",
                        "name",
                        x -> db.jobs().schedules().set(Schedule.every(x, Duration.ofHours(1), job()))));
    }

    private static NewBenchmark run(String provider, String model, String dataset) {
        return NewBenchmark.of("n", provider, model, dataset, 1);
    }

    private static NewEvaluation answer(String provider, String model) {
        return NewEvaluation.of(provider, model, "i", "o");
    }

    private static NewModel model(String name) {
        return NewModel.of(name, ModelKind.OPEN);
    }

    private static void update(UpdateModel change) {
        UUID id = database.db()
                .catalog()
                .models()
                .create(model(UUID.randomUUID().toString()))
                .id();
        database.db().catalog().models().update(id, change);
    }

    private static void append(String aggregateType, String aggregateId) {
        database.db().events().append(NewDomainEvent.of("t", aggregateType, aggregateId));
    }

    /** An event that is set aside. */
    private static void parked(String aggregateType, String aggregateId) {
        EventSubscriptionRepository subscriptions = database.db().events().subscriptions();
        String name = "s-" + UUID.randomUUID();
        NewEventSubscription all = NewEventSubscription.of(name, EventDelivery.PULL);
        NewDomainEvent event = NewDomainEvent.of("t", aggregateType, aggregateId);
        subscriptions.subscribe(all.aggregateTypes(aggregateType).maxFailures(1));
        database.db().events().append(event);
        PulledEvents pulled = database.db().events().next(name, 1).orElseThrow();
        database.db().events().fail(pulled.lease(), pulled.events().get(0), "on purpose", Duration.ZERO);
    }

    private static NewModelVersion version() {
        UUID model = database.db()
                .catalog()
                .models()
                .create(model(UUID.randomUUID().toString()))
                .id();
        return NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS);
    }

    private static NewHardwareConfig machine(String provider) {
        return NewHardwareConfig.of(provider, "g", 1, BigDecimal.TEN, BigDecimal.ONE);
    }

    private static UUID machineId() {
        return database.db().catalog().hardware().create(machine("c")).id();
    }

    private static void measure(String workload) {
        UUID version = database.db().catalog().modelVersions().create(version()).id();
        database.db()
                .matrix()
                .results()
                .record(
                        new Combination(version, machineId(), framework(), workload, 1, 1),
                        NewBenchmarkResult.of(null, null, 1.0, null).accuracyScore(1));
    }

    /** What is too long for a category is too long for a result of it. */
    private static void rank(String category) {
        if (category.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
            measure(category);
        }
        database.db()
                .matrix()
                .rankings()
                .rankPareto(category, Set.of(Criterion.ACCURACY), LocalDate.of(2020, 1, 1), Duration.ofDays(1));
    }

    private static UUID framework() {
        return database.db()
                .catalog()
                .frameworks()
                .create(NewInferenceFramework.of("f" + UUID.randomUUID(), "1"))
                .id();
    }

    private static MatrixSpec spec(String workload) {
        return MatrixSpec.of(
                database.db().catalog().modelVersions().create(version()).id(),
                List.of(machineId()),
                List.of(framework()),
                List.of(workload),
                List.of(1),
                List.of(1));
    }

    private static NewJob job() {
        return NewJob.of("t", Json.EMPTY);
    }

    private static NewJob route(String queue, List<String> tags, String fairKey) {
        return job().route(new JobRoute(queue, tags, fairKey));
    }

    /** As many tags as there may be, and as long as they may be together. */
    private static List<String> tags() {
        return IntStream.range(0, 32)
                .mapToObj(i -> i + random(i, 24 - (i < 10 ? 0 : 1)))
                .toList();
    }

    /** The longest text there may be, of letters of three bytes that do not compress; another one for each number. */
    private static String longest(long seed) {
        StringBuilder letters = new StringBuilder("ab");
        new Random(seed).ints((MAX_BYTES - 2) / 3, 0x4E00, 0x9FA5).forEach(letters::appendCodePoint);
        return letters.toString();
    }

    private static String random(long seed, int length) {
        StringBuilder letters = new StringBuilder();
        new Random(seed).ints(length, 'a', 'z' + 1).forEach(letters::appendCodePoint);
        return letters.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("places")
    void longer_than_an_index_can_hold_is_refused_by_name_and_the_longest_is_stored(Place place) {
        for (String tooLong : List.of(random(1, 9_000), longest(15) + "x", "🦖".repeat(201))) {
            assertThatThrownBy(() -> place.store().accept(tooLong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(place.field() + " ")
                    .hasMessageContaining("800 bytes");
        }
        String longest = longest(NEXT.incrementAndGet());
        assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(MAX_BYTES);
        place.store().accept(longest);
    }

    @Test
    void every_text_in_an_index_is_one_of_them_or_from_a_short_list() {
        List<String> indexed = database.query("""
                select distinct format('%s.%s', c.relname, a.attname)
                from pg_index i
                join pg_class c on c.oid = i.indrelid
                join pg_class x on x.oid = i.indexrelid
                join pg_am m on m.oid = x.relam and m.amname in ('btree', 'gin')
                join pg_depend d on d.objid = i.indexrelid and d.refobjid = c.oid and d.refobjsubid > 0
                join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
                where c.relnamespace = 'evalstore'::regnamespace and not c.relispartition
                    and c.relname <> 'evalstore_schema_history' and a.atttypid in ('text'::regtype, 'text[]'::regtype)
                    and not exists (
                        select from pg_constraint v where v.conrelid = c.oid and v.contype = 'c'
                            and pg_get_constraintdef(v.oid) ~ ('\\m' || a.attname || ' = ANY \\(ARRAY'))
                union
                select distinct format('%s.%s', t.relname, a.attname)
                from pg_constraint k
                join pg_class t on t.oid = k.conrelid
                join pg_attribute a on a.attrelid = t.oid and a.attnum = any (k.conkey)
                where k.contype in ('p', 'u') and t.relnamespace = 'evalstore'::regnamespace and not t.relispartition
                    and t.relname <> 'evalstore_schema_history' and a.atttypid in ('text'::regtype, 'text[]'::regtype)
                    and not exists (
                        select from pg_constraint v where v.conrelid = t.oid and v.contype = 'c'
                            and pg_get_constraintdef(v.oid) ~ ('\\m' || a.attname || ' = ANY \\(ARRAY'))""");

        Map<String, String> otherwise = Map.ofEntries(
                Map.entry("users.email", "at most 320 characters"),
                Map.entry("model_statistics.metric_kind", "at most 100 characters"),
                Map.entry("model_statistics.metric_unit", "at most 100 characters"),
                Map.entry("submissions.execution_id", "at most 200 characters"),
                Map.entry("submissions.subject_name", "made of a name of at most 200 characters"),
                Map.entry("submissions.subject_provider", "made of a name of at most 200 characters"),
                Map.entry("submission_metrics.name", "at most 200 characters"),
                Map.entry("submission_metadata.key", "at most 200 characters"),
                Map.entry("datasets.name", "at most 200 characters"),
                Map.entry("datasets.version_label", "at most 100 characters"),
                Map.entry("datasets.domain", "at most 200 characters"),
                Map.entry("datasets.checksum", "64 digits"),
                Map.entry("comparisons.name", "at most 200 characters"),
                Map.entry("comparisons.input_hash", "64 digits"),
                Map.entry("projects.name", "at most 200 characters"),
                Map.entry("experiments.name", "at most 200 characters"),
                Map.entry("param_names.name", "at most 250 characters"),
                Map.entry("metric_names.name", "at most 250 characters"),
                Map.entry("experiment_params.text_value", "by its first 200 characters"),
                Map.entry("users.username", "at most 64 characters"),
                Map.entry("user_tokens.email", "at most 320 characters"),
                Map.entry("organizations.slug", "at most 100 characters"),
                Map.entry("event_subscriptions.name", "at most 100 characters"),
                Map.entry("api_keys.key_id", "made by the library"),
                Map.entry("unit_changes.unit", "at most 1,000 bytes"),
                Map.entry("benchmark_results.workload_type", "of a combination"),
                Map.entry("definition_versions.semver_prerelease", "at most 255 characters"),
                Map.entry("definition_versions.precedence", "made of the above"),
                Map.entry("definition_subcategories.name", "at most 200 characters"),
                Map.entry("benchmark_definitions.slug", "at most 100 characters"),
                Map.entry("verifier_keys.key_id", "at most 200 characters"),
                Map.entry("verifier_keys.public_key", "60 characters"),
                Map.entry("test_cases.case_key", "at most 200 characters"),
                Map.entry("evaluations.item_key", "at most 200 characters"),
                Map.entry("test_cases.tags", "at most 20 of 100 characters each"),
                Map.entry("benchmark_definitions.tags", "at most 20 of 100 characters each"));
        assertThat(indexed)
                .isNotEmpty()
                .allMatch(column -> otherwise.containsKey(column)
                        || places().stream().anyMatch(place -> place.column().equals(column)));
    }

    /** No index holds it; but who claims a job reads it with every statement and log line. */
    @Test
    void a_jobs_type_has_the_bound_of_a_name() {
        for (String tooLong : List.of(random(1, 2_000_000), longest(15) + "x", "🦖".repeat(201))) {
            assertThatThrownBy(() -> NewJob.of(tooLong, Json.EMPTY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("type ")
                    .hasMessageContaining("800 bytes");
            assertThatThrownBy(() -> JobRunner.on(db).handle(tooLong, Json.class, context -> null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("type ");
        }
        Job job = db.jobs().create(NewJob.of(longest(22), Json.EMPTY));
        assertThat(db.jobs().get(job.id()).jobType()).isEqualTo(longest(22));
    }

    @Test
    void many_tags_are_refused_by_name() {
        List<String> many = IntStream.range(0, 33).mapToObj(Integer::toString).toList();

        assertThatThrownBy(() -> new JobRoute("q", many, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("requiredTags ");
        assertThatThrownBy(() -> new JobRoute("q", List.of(random(1, 700), random(2, 101)), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("requiredTags ");
        db.jobs().create(route(longest(17), tags(), longest(18)));
    }

    /** A prompt may be the key: it is kept as it is, and compared by its hash. */
    @Test
    void a_unique_key_may_be_as_long_as_a_prompt() {
        String prompt = random(19, 500_000) + "🦖";
        NewJob asked = job().queue("prompts").uniqueKey(prompt);

        Job job = db.jobs().createUnique(asked).job();

        assertThat(job.uniqueKey()).isEqualTo(prompt);
        assertThat(db.jobs().get(job.id()).uniqueKey()).isEqualTo(prompt);
        assertThat(db.jobs().createUnique(asked).isNew()).isFalse();
        assertThat(db.jobs().createAllUnique(List.of(asked, asked.uniqueKey(prompt + " "), asked)))
                .extracting(CreatedJobId::id)
                .satisfiesExactly(
                        id -> assertThat(id).isEqualTo(job.id()),
                        id -> assertThat(id).isNotEqualTo(job.id()),
                        id -> assertThat(id).isEqualTo(job.id()));
        db.jobs().cancel(job.id());
        assertThat(db.jobs().createUnique(asked).isNew()).isTrue();
        assertThatThrownBy(() -> job().uniqueKey(random(20, 1_000_001)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("uniqueKey ");
    }

    /** A key is not the job that has it, whatever it looks like. */
    @Test
    void keys_that_look_like_hashes_are_keys_like_others() throws Exception {
        String key = random(21, 2_000);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        List<String> keys = List.of(
                key, HexFormat.of().formatHex(hash), "\\x" + HexFormat.of().formatHex(hash));

        List<UUID> ids = db.jobs()
                .createAll(keys.stream()
                        .map(k -> job().queue("hashes").uniqueKey(k))
                        .toList());

        assertThat(ids).doesNotHaveDuplicates();
        for (int i = 0; i < keys.size(); i++) {
            assertThat(db.jobs()
                            .createUnique(job().queue("hashes").uniqueKey(keys.get(i)))
                            .job()
                            .id())
                    .isEqualTo(ids.get(i));
        }
    }
}
