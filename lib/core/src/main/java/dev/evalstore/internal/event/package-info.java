/** Not API: how domain events are written, and how the numbers of feeds are ordered. */
@NullMarked
package dev.evalstore.internal.event;

import org.jspecify.annotations.NullMarked;
