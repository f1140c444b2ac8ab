/** Domain events: what happened in the store, in order, and who is told. */
@NullMarked
package dev.evalstore.event;

import org.jspecify.annotations.NullMarked;
