/**
 * Not API: the only package that opens a statement.
 *
 * <p>Reading order: {@link dev.evalstore.internal.jdbc.Sql} (a statement and its arguments), {@link
 * dev.evalstore.internal.jdbc.Columns} and {@link dev.evalstore.internal.jdbc.Row} (values on the way in and out),
 * {@link dev.evalstore.internal.jdbc.Table} (one declaration and the statements that come from it), {@link
 * dev.evalstore.internal.jdbc.Jdbc} (runs statements), then {@code Transactions} and {@code UnknownOutcome} (commit,
 * roll back, and what is known when an answer is lost). The other classes serve these.
 */
@NullMarked
package dev.evalstore.internal.jdbc;

import org.jspecify.annotations.NullMarked;
