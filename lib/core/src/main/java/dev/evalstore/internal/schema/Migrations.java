package dev.evalstore.internal.schema;

import dev.evalstore.DatabaseException;
import dev.evalstore.MigrationStatus;
import dev.evalstore.SchemaException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.io.Reader;
import java.io.StringReader;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.extensibility.Plugin;
import org.jspecify.annotations.Nullable;

/** Brings the schema to the library's version and back. The one class that knows Flyway. */
public final class Migrations {
    private static final String HISTORY = "evalstore_schema_history";
    private static final Duration WAIT = Duration.ofMinutes(5);

    private static final String HISTORY_EXISTS = """
            /* migrations.history_exists */ select to_regclass(?) is not null as found""";

    private static final String SCHEMA_EXISTS = """
            /* migrations.schema_exists */ select exists (select from pg_namespace where nspname = ?) as found""";

    private static final String LOCK = """
            /* migrations.lock */ select pg_try_advisory_xact_lock(
                hashtextextended('evalstore.migrations.' || ?, 0)) as locked""";

    private static final String APPLIED = """
            /* migrations.applied */ select version::int as version, description,
                installed_on at time zone 'UTC' as applied_at
            from evalstore.evalstore_schema_history where success and type = 'SQL' and version is not null""";

    private static final String FORGET = """
            /* migrations.forget */ delete from evalstore.evalstore_schema_history where version::int = ?""";

    /** Of Flyway to those who run its command line. */
    private static final Pattern ADVICE = Pattern.compile("(?m)^.*Run Flyway with -X.*\\R?");

    static final String DROP_HISTORY = "drop table if exists evalstore.evalstore_schema_history";

    /** Flyway writes times without a zone, in the zone of the session that migrates. */
    private static final String HISTORY_IN_UTC = """
            alter table evalstore.evalstore_schema_history
                alter column installed_on set default (statement_timestamp() at time zone 'UTC')""";

    private static final AtomicReference<@Nullable NavigableMap<Integer, SchemaBuild.Entry>> ENTRIES =
            new AtomicReference<>();

    private final Jdbc jdbc;
    private final MigrationPool pool;
    private final Scripts scripts;

    public Migrations(Jdbc jdbc, DataSource pool) {
        this(jdbc, MigrationPool.beside(pool));
    }

    public Migrations(Jdbc jdbc, MigrationPool pool) {
        // A migration is never part of the host's transaction.
        this.jdbc = jdbc.apart();
        this.pool = pool;
        this.scripts = new Scripts(jdbc.options().schema());
    }

    public int latest() {
        return scripts.latest();
    }

    /** The newest version applied; 0 if there is none, or no schema. */
    public static int current(Jdbc db) {
        return applied(db).keySet().stream().max(Integer::compare).orElse(0);
    }

    public int migrate() {
        return exclusively((db, source) -> {
            createSchema(db, scripts);
            int migrated = migrated(db, source);
            if (migrated > 0) {
                PartitionsAhead.begin(db);
            }
            return migrated;
        });
    }

    /**
     * Migrates a schema that is there.
     *
     * @return how many migrations were applied; empty if nothing was ever migrated there, or it has gone
     */
    public Optional<Integer> migrateExisting() {
        return exclusively((db, source) -> hasHistory(db) ? Optional.of(migrated(db, source)) : Optional.empty());
    }

    private int migrated(Jdbc db, DataSource source) {
        refuseDropping(db);
        refuseNewer(db);
        try {
            Flyway flyway = flyway(source);
            if (current(db) == 0) {
                if (!hasHistory(db)) {
                    flyway.baseline();
                }
                script(db, "migrations.history_in_utc", HISTORY_IN_UTC);
            }
            return flyway.migrate().migrationsExecuted;
        } catch (FlywayException e) {
            throw failed("migrate schema " + jdbc.options().schema(), e);
        }
    }

    public MigrationStatus status() {
        Map<Integer, Applied> applied = applied(jdbc);
        int current = applied.keySet().stream().max(Integer::compare).orElse(0);
        List<MigrationStatus.Migration> all = new ArrayList<>();
        scripts.descriptions().forEach((version, description) -> {
            Applied done = applied.get(version);
            all.add(new MigrationStatus.Migration(version, description, done == null ? null : done.at()));
        });
        applied.forEach((version, done) -> {
            if (version > latest()) {
                all.add(new MigrationStatus.Migration(version, done.description(), done.at()));
            }
        });
        return new MigrationStatus(jdbc.options().schema(), current, latest(), all);
    }

    public void validate() {
        pool.use(jdbc, (db, source) -> {
            Server.of(db).require();
            refuseDropping(db);
            refuseNewer(db);
            int current = current(db);
            if (current < latest()) {
                throw refused(
                        "schema " + jdbc.options().schema() + " has version " + current + " and this library needs "
                                + latest() + ": run Database.migrate(), or have its owner run Database.migrationSql()");
            }
            var result = flyway(source).validateWithResult();
            if (!result.validationSuccessful) {
                throw refused("schema " + jdbc.options().schema() + " was not made by this library's scripts: "
                        + result.getAllErrorMessages());
            }
            List<String> missing = Contents.missing(db, Made.upTo(current));
            if (!missing.isEmpty()) {
                throw refused("schema " + jdbc.options().schema() + " has version " + current + " and lacks "
                        + String.join(", ", missing) + ": restore a backup into another schema");
            }
            return true;
        });
    }

    public String sql() {
        return scripts.all();
    }

    public void revertTo(int version) {
        Check.range("version", version, 0, latest());
        exclusively((db, source) -> {
            refuseNewer(db);
            for (int undone : new TreeMap<>(applied(db)).descendingMap().keySet()) {
                if (undone > version) {
                    undo(db, undone);
                }
            }
            if (version == 0) {
                script(db, "migrations.drop_history", DROP_HISTORY);
            }
            return true;
        });
    }

    /**
     * Runs the work in one transaction in which it may make the schema, or take it away, while no other process migrates it.
     *
     * @throws SchemaException if the schema is newer than this library
     */
    public <T> T building(Function<SchemaBuild, T> work) {
        return exclusively((db, source) -> {
            refuseNewer(db);
            NavigableMap<Integer, SchemaBuild.Entry> entries = entries(source);
            return db.inOwnTransaction(
                    TxOptions.DEFAULT, (tx, connection) -> work.apply(new SchemaBuild(tx, scripts, entries)));
        });
    }

    /** Flyway is asked once: the jar's scripts do not change. */
    private NavigableMap<Integer, SchemaBuild.Entry> entries(DataSource source) {
        NavigableMap<Integer, SchemaBuild.Entry> known = ENTRIES.get();
        if (known != null) {
            return known;
        }
        NavigableMap<Integer, SchemaBuild.Entry> entries = new TreeMap<>();
        try {
            for (MigrationInfo info : flyway(source).info().all()) {
                if (scripts.descriptions().containsKey(number(info))) {
                    entries.put(
                            number(info),
                            new SchemaBuild.Entry(
                                    info.getVersion().getVersion(),
                                    info.getDescription(),
                                    info.getScript(),
                                    info.getChecksum()));
                }
            }
        } catch (FlywayException e) {
            throw failed("migrations", e);
        }
        ENTRIES.set(entries);
        return entries;
    }

    private static int number(MigrationInfo info) {
        return info.getVersion() == null
                ? 0
                : Integer.parseInt(info.getVersion().getVersion());
    }

    private void undo(Jdbc db, int version) {
        db.inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.script("migrations.undo", scripts.undo(version));
            return tx.update(Sql.of(FORGET, version));
        });
    }

    private static Map<Integer, Applied> applied(Jdbc db) {
        Map<Integer, Applied> applied = new TreeMap<>();
        if (hasHistory(db)) {
            db.list(Sql.of(APPLIED), Migrations::map).forEach(row -> applied.put(row.version(), row));
        }
        return applied;
    }

    static boolean hasHistory(Jdbc db) {
        String history = '"' + db.options().schema() + "\"." + HISTORY;
        return db.one(Sql.of(HISTORY_EXISTS, history), row -> row.bool("found"));
    }

    private static Applied map(Row row) throws SQLException {
        return new Applied(row.integer("version"), row.text("description"), row.instant("applied_at"));
    }

    private void refuseNewer(Jdbc db) {
        int current = current(db);
        if (current > latest()) {
            throw refused(
                    "schema " + jdbc.options().schema() + " has version " + current + " and this library knows only "
                            + latest() + ": upgrade the library, or revert the schema with the newer one");
        }
    }

    private void refuseDropping(Jdbc db) {
        if (SchemaDrop.isMarked(db)) {
            throw refused("schema " + jdbc.options().schema()
                    + " is being dropped, and may lack tables: call tenants().drop again, and create it anew");
        }
    }

    static void createSchema(Jdbc db, Scripts scripts) {
        // Only if it is missing: a role that may not create schemas can still migrate one that was made for it.
        if (!db.one(Sql.of(SCHEMA_EXISTS, db.options().schema()), row -> row.bool("found"))) {
            script(db, "migrations.create_schema", "create schema " + scripts.schema());
        }
    }

    private static void script(Jdbc db, String name, String sql) {
        db.inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.script(name, db.inSchema(sql));
            return true;
        });
    }

    private Flyway flyway(DataSource source) {
        requirePlugins(Migrations.class.getClassLoader());
        String schema = jdbc.options().schema();
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .resourceProvider(new ScriptProvider())
                .javaMigrationClassProvider(List::of)
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(false)
                .table(HISTORY)
                .placeholders(Map.of("schema", scripts.schema()))
                // The schema may already hold the host's own objects. The library's versions begin at 1.
                .baselineVersion("0")
                // One connection, so that a script and its line in the history are one commit. The lock in a
                // transaction, as it is
                // by default, is held on another one, whose own commit comes after that of the script.
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .load();
    }

    /**
     * Flyway's parts find each other through files that have one name in all its jars. A jar that was put together from
     * others, and keeps one of them, lacks parts.
     */
    private static void requirePlugins(ClassLoader loader) {
        Set<String> found = ServiceLoader.load(Plugin.class, loader).stream()
                .map(plugin -> plugin.type().getPackageName())
                .collect(Collectors.toSet());
        for (String part : List.of("org.flywaydb.core.", "org.flywaydb.database.postgresql")) {
            if (found.stream().noneMatch(name -> name.startsWith(part))) {
                throw refused("META-INF/services/" + Plugin.class.getName() + " does not name Flyway's " + part
                        + ": a jar that holds several must merge the files in META-INF/services, for Maven's shade plugin by"
                        + " ServicesResourceTransformer, for Gradle's shadow by mergeServiceFiles()");
            }
        }
    }

    /**
     * Runs the work while no other process migrates this schema. It polls for the lock: a statement that waits would
     * hold a snapshot, and the role's lock timeout could end it.
     */
    <T> T exclusively(MigrationPool.Work<T> work) {
        long deadline = System.nanoTime() + WAIT.toNanos();
        return pool.use(jdbc, (db, source) -> {
            Server.of(db).require();
            while (true) {
                Optional<T> result = db.inOwnTransaction(
                        TxOptions.DEFAULT,
                        (tx, connection) -> locked(tx) ? Optional.of(work.run(db, source)) : Optional.<T>empty());
                if (result.isPresent()) {
                    return result.get();
                }
                if (System.nanoTime() > deadline) {
                    throw refused("another process has been migrating schema "
                            + jdbc.options().schema() + " for " + WAIT.toMinutes() + " minutes");
                }
                pause();
            }
        });
    }

    private boolean locked(Jdbc tx) {
        boolean locked = tx.one(Sql.of(LOCK, jdbc.options().schema()), row -> row.bool("locked"));
        // The last statement, which takes no snapshot: a select's would stay, and a script that indexes concurrently
        // would wait for it.
        tx.script(
                "migrations.settings",
                "set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0");
        return locked;
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SchemaException("interrupted while another process was migrating", null, e);
        }
    }

    private static SchemaException refused(String message) {
        return new SchemaException(message, null, null);
    }

    private static DatabaseException failed(String what, FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith("08")) {
                return new TransientDatabaseException(what + ": the connection was lost", sql.getSQLState(), true, sql);
            }
        }
        return new SchemaException(
                what + ": " + ADVICE.matcher(String.valueOf(e.getMessage())).replaceAll(""), null, e);
    }

    /** A migration in the history table. */
    private record Applied(int version, String description, Instant at) {}

    /** Gives Flyway the scripts, which it would otherwise look for by listing their folder. */
    private static final class ScriptProvider implements ResourceProvider {
        private static final List<LoadableResource> ALL = Scripts.files().entrySet().stream()
                .<LoadableResource>map(file -> new ScriptResource(file.getKey(), file.getValue()))
                .toList();

        @Override
        public @Nullable LoadableResource getResource(String name) {
            return ALL.stream()
                    .filter(script -> script.getFilename().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        /** Flyway asks for scripts of other kinds too, such as those that are repeated. */
        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return ALL.stream()
                    .filter(script -> script.getFilename().startsWith(prefix)
                            && Arrays.stream(suffixes).anyMatch(script.getFilename()::endsWith))
                    .toList();
        }
    }

    /** A script under the name that it has in Flyway's history. */
    private static final class ScriptResource extends LoadableResource {
        private final String name;
        private final String text;

        ScriptResource(String name, String text) {
            this.name = name;
            this.text = text;
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public @Nullable String getAbsolutePathOnDisk() {
            return null;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
