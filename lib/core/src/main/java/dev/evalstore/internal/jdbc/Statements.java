package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.OperationStats;
import dev.evalstore.StatementListener;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.Recent;
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
 * Every statement text in use, with the schema's name filled in once, its name and its counters. The texts are constants, their
 * filters, and those of further sets of state tables; the ones used last are kept.
 */
final class Statements {
    private static final Logger LOG = LoggerFactory.getLogger("dev.evalstore.sql");
    private static final Pattern NAMED = Pattern.compile("\\A\\s*/\\* ([a-z_.]+) \\*/");
    private static final Pattern SEVERAL = Pattern.compile(";\\s*\\S");
    private static final Pattern DERIVED =
            Pattern.compile("\\A\\s*(select|insert|update|delete|copy|with).*?evalstore\\.([a-z_]+)", Pattern.DOTALL);

    /** Several times as many as the library has for one set of tables. */
    private static final int MAX_TEXTS = 4_000;

    private final DatabaseOptions options;
    private final String schemaPrefix;
    private final Recent<String, PreparedText> texts = new Recent<>(MAX_TEXTS);
    private final Map<String, Counters> counters = new ConcurrentHashMap<>();
    private final DefaultIsolation isolation = new DefaultIsolation();
    private final Map<Shared<?>, Object> shared = new ConcurrentHashMap<>();

    /**
     * A statement as it is sent.
     *
     * @param several whether the text holds more than one statement
     * @param pipelined set once the driver is known to send them in one piece; see {@link Jdbc}
     */
    record PreparedText(String sql, String name, Counters counters, boolean several, AtomicBoolean pipelined) {}

    /** Counts of one operation. */
    private record Counters(LongAdder calls, LongAdder failures, LongAdder nanos) {}

    Statements(DatabaseOptions options) {
        this.options = options;
        this.schemaPrefix = quoted(options.schema()) + ".";
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
        return texts.get(sql, this::prepare);
    }

    private PreparedText prepare(String sql) {
        Matcher named = NAMED.matcher(sql);
        Matcher derived = DERIVED.matcher(sql);
        String name =
                named.find() ? named.group(1) : derived.find() ? derived.group(1) + " " + derived.group(2) : "sql";
        return new PreparedText(
                inSchema(sql),
                name,
                counters.computeIfAbsent(name, n -> new Counters(new LongAdder(), new LongAdder(), new LongAdder())),
                SEVERAL.matcher(sql).find(),
                new AtomicBoolean());
    }

    /** The text with the schema's own name in place of {@code evalstore}. */
    String inSchema(String sql) {
        return options.schema().equals(DatabaseOptions.DEFAULT_SCHEMA) ? sql : sql.replace("evalstore.", schemaPrefix);
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
        Counters counts = text.counters();
        counts.calls().increment();
        counts.nanos().add(nanos);
        if (failure != null) {
            counts.failures().increment();
        }
        if (nanos >= options.slowNanos()) {
            LOG.warn("slow statement, {} ms: {}", nanos / 1_000_000, text.sql());
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
