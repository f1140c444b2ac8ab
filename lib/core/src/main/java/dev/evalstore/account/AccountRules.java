package dev.evalstore.account;

import dev.evalstore.internal.Check;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for logins and profiles, equal to the columns' constraints. */
final class AccountRules {
    static final int MAX_PASSWORD_LENGTH = 1_024;

    private static final int MAX_EMAIL_LENGTH = 320;

    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Z}\\p{Cc}@]+@[^\\s\\p{Z}\\p{Cc}@]+");
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final Pattern GITHUB_USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,38}");
    private static final Pattern ORCID = Pattern.compile("[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]");

    private AccountRules() {}

    static String email(@Nullable String value) {
        return address("email", value);
    }

    static @Nullable String publicEmailOrNull(@Nullable String value) {
        return value == null ? null : address("publicEmail", value);
    }

    private static String address(String field, @Nullable String value) {
        String text = Check.text(field, value);
        if (text.codePointCount(0, text.length()) > MAX_EMAIL_LENGTH
                || !EMAIL.matcher(text).matches()) {
            throw new IllegalArgumentException(field + " must be an address of at most 320 characters");
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

    static @Nullable String bioOrNull(@Nullable String value) {
        return Check.textOrNull("bio", value, 5_000);
    }

    static @Nullable String affiliationOrNull(@Nullable String value) {
        return Check.textOrNull("affiliation", value, 200);
    }

    static @Nullable String githubUsernameOrNull(@Nullable String value) {
        if (value != null
                && !GITHUB_USERNAME.matcher(Check.text("githubUsername", value)).matches()) {
            throw new IllegalArgumentException(
                    "githubUsername must be letters, digits, hyphens and underscores, at most 39, beginning with a letter"
                            + " or digit");
        }
        return value;
    }

    static @Nullable String orcidOrNull(@Nullable String value) {
        if (value != null
                && !(ORCID.matcher(Check.text("orcid", value)).matches() && isOrcid(value.replace("-", "")))) {
            throw new IllegalArgumentException(
                    "orcid must be 15 digits and their check character, in four groups joined by hyphens");
        }
        return value;
    }

    /** ISO 7064, MOD 11-2, by which the check character of ten is an X. */
    private static boolean isOrcid(String characters) {
        int total = 0;
        for (int i = 0; i < characters.length(); i++) {
            char c = characters.charAt(i);
            total = 2 * total + (c == 'X' ? 10 : c - '0');
        }
        return total % 11 == 1;
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
        return !text.isEmpty()
                && text.codePointCount(0, text.length()) <= MAX_PASSWORD_LENGTH
                && Check.isStorable(text);
    }

    /** Whether a user can have this email or username; false also for what no statement can be given. */
    static boolean mayBeLogin(String text) {
        return text.length() <= 2 * MAX_EMAIL_LENGTH && Check.isStorable(text);
    }
}
