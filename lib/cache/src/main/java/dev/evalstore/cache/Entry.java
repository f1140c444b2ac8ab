package dev.evalstore.cache;

import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param value null where there is nothing
 * @param until when it is no longer held in memory, by the cache's clock
 */
record Entry(@Nullable Object value, long until) {}
