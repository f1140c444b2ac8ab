/** Governance: members propose changes of the exchange, review and amend them, and vote. */
@NullMarked
package dev.evalstore.governance;

import org.jspecify.annotations.NullMarked;
