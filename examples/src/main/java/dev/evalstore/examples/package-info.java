/** One story each, to read and to run; they start a PostgreSQL of their own. */
@NullMarked
package dev.evalstore.examples;

import org.jspecify.annotations.NullMarked;
