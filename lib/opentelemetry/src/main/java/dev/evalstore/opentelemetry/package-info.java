/**
 * Traces from what enqueues a job to the handlers that run it, by the API of OpenTelemetry. {@link
 * dev.evalstore.opentelemetry.EvalstoreTracing} is all of it; {@code lib/docs/observability.md} lists spans and attributes.
 */
@NullMarked
package dev.evalstore.opentelemetry;

import org.jspecify.annotations.NullMarked;
