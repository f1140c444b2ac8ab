package dev.evalstore.account;

import dev.evalstore.internal.Secret;

/**
 * A new key, with the only copy of the text that its user must present. Show it once and do not store it.
 *
 * @param key the stored part
 * @param secret {@code evs_<key id>_<secret>_<checksum>}; {@code Json.of} leaves it out
 */
public record IssuedApiKey(ApiKey key, @Secret String secret) {
    /** Safe to log: without the secret. */
    @Override
    public String toString() {
        return "IssuedApiKey[key=" + key + ", secret=***]";
    }
}
