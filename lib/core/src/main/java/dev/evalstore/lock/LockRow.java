package dev.evalstore.lock;

import java.time.Instant;

/** A lock as it is stored. */
record LockRow(String resource, String holder, long token, Instant acquiredAt, Instant expiresAt) {}
