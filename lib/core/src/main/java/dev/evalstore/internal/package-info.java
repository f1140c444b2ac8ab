/** Not API: what the repositories share. */
@NullMarked
package dev.evalstore.internal;

import org.jspecify.annotations.NullMarked;
