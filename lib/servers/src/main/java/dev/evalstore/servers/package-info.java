/**
 * A real PostgreSQL as a child process: its programs from the class path, and a server in a folder. Tests, measurements
 * and the embedded store begin here; the package knows nothing of the library above it.
 */
@NullMarked
package dev.evalstore.servers;

import org.jspecify.annotations.NullMarked;
