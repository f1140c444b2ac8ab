/**
 * What changes seldom and is read much, in memory and in Redis. Start at {@link dev.evalstore.cache.CachedStore}.
 */
@NullMarked
package dev.evalstore.cache;

import org.jspecify.annotations.NullMarked;
