package dev.evalstore;

import java.util.Arrays;
import java.util.Locale;

/** How connections are encrypted, and whether the server's certificate is verified; the same modes as libpq's. */
public enum SslMode {
    /** No encryption. */
    DISABLE,
    /** Encryption only if the server requires it. */
    ALLOW,
    /** Encryption if the server offers it; the certificate is not verified. The driver's default. */
    PREFER,
    /** Encryption or no connection; the certificate is not verified. */
    REQUIRE,
    /** Encryption, with a certificate that a trusted authority has signed. */
    VERIFY_CA,
    /** As {@link #VERIFY_CA}, and the certificate must name the server's host. */
    VERIFY_FULL;

    /** The name that libpq and the driver use, such as {@code verify-full}. */
    public String libpqName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The mode with this libpq name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static SslMode of(String libpqName) {
        return Arrays.stream(values())
                .filter(mode -> mode.libpqName().equals(libpqName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sslMode must be one of "
                        + String.join(
                                ", ",
                                Arrays.stream(values()).map(SslMode::libpqName).toList())));
    }
}
