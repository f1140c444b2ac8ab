package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A savepoint by statements of the library's own. Those of the driver say to no router which server they are for. Each ends
 * what it has begun, so one name is enough: of those within each other, it is the innermost's.
 *
 * @param routing stands before each statement
 */
record Savepoint(Connection connection, String routing) {
    void set() {
        execute("savepoint ");
    }

    void release() {
        execute("release savepoint ");
    }

    void rollBack() {
        execute("rollback to savepoint ");
        release();
    }

    private void execute(String verb) {
        try {
            VirtualThreads.uninterrupted(() -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute(routing + verb + "evalstore");
                }
            });
        } catch (SQLException e) {
            throw Errors.translate(e, "savepoint", false);
        }
    }
}
