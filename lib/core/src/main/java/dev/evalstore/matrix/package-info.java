/** A room: the configs to benchmark, the results that were measured, and rankings of model versions. */
@NullMarked
package dev.evalstore.matrix;

import org.jspecify.annotations.NullMarked;
