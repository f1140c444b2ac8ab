/**
 * The soak: the whole house at once under faults, what it was told, and whether it held. {@code SoakRun} is the order of events.
 * The clients are processes ({@code SoakClient}, started and struck down by {@code Fleet}), each with several rooms ({@code Room}): what
 * they write goes into a {@code Journal} before and after. {@code FaultPlan} deals the faults of a seed, {@code Faults} strikes.
 * Afterwards each {@code …Check} holds its {@code Evidence}, the journals and the database, against each other, and adds what does not
 * fit to the {@code Violations}.
 */
@NullMarked
package dev.evalstore.bench.soak;

import org.jspecify.annotations.NullMarked;
