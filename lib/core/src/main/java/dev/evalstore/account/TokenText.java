package dev.evalstore.account;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a one-time token: {@code evt_<secret>_<checksum>}, as strong as a key's and written like it, see {@link
 * KeyText}. It is found by the hash of its secret.
 */
record TokenText(String secret) {
    private static final Pattern FORM = Pattern.compile("evt_([0-9A-Za-z]{43})_[0-9A-Za-z]{6}");
    private static final int LENGTH = 54;

    static TokenText random() {
        return new TokenText(KeyText.randomSecret());
    }

    /** Null if the text is no token. */
    static @Nullable TokenText parse(String presented) {
        Matcher form = FORM.matcher(presented);
        if (presented.length() != LENGTH || !form.matches()) {
            return null;
        }
        TokenText token = new TokenText(form.group(1));
        return presented.endsWith(KeyText.checksum(token.body())) ? token : null;
    }

    String text() {
        return body() + "_" + KeyText.checksum(body());
    }

    byte[] hash() {
        return KeyText.sha256(secret);
    }

    private String body() {
        return "evt_" + secret;
    }

    /** Safe to log: without the secret. */
    @Override
    public String toString() {
        return "evt_***";
    }
}
