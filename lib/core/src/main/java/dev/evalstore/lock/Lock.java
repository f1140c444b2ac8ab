package dev.evalstore.lock;

import java.time.Instant;

/**
 * A lease on a resource.
 *
 * @param holder the name of the process that holds the lock, for people to read
 * @param token higher than every token that the resource had before. Pass it to whatever the holder writes to, so that
 *     a former holder is refused there
 * @param expiresAt when others may acquire the lock, by the server's clock
 */
public record Lock(String resource, String holder, long token, Instant acquiredAt, Instant expiresAt) {}
