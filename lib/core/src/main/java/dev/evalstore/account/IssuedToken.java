package dev.evalstore.account;

import dev.evalstore.internal.Secret;

/**
 * A new one-time token, with the only copy of the text that redeems it. Send it once and do not store it.
 *
 * @param token the stored part
 * @param secret {@code evt_<secret>_<checksum>}, letters, digits and underscores; {@code Json.of} leaves it out
 */
public record IssuedToken(UserToken token, @Secret String secret) {
    /** Safe to log: without the secret. */
    @Override
    public String toString() {
        return "IssuedToken[token=" + token + ", secret=***]";
    }
}
