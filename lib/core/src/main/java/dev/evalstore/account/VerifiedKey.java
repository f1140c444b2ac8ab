package dev.evalstore.account;

/** A key that was accepted, and the user that it acts for. */
public record VerifiedKey(User user, ApiKey key) {}
