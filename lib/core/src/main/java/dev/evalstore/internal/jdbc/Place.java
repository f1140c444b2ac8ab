package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where the statements of a {@link Jdbc} run, and on whose behalf: on a pool, or on the connection of a transaction. With a
 * router, only reads run, each on the server that the router chooses; inside a transaction of the host, there.
 *
 * @param pool of the primary, also inside a transaction
 */
record Place(
        Source source,
        Source.Pool pool,
        @Nullable Acting acting,
        @Nullable Router router) {
    /** A read that hands out its answer piece by piece: it says so before the first piece, and is not repeated from then on. */
    @FunctionalInterface
    interface HandingOut<T extends @Nullable Object, X extends Exception> {
        T on(Jdbc jdbc, Runnable begins) throws X;
    }

    static Place of(Source.Pool pool) {
        return new Place(pool, pool, null, null);
    }

    Place on(DataSource other) {
        return of(pool.on(other));
    }

    Place bound(Source.Bound connection) {
        return new Place(connection, pool, acting, null);
    }

    Place apart() {
        return source instanceof Source.Pool all ? new Place(all.apart(), pool, acting, router) : this;
    }

    Place actingAs(@Nullable Acting who) {
        return new Place(source, pool, who, router);
    }

    /** Nobody acts by a read. */
    Place reading(Router where) {
        return new Place(source, pool, null, where);
    }

    /** The primary, and every statement. */
    Place present() {
        return new Place(source, pool, acting, null);
    }

    /** Of the pool on which statements run, or null where it cannot be seen. */
    @Nullable
    Integer maxConnections() {
        HikariDataSource hikari = source instanceof Source.Pool all ? HikariPools.behind(all.pool()) : null;
        return hikari == null ? null : hikari.getMaximumPoolSize();
    }

    /** What a read of the calling thread runs on, unless it {@link #isRouted()}. */
    Source here() {
        Source.Bound joined = source instanceof Source.Pool all ? all.joined() : null;
        return joined == null ? source : joined;
    }

    /** What any other statement runs on. */
    Source toWrite() {
        if (router != null) {
            throw new IllegalStateException("a Reading only reads");
        }
        return here();
    }

    boolean inTransaction() {
        return here() instanceof Source.Bound;
    }

    /** Whether the router chooses the server of a read of the calling thread. */
    boolean isRouted() {
        return router != null && !inTransaction();
    }

    /** Runs the read where the router says, or on the object itself; as often as needed until a server has answered. */
    <T extends @Nullable Object, X extends Exception> T read(Jdbc self, Router.Read<T, X> read) throws X {
        return handOut(self, (on, begins) -> read.on(on));
    }

    /** The same, as often as needed until the answer begins. */
    <T extends @Nullable Object, X extends Exception> T handOut(Jdbc self, HandingOut<T, X> read) throws X {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable begins = () -> begun.set(true);
        return router == null || inTransaction()
                ? read.on(self, begins)
                : router.read(self.present(), on -> read.on(on, begins), () -> !begun.get());
    }
}
