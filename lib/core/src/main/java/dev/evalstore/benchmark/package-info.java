/** Benchmark runs and the scored answers that they produce. */
@NullMarked
package dev.evalstore.benchmark;

import org.jspecify.annotations.NullMarked;
