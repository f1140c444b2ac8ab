package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The number of a version, by <a href="https://semver.org/spec/v2.0.0.html">Semantic Versioning 2.0.0</a>. Immutable.
 *
 * <p>{@link #compareTo} is precedence, which ignores build metadata; {@link #equals} does not ignore it. So two versions
 * that differ in build metadata alone are neither before nor after each other, and not equal: a sorted set or map keeps
 * one of them.
 *
 * @param major 0 to 2,147,483,647, as the next two
 * @param prerelease identifiers separated by dots, such as {@code rc.1}, at most 255 characters, numbers of at most 50
 *     digits; null for a release
 * @param build identifiers separated by dots, at most 255 characters, or null
 */
public record SemVer(
        int major,
        int minor,
        int patch,
        @Nullable String prerelease,
        @Nullable String build) implements Comparable<SemVer> {
    private static final int MAX_IDENTIFIERS = 255;
    private static final int MAX_DIGITS = 50;

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]*");
    private static final Pattern IDENTIFIER = Pattern.compile("[0-9A-Za-z-]+");

    /** What {@link #precedence} returns. */
    private static final Pattern PRECEDENCE = Pattern.compile("([0-9]{10} ){3}(~|[0-9A-Za-z -]{2,800})");

    public SemVer {
        Check.range("major", major, 0, Integer.MAX_VALUE);
        Check.range("minor", minor, 0, Integer.MAX_VALUE);
        Check.range("patch", patch, 0, Integer.MAX_VALUE);
        for (String identifier : identifiers("prerelease", prerelease)) {
            checkNumber(identifier);
        }
        identifiers("build", build);
    }

    /** The release with these numbers. */
    public static SemVer of(int major, int minor, int patch) {
        return new SemVer(major, minor, patch, null, null);
    }

    /**
     * Reads a text such as {@code 1.2.0}, {@code 2.0.0-rc.1} or {@code 1.0.0-beta+exp.sha.5114f85}.
     *
     * @throws IllegalArgumentException if it is no version by SemVer 2.0, or beyond the bounds of this record
     */
    public static SemVer parse(String version) {
        Objects.requireNonNull(version, "version");
        int plus = version.indexOf('+');
        String identity = plus < 0 ? version : version.substring(0, plus);
        int hyphen = identity.indexOf('-');
        String[] numbers = (hyphen < 0 ? identity : identity.substring(0, hyphen)).split("\\.", 4);
        if (numbers.length != 3
                || !Arrays.stream(numbers)
                        .allMatch(number -> NUMBER.matcher(number).matches())) {
            throw new IllegalArgumentException("version must be MAJOR.MINOR.PATCH, three numbers without leading zeros,"
                    + " perhaps with -PRERELEASE and +BUILD after them");
        }
        return new SemVer(
                number("major", numbers[0]),
                number("minor", numbers[1]),
                number("patch", numbers[2]),
                hyphen < 0 ? null : identity.substring(hyphen + 1),
                plus < 0 ? null : version.substring(plus + 1));
    }

    /**
     * The release that this number and the kind of change lead to, without prerelease and build metadata: {@code 1.4.2}
     * bumped by MINOR is {@code 1.5.0}. A prerelease counts by its numbers: {@code 2.0.0-rc.1} bumped by PATCH is {@code
     * 2.0.1}.
     *
     * @throws IllegalArgumentException if the number would exceed 2,147,483,647
     */
    public SemVer bump(Bump bump) {
        return switch (bump) {
            case MAJOR -> of(next("major", major), 0, 0);
            case MINOR -> of(major, next("minor", minor), 0);
            case PATCH -> of(major, minor, next("patch", patch));
        };
    }

    /**
     * Whether neither of the two versions breaks with the other, by their numbers alone: releases of the same major
     * number, or of the same minor number where the major one is 0. A prerelease promises nothing: it is compatible with
     * its own number alone.
     */
    public boolean isCompatibleWith(SemVer other) {
        return prerelease == null && other.prerelease == null
                ? major == other.major && (major > 0 || minor == other.minor)
                : compareTo(other) == 0;
    }

    /**
     * Precedence: by the three numbers; a prerelease is before its release. Prereleases are compared identifier by
     * identifier: numbers by their value and before texts, texts by ASCII, and the one with more identifiers is later.
     * Build metadata is ignored.
     */
    @Override
    public int compareTo(SemVer other) {
        int byNumbers = major != other.major
                ? Integer.compare(major, other.major)
                : minor != other.minor ? Integer.compare(minor, other.minor) : Integer.compare(patch, other.patch);
        if (byNumbers != 0 || prerelease == null || other.prerelease == null) {
            return byNumbers != 0 ? byNumbers : Boolean.compare(prerelease == null, other.prerelease == null);
        }
        List<String> mine = split(prerelease);
        List<String> others = split(other.prerelease);
        for (int i = 0; i < Math.min(mine.size(), others.size()); i++) {
            int byIdentifier = compare(mine.get(i), others.get(i));
            if (byIdentifier != 0) {
                return byIdentifier;
            }
        }
        return Integer.compare(mine.size(), others.size());
    }

    /** The version as text; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return major + "." + minor + "." + patch + (prerelease == null ? "" : "-" + prerelease)
                + (build == null ? "" : "+" + build);
    }

    /**
     * A text of at most 800 ASCII characters that sorts by its bytes as {@link #compareTo} orders; equal for versions that
     * are neither before nor after each other. The numbers have ten digits each. A release ends in a tilde, which is after
     * everything else. Of a prerelease, a number is 0, the number of its digits, and they; a text is 1 and itself. The
     * space between them, and the end, is before every character that an identifier may go on with, the hyphen too.
     */
    String precedence() {
        String identifiers = prerelease == null
                ? "~"
                : split(prerelease).stream()
                        .map(identifier -> isNumber(identifier)
                                ? String.format(Locale.ROOT, "0%02d%s", identifier.length(), identifier)
                                : "1" + identifier)
                        .collect(Collectors.joining(" "));
        return String.format(Locale.ROOT, "%010d %010d %010d %s", major, minor, patch, identifiers);
    }

    /** Refuses a text, from a cursor, that cannot be a {@link #precedence}. */
    static String checkPrecedence(String text) {
        if (!PRECEDENCE.matcher(text).matches()) {
            throw new IllegalArgumentException("precedence is none of a version");
        }
        return text;
    }

    private static int number(String field, String digits) {
        if (digits.length() > 10 || Long.parseLong(digits) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(field + " must be from 0 to " + Integer.MAX_VALUE);
        }
        return Integer.parseInt(digits);
    }

    private static int next(String field, int number) {
        if (number == Integer.MAX_VALUE) {
            throw new IllegalArgumentException(field + " must be from 0 to " + Integer.MAX_VALUE);
        }
        return number + 1;
    }

    private static List<String> identifiers(String field, @Nullable String value) {
        if (value == null) {
            return List.of();
        }
        if (value.length() > MAX_IDENTIFIERS) {
            throw new IllegalArgumentException(field + " must have at most " + MAX_IDENTIFIERS + " characters");
        }
        List<String> identifiers = split(value);
        for (String identifier : identifiers) {
            if (!IDENTIFIER.matcher(identifier).matches()) {
                throw new IllegalArgumentException(
                        field + " must be identifiers of ASCII letters, digits and hyphens, separated by dots");
            }
        }
        return identifiers;
    }

    private static void checkNumber(String identifier) {
        if (isNumber(identifier)
                && (identifier.length() > MAX_DIGITS
                        || !NUMBER.matcher(identifier).matches())) {
            throw new IllegalArgumentException(
                    "prerelease must have numbers of at most " + MAX_DIGITS + " digits, without leading zeros");
        }
    }

    private static List<String> split(String identifiers) {
        return List.of(identifiers.split("\\.", -1));
    }

    private static boolean isNumber(String identifier) {
        return identifier.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Numbers have no leading zeros, so the longer one is greater. */
    private static int compare(String a, String b) {
        boolean isNumber = isNumber(a);
        if (isNumber != isNumber(b)) {
            return isNumber ? -1 : 1;
        }
        return isNumber && a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }
}
