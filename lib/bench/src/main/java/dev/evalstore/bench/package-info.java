/** Measurements: the library against the same work by hand and against its peers, on one durable server. */
@NullMarked
package dev.evalstore.bench;

import org.jspecify.annotations.NullMarked;
