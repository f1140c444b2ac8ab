/** The library against the same work done by hand, on one server with durable settings. */
@NullMarked
package dev.evalstore.bench;

import org.jspecify.annotations.NullMarked;
