/** Statistics, comparisons, exports and reports over what an evalstore holds. */
@NullMarked
package dev.evalstore.analysis;

import org.jspecify.annotations.NullMarked;
