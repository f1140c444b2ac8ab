package dev.evalstore;

import dev.evalstore.internal.Pbkdf2;

/**
 * Turns passwords into hashes that may be stored, and compares passwords with them. Implementations are thread-safe,
 * slow on purpose, and take as long for a wrong password as for a right one. A hash names its own method and parameters
 * (a PHC string), so that the parameters can be raised later; see {@link #needsRehash(String)}.
 */
public interface PasswordHasher {
    /**
     * The maximum number of rounds that a stored hash may ask for; more would let a planted hash keep the processor
     * busy.
     */
    int MAX_ROUNDS = 10_000_000;

    /** The JDK's PBKDF2-HMAC-SHA256 with 600,000 rounds and a salt of 16 random bytes. */
    static PasswordHasher pbkdf2() {
        return pbkdf2(600_000);
    }

    /**
     * The JDK's PBKDF2-HMAC-SHA256 with a salt of 16 random bytes. Hashes made with fewer rounds are made again at the
     * next login.
     *
     * @param rounds 1,000 to {@link #MAX_ROUNDS}; OWASP advises the default
     */
    static PasswordHasher pbkdf2(int rounds) {
        return new Pbkdf2(rounds);
    }

    /** A new hash with a new salt. */
    String hash(String password);

    /** Whether the hash was made of the password; false for a hash that cannot be read. */
    boolean verify(String password, String hash);

    /** Whether {@link #hash} would now make a stronger hash, so that this one should be replaced at the next login. */
    boolean needsRehash(String hash);
}
