/**
 * The soak: the whole library at once under faults, and a check of what its clients were answered against what is
 * stored. {@code SoakRun} has the order of events.
 *
 * <p>The clients are processes ({@code SoakClient}, started and struck down by {@code Fleet}). Each has several rooms
 * ({@code Room}), which record their writes in a {@code Journal} before and after. {@code FaultPlan} deals the faults
 * of a seed, {@code Faults} strikes. Afterwards each {@code …Check} compares its {@code Evidence}, the journals and the
 * database, and adds what does not fit to the {@code Violations}.
 */
@NullMarked
package dev.evalstore.bench.soak;

import org.jspecify.annotations.NullMarked;
