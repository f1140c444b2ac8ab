package dev.evalstore.cache;

import java.time.Duration;

/**
 * What a {@link CachedStore} has done since it was opened.
 *
 * @param hits reads that were answered from memory
 * @param joins reads that waited for another one's load
 * @param sharedHits loads that were answered from the shared cache
 * @param sharedErrors failures of the shared cache, and values of it that could not be read
 * @param loads loads from the database
 * @param failures loads that failed
 * @param loadTime the time of all loads, from the database and from the shared cache
 * @param evictions entries that memory had no room for, or that were held long enough
 * @param invalidations entries that a change removed
 * @param polls how often the database said what had changed
 * @param pollFailures how often it could not
 * @param entries entries in memory now, about
 */
public record CacheStats(
        long hits,
        long joins,
        long sharedHits,
        long sharedErrors,
        long loads,
        long failures,
        Duration loadTime,
        long evictions,
        long invalidations,
        long polls,
        long pollFailures,
        long entries) {
    /** The share of reads that were answered from memory, 0 to 1; 1 without any read. */
    public double hitRate() {
        long reads = hits + joins + sharedHits + loads + failures;
        return reads == 0 ? 1 : (double) hits / reads;
    }
}
