/** Locks that are leases: they end by themselves, and what was done under one can be told from what was done after it. */
@NullMarked
package dev.evalstore.lock;

import org.jspecify.annotations.NullMarked;
