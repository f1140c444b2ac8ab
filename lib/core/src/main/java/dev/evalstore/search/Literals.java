package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The rules of which literal fits which field. */
final class Literals {
    /** The maximum of digits, and of places before and after the point: doubles need fewer. */
    static final int MAX_DIGITS = 400;

    private static final Pattern HEX_ID = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern HYPHENED_ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Literals() {}

    /** A literal that the field can be compared with. */
    static void check(Field field, Literal literal) {
        Objects.requireNonNull(literal, "literal");
        if (!fits(field.type(), literal)) {
            throw new IllegalArgumentException("literal must be " + expected(field));
        }
        if (field instanceof Attribute attribute
                && field.type() == FieldType.WORD
                && literal instanceof Literal.Text text
                && !attribute.words().contains(text.value())) {
            throw new IllegalArgumentException("literal must be " + expected(field));
        }
    }

    /** A text that any part of the field's values may be compared with. */
    static void checkTexts(Field field, Literal.Text text) {
        if (!fits(field.type(), text)) {
            throw new IllegalArgumentException("literal must be " + expected(field));
        }
    }

    private static boolean fits(FieldType type, Literal literal) {
        return switch (type) {
            case TEXT, ID, WORD -> literal instanceof Literal.Text;
            case NUMBER -> literal instanceof Literal.Number;
            case PARAM -> literal instanceof Literal.Text || literal instanceof Literal.Number;
            case TIME ->
                literal instanceof Literal.Time
                        || literal instanceof Literal.Now
                        || literal instanceof Literal.EpochMillis;
        };
    }

    /** Which literals the field is compared with, as a text has them. */
    static String expected(Field field) {
        return switch (field.type()) {
            case TEXT, ID -> "a text in quotes";
            case WORD -> "one of '" + String.join("', '", ((Attribute) field).words()) + "'";
            case NUMBER -> "a number";
            case PARAM -> "a text in quotes, or a number";
            case TIME -> "a time: '2026-01-31T12:00:00Z', '2026-01-31', now(), or milliseconds since 1970";
        };
    }

    static void checkOrdered(String name, boolean isOrdered, Literal literal) {
        if (isOrdered && literal instanceof Literal.Text) {
            throw new IllegalArgumentException(name + " must not ask for an order of texts, only of numbers and times");
        }
    }

    /** Two literals of one list. */
    static void checkSame(Literal first, Literal other) {
        if (first instanceof Literal.Text != other instanceof Literal.Text) {
            throw new IllegalArgumentException("literals must be all texts or all numbers");
        }
    }

    static void checkNumber(BigDecimal value) {
        Objects.requireNonNull(value, "value");
        if (!isNumber(value)) {
            throw new IllegalArgumentException(
                    "value must be in the range of a double, with at most " + MAX_DIGITS + " digits");
        }
    }

    static boolean isNumber(BigDecimal value) {
        return value.precision() <= MAX_DIGITS
                && Math.abs((long) value.scale()) <= MAX_DIGITS
                && Double.isFinite(value.doubleValue());
    }

    /** Whether each backslash has something to escape. */
    static boolean isPattern(String pattern) {
        int backslashes = 0;
        while (backslashes < pattern.length() && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 0;
    }

    static Optional<UUID> id(String text) {
        if (HEX_ID.matcher(text).matches()) {
            return Optional.of(UUID.fromString(text.substring(0, 8)
                    + '-'
                    + text.substring(8, 12)
                    + '-'
                    + text.substring(12, 16)
                    + '-'
                    + text.substring(16, 20)
                    + '-'
                    + text.substring(20)));
        }
        return HYPHENED_ID.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    /** The time, which {@link Check#time} is to check. */
    static Instant ofMillis(long millis) {
        return Instant.ofEpochMilli(millis);
    }
}
