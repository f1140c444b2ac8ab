/** Not API: configuration as environment variables and URLs spell it, and the pools made from it. */
@NullMarked
package dev.evalstore.internal.config;

import org.jspecify.annotations.NullMarked;
