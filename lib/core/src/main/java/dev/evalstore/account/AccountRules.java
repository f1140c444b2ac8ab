package dev.evalstore.account;

import dev.evalstore.internal.Check;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for what users are found by, as the columns' constraints have them. */
final class AccountRules {
    static final int LONGEST_PASSWORD = 1_024;

    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Z}\\p{Cc}@]+@[^\\s\\p{Z}\\p{Cc}@]+");
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private AccountRules() {}

    static String email(@Nullable String value) {
        String text = Check.text("email", value);
        if (text.codePointCount(0, text.length()) > 320 || !EMAIL.matcher(text).matches()) {
            throw new IllegalArgumentException("email must be an address of at most 320 characters");
        }
        return text;
    }

    static String username(@Nullable String value) {
        String text = Check.text("username", value);
        if (!USERNAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "username must be letters, digits, dots, hyphens and underscores, at most 64, beginning with a letter or digit");
        }
        return text;
    }

    /** How long and how strange a password must be is the host's rule; that it is one, and no novel, is ours. */
    static String password(@Nullable String value) {
        String text = Check.content("password", value);
        if (text.isEmpty() || text.length() > LONGEST_PASSWORD) {
            throw new IllegalArgumentException("password must have 1 to " + LONGEST_PASSWORD + " characters");
        }
        return text;
    }
}
