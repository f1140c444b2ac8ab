/** Runs of a model on a dataset, and evaluations: the scored answers that runs produce. */
@NullMarked
package dev.evalstore.benchmark;

import org.jspecify.annotations.NullMarked;
