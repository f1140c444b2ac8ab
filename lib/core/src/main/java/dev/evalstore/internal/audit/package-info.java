/** Not API: how rows of the audit log are written. */
@NullMarked
package dev.evalstore.internal.audit;

import org.jspecify.annotations.NullMarked;
