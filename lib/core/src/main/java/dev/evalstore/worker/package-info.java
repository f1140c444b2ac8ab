/** Workers: registrations of the processes that claim jobs, configs and verifications, and their heartbeats. */
@NullMarked
package dev.evalstore.worker;

import org.jspecify.annotations.NullMarked;
