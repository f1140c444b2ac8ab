package dev.evalstore.exchange;

import dev.evalstore.Lease;

/**
 * A verification that a worker or a person claimed.
 *
 * @param verification the verification, in progress
 * @param lease the lease that every later write of the verifier names
 */
public record ClaimedVerification(Verification verification, Lease lease) {}
