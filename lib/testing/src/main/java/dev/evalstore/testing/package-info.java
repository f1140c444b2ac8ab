/** Servers for tests, examples and measurements; {@code faults} breaks them on purpose. */
@NullMarked
package dev.evalstore.testing;

import org.jspecify.annotations.NullMarked;
