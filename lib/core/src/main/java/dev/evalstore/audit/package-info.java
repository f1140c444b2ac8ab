/** Who did what, and what happened: the audit trail and the monitoring events. */
@NullMarked
package dev.evalstore.audit;

import org.jspecify.annotations.NullMarked;
