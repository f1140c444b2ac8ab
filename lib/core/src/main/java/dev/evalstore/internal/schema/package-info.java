/** Not API: migrations and their undo, and monthly partitions. */
@NullMarked
package dev.evalstore.internal.schema;

import org.jspecify.annotations.NullMarked;
