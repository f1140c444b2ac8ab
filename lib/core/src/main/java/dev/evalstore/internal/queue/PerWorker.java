package dev.evalstore.internal.queue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What the workers that claim through one pool remember between claims, each by its generation. */
public final class PerWorker<M> {
    private static final int MAX = 10_000;

    private final Map<Long, M> byGeneration = new ConcurrentHashMap<>();
    private final Supplier<M> fresh;

    public PerWorker(Supplier<M> fresh) {
        this.fresh = fresh;
    }

    /** The worker's memory. Nobody says when a worker has left: where there are too many, all begin anew. */
    public M of(long generation) {
        if (byGeneration.size() > MAX) {
            byGeneration.clear();
        }
        return byGeneration.computeIfAbsent(generation, key -> fresh.get());
    }
}
