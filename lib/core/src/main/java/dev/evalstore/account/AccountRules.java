package dev.evalstore.account;

import dev.evalstore.internal.Check;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for logins, equal to the columns' constraints. */
final class AccountRules {
    static final int MAX_PASSWORD_LENGTH = 1_024;

    private static final int MAX_EMAIL_LENGTH = 320;

    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Z}\\p{Cc}@]+@[^\\s\\p{Z}\\p{Cc}@]+");
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private AccountRules() {}

    static String email(@Nullable String value) {
        String text = Check.text("email", value);
        if (text.codePointCount(0, text.length()) > MAX_EMAIL_LENGTH
                || !EMAIL.matcher(text).matches()) {
            throw new IllegalArgumentException("email must be an address of at most 320 characters");
        }
        return text;
    }

    static String username(@Nullable String value) {
        String text = Check.text("username", value);
        if (!USERNAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "username must be letters, digits, dots, hyphens and underscores, at most 64, beginning with a"
                            + " letter or digit");
        }
        return text;
    }

    /** Bounds the work of hashing. Minimum length and complexity are the host's rules. */
    static String password(@Nullable String value) {
        String text = Check.content("password", value);
        if (!mayBePassword(text)) {
            throw new IllegalArgumentException("password must have 1 to " + MAX_PASSWORD_LENGTH + " characters");
        }
        return text;
    }

    /** Whether a user can have this password. */
    static boolean mayBePassword(String text) {
        return !text.isEmpty() && text.length() <= MAX_PASSWORD_LENGTH && Check.isStorable(text);
    }

    /** Whether a user can have this email or username; false also for what no statement can be given. */
    static boolean mayBeLogin(String text) {
        return text.length() <= 2 * MAX_EMAIL_LENGTH && Check.isStorable(text);
    }
}
