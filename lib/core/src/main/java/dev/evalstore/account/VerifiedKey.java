package dev.evalstore.account;

/**
 * A key that was accepted, and for whom it acts.
 *
 * @param user whose key it is
 * @param key the key
 */
public record VerifiedKey(User user, ApiKey key) {}
