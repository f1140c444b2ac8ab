/** Not API: the only package that opens a statement. */
@NullMarked
package dev.evalstore.internal.jdbc;

import org.jspecify.annotations.NullMarked;
