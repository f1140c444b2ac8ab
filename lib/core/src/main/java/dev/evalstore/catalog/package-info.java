/** A room: models and their versions, hardware, inference frameworks, use cases and suitabilities, datasets. */
@NullMarked
package dev.evalstore.catalog;

import org.jspecify.annotations.NullMarked;
