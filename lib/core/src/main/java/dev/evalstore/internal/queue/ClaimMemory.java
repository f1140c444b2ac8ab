package dev.evalstore.internal.queue;

import org.jspecify.annotations.Nullable;

/**
 * What a worker of this process remembers between its claims of one kind. Several threads may claim for one worker: what one of
 * them overwrites for another costs an additional look, and nothing else.
 *
 * @param <V> what a look at the lanes finds
 */
public final class ClaimMemory<V> {
    final LaneCursors cursors = new LaneCursors();
    volatile @Nullable V view;
    volatile long viewedAt;
    volatile long promotedAt = System.nanoTime() - Claims.MAX_PROMOTED * Claims.NANOS_TO_PROMOTE_ONE;
    volatile boolean wasShort = true;
}
