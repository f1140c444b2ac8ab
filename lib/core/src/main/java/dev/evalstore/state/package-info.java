/** Binary keys and values in namespaces, with expiry, checkpoints, a feed of changes, export and import. */
@NullMarked
package dev.evalstore.state;

import org.jspecify.annotations.NullMarked;
