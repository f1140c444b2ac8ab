/** The configuration matrix, the results of inference benchmarks, and what is derived from them. */
@NullMarked
package dev.evalstore.matrix;

import org.jspecify.annotations.NullMarked;
