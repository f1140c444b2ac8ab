/** The soak: the whole house at once under faults, what it was told, and whether it held. */
@NullMarked
package dev.evalstore.examples.bench.soak;

import org.jspecify.annotations.NullMarked;
