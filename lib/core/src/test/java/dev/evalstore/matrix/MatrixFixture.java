package dev.evalstore.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.Worker;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A small catalogue for the matrix's tests: a 7B model in fp16 (16.8 GB), machines and frameworks. */
public final class MatrixFixture {
    private static final String EMPTY = "truncate evalstore.benchmark_results, evalstore.model_rankings,"
            + " evalstore.daily_model_stats, evalstore.config_ready, evalstore.config_scheduled, evalstore.config_leases,"
            + " evalstore.benchmark_configs, evalstore.config_lanes; delete from evalstore.models; delete from evalstore.hardware_configs;"
            + " delete from evalstore.inference_frameworks; delete from evalstore.use_cases; delete from evalstore.workers";

    private final Database db;
    private int made;

    public MatrixFixture(TestDatabase database) {
        this.db = database.db();
    }

    public static void empty(TestDatabase database) {
        database.admin(EMPTY);
    }

    UUID version() {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("model-" + made++, ModelKind.OPEN).parameters(7_000_000_000L))
                .id();
        return db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    UUID machine(String gb, String usd) {
        return db.catalog()
                .hardware()
                .create(NewHardwareConfig.of("aws", "gpu-" + made++, 1, new BigDecimal(gb), new BigDecimal(usd)))
                .id();
    }

    List<UUID> machines(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> machine("80", "" + (i + 1)))
                .toList();
    }

    UUID framework() {
        return db.catalog()
                .frameworks()
                .create(NewInferenceFramework.of("vllm", "0." + made++))
                .id();
    }

    List<UUID> frameworks(int count) {
        return IntStream.range(0, count).mapToObj(i -> framework()).toList();
    }

    public Combination combination() {
        return new Combination(version(), machine("24", "1"), framework(), "chatbot", 1, 1024);
    }

    static NewBenchmarkResult result(double ttftP90, double throughput) {
        return NewBenchmarkResult.of(
                new Percentiles(ttftP90 / 2, ttftP90, ttftP90 * 2), new Percentiles(10, 20, 30), throughput, 5.0);
    }

    /** Each configuration is ended, ready or leased, and only one of them; what stands in a place is a configuration. */
    static void assertEachInOnePlace(TestDatabase database) {
        assertThat(database.query("""
                select coalesce(c.seq, p.seq) || ' in ' || coalesce(p.n, 0) || ' places, ' || coalesce(c.outcome, 'open')
                from evalstore.benchmark_configs c
                full join (
                    select seq, count(*) as n from (
                        select seq from evalstore.config_ready union all select seq from evalstore.config_scheduled
                        union all select seq from evalstore.config_leases) all_places
                    group by seq) p on p.seq = c.seq
                where c.seq is null or coalesce(p.n, 0) <> case when c.outcome is null then 1 else 0 end""")).isEmpty();
    }

    /** Each completed configuration has one current result, of its own. */
    static void assertEachCompletedHasItsResult(TestDatabase database) {
        assertThat(database.query("""
                select c.id from evalstore.benchmark_configs c
                left join evalstore.benchmark_results r on r.id = c.result_id and r.benchmark_date = c.result_date
                where c.outcome = 'completed' and r.config_id is distinct from c.id""")).isEmpty();
    }

    /** Makes time pass for leases: by the server's clock, as it will have been. */
    static void expireLeases(TestDatabase database) {
        database.admin("update evalstore.config_leases set claimed_at = claimed_at - interval '1 day',"
                + " deadline = deadline - interval '1 day'");
    }

    static void silence(TestDatabase database, Worker worker) {
        database.admin("update evalstore.workers set last_heartbeat_at = last_heartbeat_at - interval '1 day'"
                + " where generation = " + worker.generation());
    }
}
