package dev.evalstore.event;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/** A dispatcher in a process of its own, until it is killed: {@code url user password}. */
public final class DispatcherMain {
    static final String ONCE = "once";
    static final String TOLD = "told";
    static final Duration LEASE = Duration.ofSeconds(1);

    private DispatcherMain() {}

    /** The arguments of a child for the database of a configuration. */
    static String[] arguments(DatabaseConfig config) {
        return new String[] {config.url(), String.valueOf(config.user()), String.valueOf(config.password())};
    }

    public static void main(String[] args) throws Exception {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(args[0])
                .user(args[1])
                .password(args[2])
                .poolSize(6)
                .build();
        try (Database db = Database.open(config);
                Connection own = DriverManager.getConnection(args[0], args[1], args[2]);
                EventDispatcher dispatcher = EventDispatcher.on(db)
                        .poll(Duration.ofMillis(20), Duration.ofMillis(100))
                        .notifications(config)
                        .lease(LEASE)
                        .batchSize(50)
                        .handle(
                                ONCE,
                                context -> context.<SQLException>complete(
                                        tx -> store(tx.connection(), ONCE, context.event())))
                        .handle(TOLD, context -> store(own, TOLD, context.event()))
                        .webhooks(WebhookOptions.DEFAULT.allowed(address -> address.isLoopbackAddress()))
                        .jobs()
                        .start()) {
            System.out.println("READY " + dispatcher.running());
            Thread.currentThread().join();
        }
    }

    private static void store(Connection connection, String subscription, DomainEvent event) throws SQLException {
        try (var insert = connection.prepareStatement(
                "insert into public.effects (subscription, position, thing, n) values (?, ?, ?, ?)")) {
            insert.setString(1, subscription);
            insert.setLong(2, event.position());
            insert.setString(3, event.aggregateId());
            insert.setInt(4, DispatcherTestKit.n(event));
            insert.executeUpdate();
        }
    }
}
