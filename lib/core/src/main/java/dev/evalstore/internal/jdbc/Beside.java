package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.TxOptions;
import java.util.Optional;
import java.util.function.Function;

/** Work that commits at once, beside a transaction that waits for it. */
final class Beside {
    private Beside() {}

    static <T> Optional<T> run(Jdbc jdbc, Function<Jdbc, T> work) {
        HikariDataSource free = HikariPools.withFree(jdbc.place().pool().pool());
        if (free == null) {
            return Optional.empty();
        }
        Jdbc apart = jdbc.onPool(free).actingAs(null);
        try {
            return apart.inTransaction(TxOptions.DEFAULT.isolation(Isolation.READ_COMMITTED), (tx, connection) -> {
                tx.script("beside.settings", "set local lock_timeout = '1s'");
                return Optional.of(work.apply(tx));
            });
        } catch (DatabaseException e) {
            return Optional.empty();
        }
    }
}
