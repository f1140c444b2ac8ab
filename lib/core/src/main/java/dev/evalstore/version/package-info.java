/** Versions of what caches hold. */
@NullMarked
package dev.evalstore.version;

import org.jspecify.annotations.NullMarked;
