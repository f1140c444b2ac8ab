package dev.evalstore.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * A pool that remembers each statement which is prepared through it, by the name in its leading comment, and what was bound: so that
 * the same statement can be run by hand, or be explained.
 */
final class Recorder {
    private final DataSource pool;
    private final Map<String, Recorded> byName = new ConcurrentHashMap<>();

    /** A statement and the calls that bound its arguments. */
    record Recorded(String sql, List<Binding> bindings) {
        /** Binds what was bound then, but for the first so many, from 1 on. */
        void bind(PreparedStatement statement, int skipped) throws SQLException {
            for (Binding binding : bindings) {
                int at = (Integer) binding.arguments()[0] - skipped;
                if (at > 0) {
                    Object[] arguments = binding.arguments().clone();
                    arguments[0] = at;
                    invoke(binding.setter(), statement, arguments);
                }
            }
        }
    }

    /** One call of a setter. */
    record Binding(Method setter, Object[] arguments) {}

    Recorder(DataSource pool) {
        this.pool = pool;
    }

    /** The pool to give to the library. */
    DataSource pool() {
        return proxy(DataSource.class, (method, arguments) -> {
            Object result = invoke(method, pool, arguments);
            return result instanceof Connection connection ? recording(connection) : result;
        });
    }

    private Connection recording(Connection connection) {
        return proxy(Connection.class, (method, arguments) -> {
            Object result = invoke(method, connection, arguments);
            if (!method.getName().equals("prepareStatement")) {
                return result;
            }
            Recorded recorded = new Recorded((String) arguments[0], new ArrayList<>());
            byName.put(name(recorded.sql()), recorded);
            return recording((PreparedStatement) result, recorded);
        });
    }

    private static PreparedStatement recording(PreparedStatement statement, Recorded recorded) {
        return proxy(PreparedStatement.class, (method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length >= 2 && arguments[0] instanceof Integer) {
                recorded.bindings().add(new Binding(method, arguments.clone()));
            }
            return invoke(method, statement, arguments);
        });
    }

    /** The last statement of that name. */
    Recorded last(String name) {
        return Objects.requireNonNull(byName.get(name), name);
    }

    /** What the server says that it does for the last statement of that name; of several sent together, for the last. */
    List<String> explain(String name) throws SQLException {
        Recorded recorded = last(name);
        int before = recorded.sql().lastIndexOf(';') + 1;
        int skipped = (int) recorded.sql()
                .substring(0, before)
                .chars()
                .filter(c -> c == '?')
                .count();
        List<String> lines = new ArrayList<>();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(
                    "explain (analyze, buffers, costs off) " + recorded.sql().substring(before))) {
                recorded.bind(statement, skipped);
                try (ResultSet plan = statement.executeQuery()) {
                    while (plan.next()) {
                        lines.add(plan.getString(1));
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
        return lines;
    }

    private static String name(String sql) {
        String text = sql.strip();
        return text.startsWith("/* ") ? text.substring(3, text.indexOf(" */")) : text;
    }

    /** What a proxy does with a call. */
    private interface Call {
        Object on(Method method, Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call.on(method, arguments == null ? new Object[0] : arguments)));
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws SQLException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
