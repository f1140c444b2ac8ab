package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.NotFoundException;
import dev.evalstore.OperationStats;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentLogTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ExperimentRepository experiments = db.tracking().experiments();
    private final UUID id = create();

    private UUID create() {
        return experiments
                .create(NewExperiment.of("logged", ExperimentKind.EVALUATION))
                .id();
    }

    private List<MetricPoint> history(UUID experiment, String name) {
        List<MetricPoint> points = new ArrayList<>();
        experiments.history(experiment, name, StepRange.ALL, points::add);
        return points;
    }

    /** Everything that hangs on an experiment, and the row with the time of its last change. */
    private String stored(UUID experiment) {
        return database.value("""
                select coalesce((select string_agg(p::text, ';' order by p) from evalstore.metric_points p
                        where p.experiment = e.number), '') || '|'
                    || coalesce((select string_agg(m::text, ';' order by m) from evalstore.experiment_metrics m
                        where m.experiment = e.number), '') || '|'
                    || coalesce((select string_agg(p::text, ';' order by p) from evalstore.experiment_params p
                        where p.experiment = e.number), '') || '|' || e::text
                from evalstore.experiments e where id = '%s'""".formatted(experiment));
    }

    private static LogBatch everything() {
        LogBatch batch = LogBatch.of().overwrite();
        for (int i = 0; i < 40; i++) {
            batch = batch.metric("metric/" + i, i * 0.5, i, NOON);
        }
        for (int i = 0; i < 20; i++) {
            batch = batch.param("param." + i, i);
        }
        for (int i = 0; i < 10; i++) {
            batch = batch.tag("tag " + i, "value");
        }
        return batch;
    }

    @Test
    void a_batch_is_stored_whole_in_one_statement() {
        experiments.log(create(), everything());
        long before = calls();
        experiments.log(id, everything());
        assertThat(calls()).isEqualTo(before + 1);

        Experiment stored = experiments.get(id);
        assertThat(stored.params()).hasSize(20).containsEntry("param.7", ParamValue.of(7));
        assertThat(stored.tags()).hasSize(10).containsEntry("tag 7", "value");
        Map<String, MetricSummary> metrics = experiments.metrics(id);
        assertThat(metrics).hasSize(40).containsEntry("metric/7", new MetricSummary(3.5, 7, NOON, 3.5, 3.5, 1));
        assertThat(history(id, "metric/7")).containsExactly(new MetricPoint(7, NOON, 3.5));
    }

    /** Where a second request would be lost, none is; and what all tables got, they got from one transaction. */
    @Test
    void a_batch_is_one_round_trip_and_one_commit() {
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).poolSize(1).build())) {
            ExperimentRepository logging = far.tracking().experiments();
            // Names are made, and the driver sees that it may send both statements together.
            logging.log(create(), everything());
            // A pool that was idle for half a second asks the connection first whether it is alive.
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                UUID other = create();
                logging.log(other, LogBatch.of().tag("before", "value"));
                proxy.loseAt(2, TcpProxy.Way.TO_SERVER, false);
                logging.log(other, everything());
                boolean isOneRequest = !proxy.hasLost();
                proxy.loseNothing();
                assertThat(transactions(other)).isEqualTo(1);
                return isOneRequest;
            });
        }
    }

    /** How many transactions wrote what is there of an experiment. */
    private static int transactions(UUID experiment) {
        return Integer.parseInt(database.value("""
                with e as (select number, xmin::text as writer from evalstore.experiments where id = '%s')
                select count(*) from (
                    select p.xmin::text from evalstore.metric_points p join e on e.number = p.experiment
                    union select m.xmin::text from evalstore.experiment_metrics m join e on e.number = m.experiment
                    union select p.xmin::text from evalstore.experiment_params p join e on e.number = p.experiment
                    union select writer from e) w""".formatted(experiment)));
    }

    private long calls() {
        return db.stats().operations().stream()
                .filter(operation -> operation.name().matches("(experiment|metric|param)s?[_.].*"))
                .mapToLong(OperationStats::calls)
                .sum();
    }

    @Test
    void what_is_sent_twice_is_stored_once() {
        experiments.log(id, everything());
        String once = stored(id);
        experiments.log(id, everything());
        assertThat(stored(id)).isEqualTo(once);

        LogBatch grown = everything().metric("metric/0", -1, 0, NOON).metric("metric/0", 0, 0, NOON);
        experiments.log(id, grown);
        assertThat(experiments.metrics(id)).containsEntry("metric/0", new MetricSummary(0, 0, NOON, -1.0, 0.0, 2));
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                -0.0,
                0.0,
                5e-324,
                1e-320,
                1e308,
                Double.MAX_VALUE,
                0.1
            })
    void a_double_comes_back_bit_for_bit(double value) {
        for (int i = 0; i < 8; i++) {
            // The driver changes to the binary format when a statement was sent a few times.
            UUID other = create();
            experiments.log(other, LogBatch.of().metric("m", value, 1, NOON).param("p", value));
            long bits = Double.doubleToRawLongBits(value);
            MetricSummary summary = experiments.metrics(other).get("m");
            assertThat(Double.doubleToRawLongBits(summary.last())).isEqualTo(bits);
            // Of the two zeros, a minimum or maximum is the positive one.
            Double bound = Double.isNaN(value) ? null : (Double) (value + 0.0);
            assertThat(summary.min()).isEqualTo(bound);
            assertThat(summary.max()).isEqualTo(bound);
            assertThat(history(other, "m"))
                    .singleElement()
                    .satisfies(point -> assertThat(Double.doubleToRawLongBits(point.value()))
                            .isEqualTo(bits));
            assertThat(Double.doubleToRawLongBits(
                            experiments.get(other).params().get("p").number()))
                    .isEqualTo(bits);
        }
    }

    /** A minimum was 0.0 in two batches, and -0.0 in one. */
    @Test
    void bounds_that_are_zero_do_not_depend_on_batches() {
        for (double first : new double[] {0.0, -0.0}) {
            UUID inOne = create();
            UUID inTwo = create();
            LogBatch one = LogBatch.of().metric("m", first, 1, NOON);
            experiments.log(inTwo, one);
            experiments.log(inTwo, LogBatch.of().metric("m", -first, 2, NOON));
            experiments.log(inOne, one.metric("m", -first, 2, NOON));
            // Equality of records tells the two zeros apart.
            assertThat(List.of(inOne, inTwo))
                    .extracting(other -> experiments.metrics(other).get("m"))
                    .containsOnly(new MetricSummary(-first, 2, NOON, 0.0, 0.0, 2));
        }
    }

    @Test
    void of_the_two_zeros_at_one_step_and_time_the_first_stays() {
        experiments.log(id, LogBatch.of().metric("m", -0.0, 1, NOON).metric("m", 0.0, 1, NOON));
        experiments.log(id, LogBatch.of().metric("m", 0.0, 1, NOON).metric("m", 3, 0, NOON));
        assertThat(history(id, "m")).containsExactly(new MetricPoint(0, NOON, 3), new MetricPoint(1, NOON, -0.0));
        assertThat(experiments.metrics(id).get("m")).isEqualTo(new MetricSummary(-0.0, 1, NOON, 0.0, 3.0, 2));
    }

    /** A history had the one of Java, and summaries and searches the bits that were logged. */
    @Test
    void every_read_gives_the_same_nan() {
        double odd = Double.longBitsToDouble(0xfff8_0000_dead_beefL);
        long canonical = Double.doubleToRawLongBits(Double.NaN);
        ExperimentQuery query = ExperimentQuery.where("metrics.odd is nan").select("metrics.odd");
        for (int i = 0; i < 8; i++) {
            experiments.log(id, LogBatch.of().metric("odd", odd, i, NOON));
            assertThat(history(id, "odd"))
                    .extracting(point -> Double.doubleToRawLongBits(point.value()))
                    .containsOnly(canonical);
            assertThat(Double.doubleToRawLongBits(
                            experiments.metrics(id).get("odd").last()))
                    .isEqualTo(canonical);
            Double found = experiments.search(query).items().get(0).metrics().get("odd");
            assertThat(Double.doubleToRawLongBits(Objects.requireNonNull(found)))
                    .isEqualTo(canonical);
        }
    }

    @Test
    void more_params_or_tags_than_an_experiment_may_have_are_refused_and_leave_nothing() {
        LogBatch params = LogBatch.of();
        LogBatch tags = LogBatch.of();
        for (int i = 0; i < 10_000; i++) {
            params = params.param("p" + i, i);
            tags = tags.tag("t" + i);
        }
        LogBatch allParams = params;
        LogBatch allTags = tags;
        assertRefused("params", () -> experiments.log(id, allParams.param("more", 1)));
        assertRefused("tags", () -> experiments.log(id, allTags.tag("more")));
        experiments.log(id, params.param("p1", 1));
        experiments.log(id, tags.tag("t1", "again"));
        String before = stored(id);
        assertThatThrownBy(() -> experiments.log(
                        id, LogBatch.of().param("p1", 1).param("more", 1).metric("m", 1, 1, NOON)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("more than 10,000 params: cannot log");
        assertThatThrownBy(() -> experiments.log(id, LogBatch.of().tag("more").metric("m", 1, 1, NOON)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("more than 10,000 tags: cannot log");
        assertThat(stored(id)).isEqualTo(before);
        experiments.log(
                id, LogBatch.of().overwrite().param("p1", 2).tag("t1", "new").metric("m", 1, 1, NOON));
        assertThat(experiments.get(id).params()).hasSize(10_000).containsEntry("p1", ParamValue.of(2));
        assertThat(experiments.get(id).tags()).hasSize(10_000).containsEntry("t1", "new");
    }

    @Test
    void any_text_is_a_name_and_a_value() {
        String odd = "a.b,c|d `e` \"f\" 'g' \\ %_ {} \u2003 \uD83D\uDE00 é e\u0301";
        experiments.log(
                id,
                LogBatch.of()
                        .metric(odd, 1, 1, NOON)
                        .param(odd, odd)
                        .tag(odd, odd)
                        .param("empty", ""));
        assertThat(experiments.metrics(id)).containsOnlyKeys(odd);
        assertThat(history(id, odd)).hasSize(1);
        assertThat(experiments.get(id).params())
                .containsEntry(odd, ParamValue.of(odd))
                .containsEntry("empty", ParamValue.of(""));
        assertThat(experiments.get(id).tags()).isEqualTo(Map.of(odd, odd));
        String longest = "x".repeat(20_000);
        experiments.log(id, LogBatch.of().param("long", longest).tag("long", "y".repeat(5_000)));
        assertThat(experiments.get(id).params().get("long").text()).isEqualTo(longest);
    }

    @Test
    void a_batch_with_one_bad_part_is_refused_by_name_and_leaves_nothing() {
        String before = stored(id);
        LogBatch good = everything();
        assertRefused("tags", () -> experiments.log(id, good.tag("", "x")));
        assertRefused("tags", () -> experiments.log(id, good.tag("x".repeat(251), "x")));
        assertRefused("tags", () -> experiments.log(id, good.tag("x", "x".repeat(5_001))));
        assertRefused("tags", () -> experiments.log(id, good.tag("x", "\u0000")));
        assertRefused("tags", () -> experiments.log(id, good.tag("x\uD83D", "x")));
        assertRefused("name", () -> experiments.log(id, good.metric(" ", 1, 1, NOON)));
        assertRefused("at", () -> experiments.log(id, good.metric("m", 1, 1, Instant.MAX)));
        assertRefused("name", () -> experiments.log(id, good.param("x".repeat(251), 1)));
        assertRefused("text", () -> experiments.log(id, good.param("p", "x".repeat(20_001))));
        assertRefused(
                "params", () -> experiments.log(id, LogBatch.of().param("p", 1).param("p", "1")));
        assertThat(stored(id)).isEqualTo(before);
    }

    private static void assertRefused(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(field + " ");
    }

    @Test
    void a_param_keeps_its_value_unless_the_batch_overwrites() {
        experiments.log(id, LogBatch.of().param("lr", 0.1).param("model", "gpt-4"));
        String before = stored(id);
        LogBatch other = LogBatch.of()
                .param("model", "gpt-4")
                .param("lr", 0.2)
                .metric("m", 1, 1, NOON)
                .tag("t");
        assertThatThrownBy(() -> experiments.log(id, other))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("another value of the param lr")
                .hasMessageNotContaining("0.2");
        // The text is the same, and what it was logged as is not.
        assertThatThrownBy(() ->
                        experiments.log(id, LogBatch.of().param("lr", "0.1").tag("t")))
                .isInstanceOf(ConflictException.class);
        assertThat(stored(id)).isEqualTo(before);

        experiments.log(id, other.overwrite());
        assertThat(experiments.get(id).params())
                .isEqualTo(Map.of("lr", ParamValue.of(0.2), "model", ParamValue.of("gpt-4")));
        assertThat(experiments.metrics(id)).containsOnlyKeys("m");
        experiments.log(id, LogBatch.of().overwrite().param("lr", "high").param("lr", "low"));
        assertThat(experiments.get(id).params()).containsEntry("lr", ParamValue.of("low"));
        assertThat(database.value("select count(*) from evalstore.experiment_params p join evalstore.experiments e"
                        + " on e.number = p.experiment where e.id = '" + id + "' and p.number_value is not null"))
                .isEqualTo("0");
    }

    @Test
    void a_tag_takes_the_place_of_the_one_before_and_the_others_stay() {
        experiments.log(id, LogBatch.of().tag("team", "a").tag("bare"));
        Experiment before = experiments.get(id);
        experiments.log(id, LogBatch.of().tag("team", "b").tag("team", "c"));
        Experiment after = experiments.get(id);
        assertThat(after.tags()).isEqualTo(Map.of("team", "c", "bare", ""));
        assertThat(after.updatedAt()).isAfter(before.updatedAt());
    }

    @Test
    void the_row_of_the_experiment_is_written_only_where_a_tag_changes() {
        experiments.log(id, LogBatch.of().tag("team", "a"));
        String version = version();
        experiments.log(
                id, LogBatch.of().tag("team", "a").metric("m", 1, 1, NOON).param("p", 1));
        assertThat(version()).isEqualTo(version);
    }

    private String version() {
        return database.value("select ctid || ' ' || xmin from evalstore.experiments where id = '" + id + "'");
    }

    @Test
    void the_last_value_is_by_step_then_time_then_value_whatever_the_order_of_arrival() {
        experiments.log(id, LogBatch.of().metric("m", 5, 10, NOON));
        experiments.log(id, LogBatch.of().metric("m", 9, 9, NOON.plusSeconds(9)));
        assertThat(experiments.metrics(id).get("m").last()).isEqualTo(5);
        experiments.log(id, LogBatch.of().metric("m", 4, 10, NOON));
        assertThat(experiments.metrics(id).get("m").last()).isEqualTo(5);
        experiments.log(id, LogBatch.of().metric("m", 3, 10, NOON.plusNanos(1_000)));
        assertThat(experiments.metrics(id))
                .containsEntry("m", new MetricSummary(3, 10, NOON.plusNanos(1_000), 3.0, 9.0, 4));
        experiments.log(id, LogBatch.of().metric("m", Double.NaN, 10, NOON.plusNanos(1_999)));
        assertThat(experiments.metrics(id))
                .containsEntry("m", new MetricSummary(Double.NaN, 10, NOON.plusNanos(1_000), 3.0, 9.0, 5));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void summaries_and_histories_equal_an_oracle(long seed) {
        Random random = new Random(seed);
        double[] values = {0.5, -1, 3e-320, 1e308, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0
        };
        MetricOracle oracle = new MetricOracle();
        for (int batches = 0; batches < 60; batches++) {
            LogBatch batch = LogBatch.of();
            for (int i = random.nextInt(12); i >= 0; i--) {
                String name = "m" + random.nextInt(6);
                MetricPoint point = MetricPoint.of(
                        values[random.nextInt(values.length)],
                        random.nextInt(5) - 2,
                        NOON.plusNanos(random.nextInt(3) * 1_000L));
                oracle.log(name, point);
                batch = batch.metric(name, List.of(point));
            }
            experiments.log(id, batch);
        }
        assertThat(experiments.metrics(id)).isEqualTo(oracle.summaries());
        for (String name : oracle.summaries().keySet()) {
            assertThat(history(id, name)).isEqualTo(oracle.points(name));
        }
    }

    @Test
    void a_batch_of_several_statements_is_one_commit() {
        int points = 45_000;
        LogBatch batch = LogBatch.of().param("p", 1).tag("t", "v");
        for (int name = 0; name < 3; name++) {
            List<MetricPoint> all = new ArrayList<>();
            for (int i = 0; i < points / 3; i++) {
                all.add(MetricPoint.of(Math.sin(i), i, NOON.plusSeconds(i)));
            }
            batch = batch.metric("big" + name, all);
        }
        experiments.log(id, batch);
        experiments.log(id, batch);
        assertThat(experiments.metrics(id).values())
                .extracting(MetricSummary::count)
                .containsOnly(points / 3L);
        assertThat(database.value(
                        "select count(distinct p.xmin::text) || ' ' || count(*) from evalstore.metric_points p"
                                + " join evalstore.experiments e on e.number = p.experiment where e.id = '" + id + "'"))
                .isEqualTo("1 " + points);

        String before = stored(id);
        LogBatch refused = batch.overwrite().param("p", 2).metric("big0", 1, -1, NOON);
        database.admin("alter table evalstore.experiment_metrics add constraint no_big2" + " check (name_id <> ("
                + number("big2") + ") or value_count < " + (points / 3 + 1) + ")");
        try {
            assertThatThrownBy(() -> experiments.log(id, refused.metric("big2", 1, -1, NOON)))
                    .hasMessageContaining("no_big2");
        } finally {
            database.admin("alter table evalstore.experiment_metrics drop constraint no_big2");
        }
        assertThat(stored(id)).isEqualTo(before);
    }

    private String number(String metric) {
        return database.value("select id from evalstore.metric_names where name = '" + metric + "'");
    }

    @Test
    void an_experiment_that_is_unknown_deleted_or_archived_takes_nothing() {
        LogBatch batch = everything();
        assertThatThrownBy(() -> experiments.log(UUID.randomUUID(), batch)).isInstanceOf(NotFoundException.class);
        experiments.archive(id);
        String archived = stored(id);
        assertThatThrownBy(() -> experiments.log(id, batch))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("archived: cannot log");
        assertThat(stored(id)).isEqualTo(archived);
        experiments.restore(id);
        experiments.log(id, batch);
        experiments.delete(id);
        assertThatThrownBy(() -> experiments.log(id, batch)).isInstanceOf(NotFoundException.class);
        assertThat(history(id, "metric/1")).isEmpty();
        assertThat(experiments.metrics(id)).isEmpty();
    }

    @Test
    void late_points_of_an_experiment_that_has_failed_are_stored() {
        experiments.start(id);
        experiments.fail(id, "out of memory");
        experiments.log(id, everything());
        assertThat(experiments.get(id).status()).isEqualTo(ExperimentStatus.FAILED);
        assertThat(experiments.metrics(id)).hasSize(40);
    }

    @Test
    void a_batch_of_nothing_asks_no_database() {
        long before = calls();
        experiments.log(UUID.randomUUID(), LogBatch.of().overwrite().metric("m", List.of()));
        assertThat(calls()).isEqualTo(before);
    }

    @Test
    void a_log_by_an_actor_is_audited_by_its_size_and_emits_no_event() {
        String events = database.value("select count(*) from evalstore.domain_events");
        db.actingAs(Actor.SYSTEM).tracking().experiments().log(id, everything());
        AuditEntry entry = db.audit()
                .list(AuditFilter.ALL.entity("experiment", id.toString()), 1)
                .items()
                .get(0);
        assertThat(entry.action()).isEqualTo("log");
        assertThat(entry.changes()).isNull();
        assertThat(Objects.requireNonNull(entry.metadata()).asMap())
                .isEqualTo(Map.of("points", 40, "params", 20, "tags", 10));
        assertThat(database.value("select count(*) from evalstore.domain_events"))
                .isEqualTo(events);
    }

    @Test
    void names_of_a_rolled_back_transaction_are_made_again() {
        LogBatch batch = LogBatch.of().metric("rolled back", 1, 1, NOON).param("rolled back", 1);
        TxOptions snapshot = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        assertThatThrownBy(() -> db.inTransaction(snapshot, tx -> {
                    tx.tracking().experiments().log(id, batch);
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(database.value("select count(*) from evalstore.metric_names where name = 'rolled back'"))
                .isEqualTo("0");
        experiments.log(id, batch);
        assertThat(experiments.metrics(id)).containsOnlyKeys("rolled back");
    }

    @Test
    void names_that_a_backup_did_not_have_are_made_again() {
        LogBatch batch = LogBatch.of().metric("restored", 1, 1, NOON).param("restored", 1);
        experiments.log(create(), batch);
        database.admin("update evalstore.metric_names set name = 'of another' where name = 'restored';"
                + "update evalstore.param_names set name = 'of another' where name = 'restored'");
        experiments.log(id, batch);
        assertThat(experiments.metrics(id)).containsOnlyKeys("restored");
        assertThat(experiments.get(id).params()).containsOnlyKeys("restored");
    }

    @Test
    void a_long_transaction_does_not_keep_others_from_logging_its_new_names() throws Exception {
        UUID other = create();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        CountDownLatch done = new CountDownLatch(1);
        try {
            db.inTransaction(tx -> {
                tx.tracking()
                        .experiments()
                        .log(id, LogBatch.of().metric("of both", 1, 1, NOON).param("of both", 1));
                Future<?> logged = executor.submit(() -> {
                    experiments.log(
                            other, LogBatch.of().metric("of both", 2, 1, NOON).param("of both", 2));
                    done.countDown();
                });
                assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
                logged.get(30, TimeUnit.SECONDS);
                return true;
            });
        } finally {
            executor.shutdownNow();
        }
        assertThat(experiments.metrics(id)).containsOnlyKeys("of both");
        assertThat(experiments.metrics(other)).containsOnlyKeys("of both");
    }

    @Test
    void an_older_snapshot_is_refused_and_not_wrong() {
        TxOptions snapshot = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        LogBatch point = LogBatch.of().metric("m", 1, 1, NOON);
        for (LogBatch late : List.of(point, LogBatch.of().param("q", 2), point.param("q", 2))) {
            UUID other = create();
            experiments.log(other, LogBatch.of().param("p", 1).metric("known", 1, 1, NOON));
            assertThatThrownBy(() -> db.inTransaction(snapshot, tx -> {
                        assertThat(tx.tracking().experiments().get(other).params())
                                .hasSize(1);
                        experiments.log(other, point.param("q", 1));
                        tx.tracking().experiments().log(other, late);
                        return true;
                    }))
                    .isInstanceOf(TransientDatabaseException.class);
            assertThat(experiments.get(other).params()).containsEntry("q", ParamValue.of(1));
            assertThat(experiments.metrics(other).get("m").count()).isEqualTo(1);
        }
    }

    @Test
    void a_batch_prints_no_name_and_no_value() {
        assertThat(LogBatch.of().param("secret", "secret").overwrite().tag("secret"))
                .hasToString("LogBatch[2 items, overwrites]");
    }
}
