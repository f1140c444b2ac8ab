/** A room: experiments with their params, metrics and history, feedback, costs, and figures over evaluations. */
@NullMarked
package dev.evalstore.tracking;

import org.jspecify.annotations.NullMarked;
