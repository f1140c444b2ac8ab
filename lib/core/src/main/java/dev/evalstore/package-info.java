/**
 * The entry points: {@link dev.evalstore.Database} opens a pool and returns repositories, {@link dev.evalstore.Tx} is
 * the same list of repositories inside one transaction. {@link dev.evalstore.Rows} holds the contract that repositories
 * share, and {@link dev.evalstore.DatabaseException} is the root of all failures.
 */
@NullMarked
package dev.evalstore;

import org.jspecify.annotations.NullMarked;
