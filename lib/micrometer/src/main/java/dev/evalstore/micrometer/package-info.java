/**
 * What a store and its workers do, in Micrometer's meters and observations. {@link dev.evalstore.micrometer.EvalstoreMetrics}
 * binds the meters; {@code lib/docs/observability.md} lists them.
 */
@NullMarked
package dev.evalstore.micrometer;

import org.jspecify.annotations.NullMarked;
