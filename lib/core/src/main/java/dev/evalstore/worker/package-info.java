/** Workers: registrations of the processes that claim jobs and configs, and their heartbeats. */
@NullMarked
package dev.evalstore.worker;

import org.jspecify.annotations.NullMarked;
