/** A room of {@code Database}: the store exported to a folder, and what is done with such a folder. */
@NullMarked
package dev.evalstore.backup;

import org.jspecify.annotations.NullMarked;
