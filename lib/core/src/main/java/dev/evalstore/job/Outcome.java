package dev.evalstore.job;

import dev.evalstore.Lease;

/** The end of an attempt by its worker: with success or with an error. */
public sealed interface Outcome permits Completion, Failure {
    /** The lease under which the attempt ran. */
    Lease lease();
}
