package dev.evalstore;

import java.util.Arrays;
import java.util.Locale;

/** How the connection is encrypted and whom it trusts; the words are libpq's. */
public enum SslMode {
    /** No encryption. */
    DISABLE,
    /** Encryption if the server insists. */
    ALLOW,
    /** Encryption if the server offers it, whoever the server is. The driver's default. */
    PREFER,
    /** Encryption or no connection, whoever the server is. */
    REQUIRE,
    /** Encryption, with a certificate that the root certificate signed. */
    VERIFY_CA,
    /** As {@link #VERIFY_CA}, and the certificate is for the host that was asked for. */
    VERIFY_FULL;

    /** The word that libpq and the driver use, such as {@code verify-full}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The mode of a libpq word.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static SslMode of(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sslMode must be one of "
                        + String.join(
                                ", ", Arrays.stream(values()).map(SslMode::word).toList())));
    }
}
