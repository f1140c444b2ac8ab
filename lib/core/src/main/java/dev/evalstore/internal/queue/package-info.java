/**
 * Not API: the engine that claims and ends all claimable work.
 *
 * <p>Reading order: {@code Leases} (what becomes of a lease), {@code Kind} and {@code JobKind} (what a kind of work
 * declares), {@code ClaimSql} and {@code Claims}, {@code OutcomeSql}, {@code Gates} (the locks), and {@code Rescue}.
 */
@NullMarked
package dev.evalstore.internal.queue;

import org.jspecify.annotations.NullMarked;
