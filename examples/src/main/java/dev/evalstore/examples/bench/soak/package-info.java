/**
 * The soak: the whole house at once under faults, what it was told, and whether it held. {@code SoakRun} is the order of events.
 * The clients are processes ({@code SoakClient}, started and struck down by {@code Fleet}), each with several rooms ({@code Room}): what
 * they write goes into a {@code Journal} before and after. {@code FaultPlan} deals the faults of a seed, {@code Faults} strikes.
 * Afterwards each {@code …Check} holds the journals against the database, its {@code Evidence}, and names every {@code Violations}.
 */
@NullMarked
package dev.evalstore.examples.bench.soak;

import org.jspecify.annotations.NullMarked;
