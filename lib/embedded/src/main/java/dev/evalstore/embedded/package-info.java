/**
 * A store without a server of your own: PostgreSQL in a folder, started when it is opened. For notebooks, demos and services
 * on one machine; {@code lib/docs/embedded.md} says what it is not for.
 */
@NullMarked
package dev.evalstore.embedded;

import org.jspecify.annotations.NullMarked;
