/** Locks on named resources, with a deadline and a fencing token, and leader election on top of them. */
@NullMarked
package dev.evalstore.lock;

import org.jspecify.annotations.NullMarked;
