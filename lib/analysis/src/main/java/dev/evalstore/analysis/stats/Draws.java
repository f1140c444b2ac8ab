package dev.evalstore.analysis.stats;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Random numbers that a seed fixes for ever, as {@link Resampling} says. Of the generator, only its 64-bit output is used,
 * which its authors published: the library may turn that into smaller numbers in another way some day.
 */
final class Draws {
    private static final long UPPER = 1L << 32;

    private final UniformRandomProvider generator;

    Draws(long seed) {
        UniformRandomProvider seeds = RandomSource.SPLIT_MIX_64.create(seed);
        generator = RandomSource.XO_RO_SHI_RO_128_PP.create(new long[] {seeds.nextLong(), seeds.nextLong()});
    }

    /** 64 bits, each of them 0 or 1 with the same probability. */
    long bits() {
        return generator.nextLong();
    }

    /** A number from 0 on and below the bound, each with the same probability: D. Lemire, 2019. */
    int below(int bound) {
        long product = (generator.nextLong() >>> 32) * bound;
        if ((product & (UPPER - 1)) < bound) {
            long uneven = (UPPER - bound) % bound;
            while ((product & (UPPER - 1)) < uneven) {
                product = (generator.nextLong() >>> 32) * bound;
            }
        }
        return (int) (product >>> 32);
    }
}
