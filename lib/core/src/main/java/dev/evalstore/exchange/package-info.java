/** A room: the benchmark definitions that an exchange publishes, with their versions and test cases. */
@NullMarked
package dev.evalstore.exchange;

import org.jspecify.annotations.NullMarked;
