package dev.evalstore.account;

/**
 * A new key, with the only copy of what its user must present. Show it once and keep it nowhere.
 *
 * @param key what is stored of it
 * @param secret {@code evs_<key id>_<secret>_<checksum>}
 */
public record IssuedApiKey(ApiKey key, String secret) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "IssuedApiKey[key=" + key + ", secret=***]";
    }
}
