/** The audit log, which records who did what, and the monitoring events of the platform's machinery. */
@NullMarked
package dev.evalstore.audit;

import org.jspecify.annotations.NullMarked;
