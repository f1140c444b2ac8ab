package dev.evalstore.testing;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventFilter;
import dev.evalstore.testing.faults.TcpProxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The database of a test class: opened for the test, emptied between tests, moved in time, and asked what is in it. Made by
 * {@link EvalstoreExtension}, or for all classes by {@link #shared}. Thread-safe, but for {@link #reset} and {@link #forward}, which other threads should not meet.
 */
public final class TestStore implements AutoCloseable {
    /** The longest step in time. */
    private static final Duration MAX_STEP = Duration.ofDays(36_500);

    /** How much of a list a message shows. */
    private static final int SHOWN = 20;

    /** Those that ever had rows: a table without any has no pages. */
    static final String TOUCHED = """
            select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'evalstore' and c.relkind = 'r' and c.relname <> 'evalstore_schema_history'
                and pg_catalog.pg_relation_size(c.oid) > 0""";

    private static final String EMPTY = """
            do $$
            declare
                name text;
            begin
                for name in %s loop
                    execute format('delete from evalstore.%%I', name);
                end loop;
            end
            $$""";

    /** The rows that migrations make. Tokens and caches of before a reset are of another life. */
    private static final String SEEDS = """
            ; insert into evalstore.state_incarnation default values;
            insert into evalstore.unit_changes (unit) values ('everything')""";

    /** Claims within an interval are counted in twentieths of it. */
    private static final String FORWARD_RATES = """
            update evalstore.job_limits
            set rate_slots = array(
                select o.slot - floor(? / (rate_seconds / 20))::bigint from unnest(rate_slots) with ordinality as o (slot, i)
                order by o.i)
            where rate_slots <> '{}'""";

    private final TestServer server;
    private final String name;
    private final Role role;
    private final Connection admin;
    private final Database database;
    private final boolean isShared;

    /** Made at first use. */
    private static final class Shared {
        private static final TestStore STORE = new TestStore(TestServer.get(), Role.APPLICATION, true);
    }

    private TestStore(TestServer server, Role role, boolean isShared) {
        this.server = server;
        this.name = server.createDatabase();
        this.role = role;
        this.isShared = isShared;
        this.admin = server.connection(name, "evalstore_testing");
        this.database = Database.open(config().build());
    }

    static TestStore create(Role role) {
        return new TestStore(TestServer.get(), role, false);
    }

    /**
     * The one store that lasts as long as the JVM, opened as the application's role: for a framework whose pool outlives a test
     * class, as that of a Spring context does, which is cached. Who uses it empties it, by {@link #reset}; {@link #close} does
     * nothing.
     */
    public static TestStore shared() {
        return Shared.STORE;
    }

    /** The database, opened as the role that the extension was given. */
    public Database database() {
        return database;
    }

    /**
     * How the database was opened: to open it again, with other settings or a pool of the test's. Its URL, user and password
     * are enough; the user is a login of this run's that becomes the role.
     */
    public DatabaseConfig.Builder config() {
        return config(role);
    }

    /** The same as another role. */
    public DatabaseConfig.Builder config(Role as) {
        return server.config(name, as);
    }

    /** The database through a proxy in front of the server, for a bad network. */
    public DatabaseConfig.Builder through(TcpProxy proxy) {
        return config().url("jdbc:postgresql://localhost:" + proxy.port() + "/" + name);
    }

    /** Starts a proxy in front of the server. */
    public TcpProxy proxy() {
        java.net.URI at = java.net.URI.create(config().build().url().substring("jdbc:".length()));
        return TcpProxy.to(at.getHost(), at.getPort() < 0 ? 5432 : at.getPort());
    }

    /**
     * Deletes every row of the store but those that migrations make; tables of the service's own keep theirs. The {@link #database} stays open.
     *
     * @throws IllegalStateException if rows are locked for five seconds, by a transaction that a test has left open
     */
    public void reset() {
        asOwner(EMPTY.formatted(TOUCHED) + SEEDS);
    }

    /**
     * Lets time pass: every time that the server compares with its clock is moved back by as much. Scheduled jobs and backoffs
     * come nearer, leases and entries with a time to live run out, heartbeats grow old. Times that only say when something
     * happened stay as they are, and so does the server's clock.
     *
     * @throws IllegalArgumentException if the time is not longer than zero, or longer than 36,500 days
     * @throws IllegalStateException if rows are locked for five seconds
     */
    public void forward(Duration time) {
        if (time.isNegative() || time.isZero() || time.compareTo(MAX_STEP) > 0) {
            throw new IllegalArgumentException("time must be longer than zero, and at most 36,500 days");
        }
        String interval = "interval '" + time.toSeconds() + " seconds " + time.getNano() / 1_000 + " microseconds'";
        List<String> updates = new ArrayList<>();
        TimeColumns.MOVED.forEach((table, columns) -> updates.add("update evalstore." + table + " set "
                + List.of(columns.split(" ")).stream()
                        .map(column -> column + " = " + column + " - " + interval)
                        .collect(Collectors.joining(", "))));
        updates.add(FORWARD_RATES.replace("?", Long.toString(time.toSeconds())));
        asOwner(String.join(";\n", updates));
    }

    /** In one transaction, without the triggers that refuse changes or note them; and in one round trip. */
    private void asOwner(String sql) {
        try (Statement statement = admin.createStatement()) {
            try {
                statement.execute("begin; set local session_replication_role = replica; set local lock_timeout = '5s'; "
                        + sql + "; commit");
            } catch (SQLException e) {
                statement.execute("rollback");
                throw e;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "55P03".equals(e.getSQLState())
                            ? "rows of the store are locked: a test has left a transaction open, or a runner"
                            : "the store could not be changed",
                    e);
        }
    }

    /** Runs a statement as the superuser, for what the library has no verb for. */
    public void execute(String sql) {
        try (Statement statement = admin.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of a query as text, run as the superuser; nulls are {@code "null"}. */
    public List<String> query(String sql, Object... arguments) {
        try (PreparedStatement statement = admin.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(String.valueOf(rows.getString(1)));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Requires an audit entry of this action on this entity; the message shows the newest entries otherwise.
     *
     * @param entityId null for any
     * @return the newest such entry
     */
    public AuditEntry assertAudited(String action, String entityType, @Nullable Object entityId) {
        String id = entityId == null ? null : entityId.toString();
        return database.audit().list(AuditFilter.ALL.action(action).entity(entityType, id), 1).items().stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no audit entry of " + action + " on " + entityType
                        + (id == null ? "" : " " + id) + "; there are "
                        + shown(database.audit().list(AuditFilter.ALL, SHOWN + 1).items().stream()
                                .map(entry -> entry.action() + " on " + entry.entityType() + " " + entry.entityId()
                                        + " by " + entry.actorLabel())
                                .toList())));
    }

    /**
     * Requires a domain event of this type whose payload has these fields, with these values, and maybe others; the message
     * shows the newest events otherwise.
     *
     * @return the newest such event
     */
    public DomainEvent assertEmitted(String eventType, Map<String, ?> payload) {
        Objects.requireNonNull(payload, "payload");
        return database.events().list(EventFilter.ALL.type(eventType), 1_000).items().stream()
                .filter(event -> Payloads.has(event.payload(), payload))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no event " + eventType + Payloads.with(payload) + "; there are "
                        + shown(database.events().list(EventFilter.ALL, SHOWN + 1).items().stream()
                                .map(event -> event.eventType() + " of " + event.aggregateType() + " "
                                        + event.aggregateId() + " " + Payloads.text(event.payload()))
                                .toList())));
    }

    /** {@link #assertEmitted(String, Map)} with any payload. */
    public DomainEvent assertEmitted(String eventType) {
        return assertEmitted(eventType, Map.of());
    }

    static String shown(List<String> all) {
        if (all.isEmpty()) {
            return "none";
        }
        String lines = all.stream().limit(SHOWN).map(line -> "\n  " + line).collect(Collectors.joining());
        return (all.size() > SHOWN ? "more than " + SHOWN + ", the newest:" : all.size() + ":") + lines;
    }

    /** Closes the database, and drops it; that of {@link #shared} stays. */
    @Override
    public void close() {
        if (isShared) {
            return;
        }
        database.close();
        try {
            admin.close();
        } catch (SQLException e) {
            // The server is gone, and the database with it.
        }
        server.drop(name);
    }
}
