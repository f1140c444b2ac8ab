package dev.evalstore.analysis;

import dev.evalstore.NotFoundException;
import dev.evalstore.Repositories;
import dev.evalstore.tracking.StoredComparison;

/** A {@link Comparison} and where it is run. */
public final class ReadyComparison {
    private final Comparison comparison;
    private final Repositories db;

    ReadyComparison(Comparison comparison, Repositories db) {
        this.comparison = comparison;
        this.db = db;
    }

    /**
     * Reads and computes. Nothing is stored: see {@link #save} and {@link ComparisonResult#save}.
     *
     * @throws NotFoundException if a member does not exist, or the viewer may not see it
     * @throws IllegalArgumentException if a test was told that does not fit the values, or permutations that are too few for so
     *     many members
     */
    public ComparisonResult run() {
        return comparison.run(db);
    }

    /**
     * {@link #run}, then {@link ComparisonResult#save}, in two commits where this is on no transaction: nothing happens to the
     * rows if their result is stored late.
     *
     * @param name not blank, at most 200 characters
     */
    public StoredComparison save(String name) {
        return run().save(db, name);
    }
}
