package dev.evalstore.lock;

import java.time.Instant;

/**
 * A lease on a resource.
 *
 * @param resource what is locked
 * @param holder who holds it, for people to read
 * @param token higher than every token that the resource had before; hand it to whatever the holder writes to, so that a holder
 *     from before is refused there
 * @param acquiredAt when it was acquired
 * @param expiresAt from when on anybody else may acquire it, by the server's clock
 */
public record Lock(String resource, String holder, long token, Instant acquiredAt, Instant expiresAt) {}
