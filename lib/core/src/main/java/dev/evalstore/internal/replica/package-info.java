/** Replicas: what is known of them, and where a read goes. */
@NullMarked
package dev.evalstore.internal.replica;

import org.jspecify.annotations.NullMarked;
