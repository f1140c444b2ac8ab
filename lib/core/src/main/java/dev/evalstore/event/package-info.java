/** Domain events: what happened in the store, in order, and subscriptions to it. */
@NullMarked
package dev.evalstore.event;

import org.jspecify.annotations.NullMarked;
