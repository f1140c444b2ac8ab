/** Organizations and their members. */
@NullMarked
package dev.evalstore.organization;

import org.jspecify.annotations.NullMarked;
