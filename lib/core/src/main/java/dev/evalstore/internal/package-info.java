/** Not API: values that every other package uses, such as checks of input, ids, JSON and batches. */
@NullMarked
package dev.evalstore.internal;

import org.jspecify.annotations.NullMarked;
