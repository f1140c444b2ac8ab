/**
 * The entry points: {@link dev.evalstore.Database} opens a pool and hands out repositories, {@link dev.evalstore.Tx} is the
 * same list of repositories inside one transaction, and {@link dev.evalstore.DatabaseException} is the root of all failures.
 */
@NullMarked
package dev.evalstore;

import org.jspecify.annotations.NullMarked;
