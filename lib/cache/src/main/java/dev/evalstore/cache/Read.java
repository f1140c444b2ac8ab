package dev.evalstore.cache;

import dev.evalstore.Repositories;
import dev.evalstore.version.Unit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cached read.
 *
 * @param unit what it shows, which is also its key
 * @param statements how many statements it takes; more than one read one snapshot
 * @param load reads it; empty where there is nothing, which is remembered too
 * @param type what is written to the shared cache
 * @param write makes that of the value
 * @param read makes the value of it
 * @param validUntil until when the value is right by the server's clock, if nothing changes; null for ever
 */
record Read<T, S>(
        CachedKind kind,
        Unit unit,
        int statements,
        Function<Repositories, Optional<T>> load,
        Class<S> type,
        Function<T, S> write,
        Function<S, T> read,
        Function<T, @Nullable Instant> validUntil) {
    /** Of a value that is written as it is. */
    static <T> Read<T, T> one(
            CachedKind kind, Unit unit, int statements, Class<T> type, Function<Repositories, Optional<T>> load) {
        return new Read<>(kind, unit, statements, load, type, Function.identity(), Function.identity(), value -> null);
    }

    /** Of a list. */
    static <T> Read<List<T>, T[]> list(
            CachedKind kind, Unit unit, Class<T[]> type, T[] none, Function<Repositories, List<T>> load) {
        return new Read<>(
                kind,
                unit,
                1,
                db -> Optional.of(load.apply(db)),
                type,
                list -> list.toArray(none),
                List::of,
                list -> null);
    }

    Read<T, S> validUntil(Function<T, @Nullable Instant> until) {
        return new Read<>(kind, unit, statements, load, type, write, read, until);
    }

    /** Whether rows and version must be of one snapshot. */
    boolean needsSnapshot() {
        return statements > 1 || kind == CachedKind.RANKINGS;
    }
}
