package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.OperationStats;
import dev.evalstore.StatementListener;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.Recent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statements of one schema: their texts with the schema's name filled in, their counters, and what repositories share. The texts
 * are constants, their filters, and those of further sets of state tables; the ones used last are kept, for all schemas of a pool
 * together.
 */
final class Statements {
    private static final Logger LOG = LoggerFactory.getLogger("dev.evalstore.sql");

    /** What is made for many tenants is long, and its beginning says what it is. */
    private static final int MAX_LOGGED = 4_000;

    private static final Pattern NAMED = Pattern.compile("\\A\\s*/\\* ([a-z_.]+) \\*/");
    private static final Pattern SEVERAL = Pattern.compile(";\\s*\\S");
    /** What is quoted, or the place where a further statement begins. */
    private static final Pattern NEXT = Pattern.compile("'[^']*'|;(\\s*)(?=\\S)");

    private static final Pattern DERIVED =
            Pattern.compile("\\A\\s*(select|insert|update|delete|copy|with).*?evalstore\\.([a-z_]+)", Pattern.DOTALL);

    private final DatabaseOptions options;
    private final String schemaPrefix;
    private final String routing;
    private final Texts texts;
    private final Map<String, Counters> counters;
    private final DefaultIsolation isolation;
    private final Map<Shared<?>, Object> shared = new ConcurrentHashMap<>();

    /** What all schemas of a pool have in common. */
    static final class Texts {
        /** Several times as many as the library has for one set of tables. */
        private static final int MAX = 4_000;

        private final Recent<String, Named> named = new Recent<>(MAX);
        private final Recent<Place, PreparedText> filled = new Recent<>(MAX);
    }

    /** A text as it stands in the source, whatever the schema. */
    private record Named(String name, boolean several, AtomicBoolean pipelined) {
        static Named of(String sql) {
            Matcher named = NAMED.matcher(sql);
            Matcher derived = DERIVED.matcher(sql);
            String name =
                    named.find() ? named.group(1) : derived.find() ? derived.group(1) + " " + derived.group(2) : "sql";
            return new Named(name, SEVERAL.matcher(sql).find(), new AtomicBoolean());
        }
    }

    /** A text in a schema. */
    private record Place(String schema, String sql) {}

    /**
     * A statement as it is sent.
     *
     * @param several whether the text holds more than one statement
     * @param pipelined set once the driver is known to send them in one piece; see {@link Jdbc}
     */
    record PreparedText(String sql, String name, boolean several, AtomicBoolean pipelined) {}

    /** Counts of one operation. */
    private record Counters(LongAdder calls, LongAdder failures, LongAdder nanos) {}

    Statements(DatabaseOptions options) {
        this(options, new Texts(), new ConcurrentHashMap<>(), null);
    }

    private Statements(
            DatabaseOptions options,
            Texts texts,
            Map<String, Counters> counters,
            @Nullable DefaultIsolation isolation) {
        this.options = options;
        this.routing =
                options.borrowing().shardingComments() ? "/* pgdog_sharding_key: \"" + options.schema() + "\" */ " : "";
        this.schemaPrefix = quoted(options.schema()) + ".";
        this.texts = texts;
        this.counters = counters;
        this.isolation = isolation == null ? new DefaultIsolation(routing) : isolation;
    }

    Statements onSchema(String schema, boolean sameCounters) {
        // Behind a router each schema may have a server of its own, with settings of its own.
        return new Statements(
                options.schema(schema),
                texts,
                sameCounters ? counters : new ConcurrentHashMap<>(),
                routing.isEmpty() ? isolation : null);
    }

    /** What stands before a text that is sent as it is; empty where statements are not routed. */
    String routing() {
        return routing;
    }

    /**
     * Begins a transaction on the schema's server. PgDog begins one on all servers if it knows the comment alone: a copy then
     * never ends, and one server that is away fails the transactions of all tenants. A setting places it, if the next statement
     * has no comment.
     */
    void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        if (!routing.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                // The isolation level can still be set afterwards.
                statement.execute(
                        "set local pgdog.sharding_key to '" + options.schema() + "'; show transaction_isolation");
            }
        }
    }

    DefaultIsolation isolation() {
        return isolation;
    }

    DatabaseOptions options() {
        return options;
    }

    /** The value that all repositories of one database and schema share under the key, made at first use. */
    @SuppressWarnings("unchecked") // Only the key makes what is stored under it.
    <T> T shared(Shared<T> key, Jdbc jdbc) {
        Object made = shared.get(key);
        return (T) (made != null ? made : shared.computeIfAbsent(key, k -> key.make(jdbc)));
    }

    PreparedText text(String sql) {
        return texts.filled.get(
                new Place(options.schema(), sql), place -> filled(sql, texts.named.get(sql, Named::of)));
    }

    /** The same for a text that will not come again. */
    PreparedText textOnce(String sql) {
        return filled(sql, Named.of(sql));
    }

    private PreparedText filled(String sql, Named named) {
        return new PreparedText(eachRouted(inSchema(sql)), named.name(), named.several(), named.pipelined());
    }

    /** The text with the schema's own name in place of {@code evalstore}. */
    String inSchema(String sql) {
        return options.schema().equals(DatabaseOptions.DEFAULT_SCHEMA) ? sql : sql.replace("evalstore.", schemaPrefix);
    }

    /** With the comment for a router, where that is asked for. */
    String routed(String sql) {
        return routing + sql;
    }

    /** The same for each statement of a text, since the driver sends each for itself. */
    String eachRouted(String sql) {
        if (routing.isEmpty()) {
            return sql;
        }
        Matcher next = NEXT.matcher(sql);
        return routed(next.replaceAll(found ->
                Matcher.quoteReplacement(found.group(1) == null ? found.group() : "; " + routing + found.group(1))));
    }

    /** Logs the beginning of a statement. */
    void sending(PreparedText text) {
        if (options.logStatements()) {
            LOG.info("{}", text.sql());
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("{}", text.sql());
        }
        StatementListener listener = options.listener();
        if (listener != null) {
            try {
                listener.began(text.name());
            } catch (Throwable e) {
                Foreign.warn(LOG, "the statement listener failed at the beginning of " + text.name(), e);
            }
        }
    }

    /** Counts and logs the end of a statement; values never reach a log. */
    void ended(PreparedText text, long nanos, @Nullable Throwable failure) {
        Counters counts = counters(text.name());
        counts.calls().increment();
        counts.nanos().add(nanos);
        if (failure != null) {
            counts.failures().increment();
        }
        if (nanos >= options.slowNanos()) {
            String sql = text.sql();
            LOG.warn(
                    "slow statement, {} ms: {}",
                    nanos / 1_000_000,
                    sql.length() <= MAX_LOGGED ? sql : sql.substring(0, MAX_LOGGED) + " …");
        }
        StatementListener listener = options.listener();
        if (listener != null) {
            try {
                listener.ended(text.name(), Duration.ofNanos(nanos), failure);
            } catch (Throwable e) {
                Foreign.warn(LOG, "the statement listener failed at " + text.name(), e);
            }
        }
    }

    private Counters counters(String name) {
        Counters known = counters.get(name);
        return known != null
                ? known
                : counters.computeIfAbsent(name, n -> new Counters(new LongAdder(), new LongAdder(), new LongAdder()));
    }

    List<OperationStats> operations() {
        return counters.entrySet().stream()
                .map(e -> new OperationStats(
                        e.getKey(),
                        e.getValue().calls().sum(),
                        e.getValue().failures().sum(),
                        Duration.ofNanos(e.getValue().nanos().sum())))
                .filter(o -> o.calls() > 0)
                .sorted(Comparator.comparing(OperationStats::name))
                .toList();
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
