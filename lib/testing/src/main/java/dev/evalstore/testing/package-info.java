/** PostgreSQL servers for tests, examples and measurements. */
@NullMarked
package dev.evalstore.testing;

import org.jspecify.annotations.NullMarked;
