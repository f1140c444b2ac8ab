/** Not API: the engine that claims and ends all claimable work. {@code Leases} comes first. */
@NullMarked
package dev.evalstore.internal.queue;

import org.jspecify.annotations.NullMarked;
