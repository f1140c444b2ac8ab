/** Not API: what the other packages of the artifact share. */
@NullMarked
package dev.evalstore.analysis.internal;

import org.jspecify.annotations.NullMarked;
