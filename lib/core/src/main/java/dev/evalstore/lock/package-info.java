/** Locks that are leases: each ends by itself, and its token tells writes under it from writes of a later holder. */
@NullMarked
package dev.evalstore.lock;

import org.jspecify.annotations.NullMarked;
