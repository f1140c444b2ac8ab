/** The catalogue: models and their versions, hardware, inference frameworks, and what models are used for. */
@NullMarked
package dev.evalstore.catalog;

import org.jspecify.annotations.NullMarked;
