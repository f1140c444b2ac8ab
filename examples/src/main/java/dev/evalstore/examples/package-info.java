/** Stories to read and to run, one a class; each starts a PostgreSQL of its own. */
@NullMarked
package dev.evalstore.examples;

import org.jspecify.annotations.NullMarked;
