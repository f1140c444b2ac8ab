package dev.evalstore.bench.soak;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.catalog.FrameworkFilter;
import dev.evalstore.catalog.HardwareFilter;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.ModelVersionFilter;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.job.JobLimit;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.Schedule;
import dev.evalstore.matrix.MatrixSpec;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Where the soak takes place: roles, schema, tables of its own, catalogue, accounts, limits; and the names that all use. */
final class Stage {
    static final String JOBS = "jobs";
    static final String MATRIX = "matrix";
    static final String EVALUATIONS = "evaluations";
    static final String STATE = "state";
    static final String AUDIT = "audit";
    static final String LOCKS = "locks";
    /** What a client knows of its own leading, for which the server need not be there. */
    static final String LEADER = "leader";

    static final String MAINTENANCE = "maintenance";

    /** The detail of a unique job that was not made, since another has its key. */
    static final String EXISTED = "existed";

    /** The detail of a deletion that found nothing. */
    static final String ABSENT = "absent";

    /** The fair key of jobs of which at most so many may run. */
    static final String LIMITED = "limited";

    static final int MAX_RUNNING = 2;

    /** The schedule that ticks every second, and the name in the payload of its jobs. */
    static final String TICK = "tick";

    /** Configurations a round: two machines, one framework, three workloads, two batch sizes. */
    static final int ROUND = 12;

    private static final String TABLES = """
            create schema soak authorization evalstore_owner;
            set role evalstore_owner;
            create table soak.effects (job uuid not null, name text not null, token bigint not null);
            create table soak.orders (name text not null);
            create table soak.turns (
                seq bigint generated always as identity, resource text not null, token bigint not null, name text not null);
            create table soak.deleted (id uuid not null, seq bigint not null, name text not null);
            create table soak.dropped (
                namespace_id int not null, seq bigint not null, kind text not null, key bytea not null, version bigint not null,
                created_at timestamptz not null, dropped_at timestamptz not null default statement_timestamp());
            grant usage on schema soak to evalstore_app;
            grant select, insert on all tables in schema soak to evalstore_app;
            reset role""";

    /** What is deleted leaves a trace beside the store, in the same commit: that nothing else went is known by it. */
    private static final String TRACES = """
            set role evalstore_owner;
            create function soak.note_deleted() returns trigger language plpgsql as $$
                begin
                    insert into soak.deleted select id, seq, payload ->> 'name' from gone;
                    return null;
                end $$;
            create trigger soak_note_deleted after delete on evalstore.jobs
                referencing old table as gone for each statement execute function soak.note_deleted();
            create function soak.note_dropped() returns trigger language plpgsql as $$
                begin
                    insert into soak.dropped select namespace_id, seq, kind, key, version, created_at from gone;
                    return null;
                end $$;
            create trigger soak_note_dropped after delete on evalstore.state_changes
                referencing old table as gone for each statement execute function soak.note_dropped();
            reset role""";

    private Stage() {}

    static String url(int port, String role) {
        return "postgres://" + role + "@localhost:" + port + "/postgres";
    }

    /** A superuser's connection. */
    static Connection admin(int port) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port + "/postgres?connectTimeout=5", "postgres", "");
    }

    /** Sets everything up on an empty server. */
    static void prepare(int port) throws SQLException, IOException {
        try (Connection admin = admin(port);
                var statement = admin.createStatement()) {
            statement.execute(roles());
            statement.execute(TABLES);
        }
        try (Database db = Database.open(
                DatabaseConfig.builder().url(url(port, "evalstore_owner")).build())) {
            db.migrate();
        }
        try (Connection admin = admin(port);
                var statement = admin.createStatement()) {
            statement.execute(TRACES);
        }
        try (Database db = Database.open(
                DatabaseConfig.builder().url(url(port, "evalstore_app")).build())) {
            fill(db);
        }
    }

    private static String roles() throws IOException {
        try (InputStream in = Database.class.getResourceAsStream("/dev/evalstore/roles/roles.sql")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void fill(Database db) {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("soaked", ModelKind.OPEN))
                .id();
        db.catalog().modelVersions().create(NewModelVersion.of(model, Quantization.INT8, ModelFormat.GGUF));
        for (int gpus : new int[] {1, 2}) {
            db.catalog()
                    .hardware()
                    .create(NewHardwareConfig.of("aws", "L4", gpus, BigDecimal.valueOf(24), BigDecimal.valueOf(gpus)));
        }
        db.catalog().frameworks().create(NewInferenceFramework.of("vllm", "0.6.3"));
        Money.open(Money.accounts(db));
        Money.ledger(db).put(Money.key("opened"), Money.amount(0));
        db.jobs().limits().set(JobLimit.fairKey(LIMITED).maxRunning(MAX_RUNNING));
        NewJob tick =
                NewJob.of(Task.TYPE, Json.of(new Task(TICK, Task.How.PLAIN))).maxRetries(1_000);
        db.jobs()
                .schedules()
                .set(Schedule.every(TICK, Duration.ofSeconds(1), tick).missed(Schedule.Missed.ALL));
    }

    /** Lets nothing new come by itself. */
    static void stopTicking(int port) {
        try (Database db = Database.open(
                DatabaseConfig.builder().url(url(port, "evalstore_app")).build())) {
            db.jobs().schedules().pause(TICK);
        }
    }

    /** All that the catalogue has, for any sequence length. */
    static MatrixSpec matrix(Database db) throws InterruptedException {
        return untilDone(() -> MatrixSpec.of(
                db.catalog()
                        .modelVersions()
                        .list(ModelVersionFilter.ALL, 1, null)
                        .items()
                        .get(0)
                        .id(),
                db.catalog().hardware().list(HardwareFilter.ALL, 10, null).items().stream()
                        .map(machine -> machine.id())
                        .toList(),
                db.catalog().frameworks().list(FrameworkFilter.ALL, 10, null).items().stream()
                        .map(framework -> framework.id())
                        .toList(),
                List.of("chatbot", "qa", "code"),
                List.of(1, 8),
                List.of(1)));
    }

    /** What a client needs before it can begin: the server may be away. */
    static <T> T untilDone(Supplier<T> action) throws InterruptedException {
        while (true) {
            try {
                return action.get();
            } catch (TransientDatabaseException e) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }
}
