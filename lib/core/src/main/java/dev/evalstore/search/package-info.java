/**
 * The language in which experiments are searched: a text becomes a tree of typed values, which may also be made without a
 * text. Start at {@link dev.evalstore.search.Condition}; {@link dev.evalstore.search.Order} and
 * {@link dev.evalstore.search.Field} are what results are sorted by, and what is read of them.
 */
@NullMarked
package dev.evalstore.search;

import org.jspecify.annotations.NullMarked;
