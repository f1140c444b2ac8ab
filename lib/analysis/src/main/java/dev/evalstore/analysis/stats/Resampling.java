package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;

/**
 * How samples are drawn again and again, by {@link Bootstrap}, {@link PermutationTest} and {@link KrippendorffAlpha}. The
 * generator is xoshiro's kin xoroshiro128++ (D. Blackman and S. Vigna, 2019), its state filled from the seed by
 * SplitMix64; numbers below a bound are drawn by Lemire's method from the upper 32 bits. So a seed means the same on
 * every JDK and machine: the same data, seed and number of resamples give the same resamples to the bit, and what is read
 * off them by arithmetic alone. The ends of {@link Bootstrap.Kind#BCA} take powers of e too, whose last bits differ
 * between JDKs and processors: ten of their digits are the same.
 *
 * @param seed any number; other seeds show how much a result hangs on chance
 * @param resamples how many, {@value #MIN_RESAMPLES} to {@value #MAX_RESAMPLES}. Time grows with this number times that of
 *     the values
 */
public record Resampling(long seed, int resamples) {
    /** The minimum number of resamples. */
    public static final int MIN_RESAMPLES = 100;

    /** The maximum number of resamples. */
    public static final int MAX_RESAMPLES = 1_000_000;

    /** The number of resamples unless another is asked for. */
    public static final int DEFAULT_RESAMPLES = 10_000;

    /** @throws IllegalArgumentException if the number of resamples is out of range */
    public Resampling {
        Inputs.range("resamples", resamples, MIN_RESAMPLES, MAX_RESAMPLES);
    }

    /** {@value #DEFAULT_RESAMPLES} resamples by this seed. */
    public static Resampling seeded(long seed) {
        return new Resampling(seed, DEFAULT_RESAMPLES);
    }

    /** The same seed with this number of resamples. */
    public Resampling resamples(int resamples) {
        return new Resampling(seed, resamples);
    }

    /** The numbers of this seed, from the first on. */
    Draws draws() {
        return new Draws(seed);
    }
}
