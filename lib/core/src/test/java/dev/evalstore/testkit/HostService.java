package dev.evalstore.testkit;

import dev.evalstore.HostTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A service that binds its transaction to the thread, with the behaviour of Spring's transaction manager and proxies. */
public final class HostService {
    private final DataSource pool;
    private final ThreadLocal<@Nullable Running> running = new ThreadLocal<>();
    private boolean beginsBySql;
    private int taken;
    private int woken;
    private @Nullable Error failure;

    public HostService(DataSource pool) {
        this.pool = pool;
    }

    /** A transaction of the host, and what it was asked to do at its end. */
    private static final class Running {
        private final Connection connection;
        private final List<Runnable> before = new ArrayList<>();
        private final List<Runnable> after = new ArrayList<>();
        private boolean rollsBack;

        private Running(Connection connection) {
            this.connection = connection;
        }
    }

    /** Begins transactions by SQL, on a connection that stays in auto-commit. */
    public HostService beginningBySql() {
        beginsBySql = true;
        return this;
    }

    /** Takes no action for after a commit from now on. */
    public void failing(Error error) {
        failure = error;
    }

    /** Commits if the work returns, and rolls back if it throws. */
    public void inTransaction(Runnable work) {
        try (Connection connection = pool.getConnection()) {
            Running mine = new Running(connection);
            begin(connection);
            running.set(mine);
            boolean isDone = false;
            try {
                work.run();
                mine.before.forEach(Runnable::run);
                isDone = !mine.rollsBack;
            } finally {
                end(connection, isDone);
                running.remove();
            }
            if (isDone) {
                woken += mine.after.size();
                mine.after.forEach(Runnable::run);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void begin(Connection connection) throws SQLException {
        if (beginsBySql) {
            execute(connection, "begin");
        } else {
            connection.setAutoCommit(false);
        }
    }

    private void end(Connection connection, boolean commits) throws SQLException {
        if (beginsBySql) {
            execute(connection, commits ? "commit" : "rollback");
            return;
        }
        if (commits) {
            connection.commit();
        } else {
            connection.rollback();
        }
        connection.setAutoCommit(true);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Running here() {
        Running here = running.get();
        if (here == null) {
            throw new IllegalStateException("there is no transaction");
        }
        return here;
    }

    /** Has the transaction rolled back at its end. */
    public void rollBack() {
        here().rollsBack = true;
    }

    /** The host's own SQL. */
    public void execute(String sql) {
        try {
            execute(here().connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many actions wait for the commit. */
    public int afterCommit() {
        return here().after.size();
    }

    /** How many actions have run after commits. */
    public int woken() {
        return woken;
    }

    /** How many connections the library was lent by {@link #transactions()}. */
    public int taken() {
        return taken;
    }

    /** What the library is told of the transactions. */
    public HostTransactions transactions() {
        return new HostTransactions() {
            @Override
            public @Nullable Connection current() {
                Running here = running.get();
                if (here == null) {
                    return null;
                }
                taken++;
                return here.connection;
            }

            @Override
            public void afterCommit(Runnable action) {
                if (failure != null) {
                    throw failure;
                }
                here().after.add(action);
            }

            @Override
            public void beforeCommit(Runnable check) {
                here().before.add(check);
            }
        };
    }

    /** Hands out the transaction's connection inside one, and leaves it open when it is closed, like {@code TransactionAwareDataSourceProxy}. */
    public DataSource dataSource() {
        return new BareDataSource() {
            @Override
            protected Connection lend() throws SQLException {
                Running here = running.get();
                return here == null ? pool.getConnection() : here.connection;
            }

            @Override
            protected void takeBack(Connection connection) throws SQLException {
                Running here = running.get();
                if (here == null || here.connection != connection) {
                    connection.close();
                }
            }

            @Override
            public boolean isWrapperFor(Class<?> type) {
                return type.isInstance(pool);
            }

            @Override
            public <T> T unwrap(Class<T> type) {
                return type.cast(pool);
            }
        };
    }
}
