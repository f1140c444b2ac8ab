/** What breaks things on purpose: processes that are killed, a server that crashes, a network that fails. */
@NullMarked
package dev.evalstore.testing.faults;

import org.jspecify.annotations.NullMarked;
