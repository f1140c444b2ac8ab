package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a field is compared with, as the field's type has it. */
final class LiteralParser {
    /** MLflow's guide compares the status with it. It is a word of another field there, and so finds nothing. */
    private static final String MLFLOW_NO_STATUS = "ACTIVE";

    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    /** More digits overflow a long. */
    private static final int MAX_SPAN_DIGITS = 13;

    private final Scanner scanner;
    private final Field field;

    LiteralParser(Scanner scanner, Field field) {
        this.scanner = scanner;
        this.field = field;
    }

    /** The literal, or null for a word that may be asked for although no row ever has it. */
    @Nullable
    Literal next() {
        int start = scanner.position();
        FieldType type = field.type();
        if (scanner.isQuote("'\"") && type != FieldType.NUMBER) {
            String text = scanner.quoted();
            return switch (type) {
                case TIME -> time(start, text);
                case WORD -> word(start, text);
                default -> new Literal.Text(text);
            };
        }
        if (type == FieldType.TIME && scanner.acceptWord("now")) {
            scanner.require("(");
            scanner.require(")");
            return new Literal.Now(spans());
        }
        if (type == FieldType.NUMBER || type == FieldType.PARAM || type == FieldType.TIME) {
            BigDecimal number = number(start);
            return type == FieldType.TIME ? millis(start, number) : new Literal.Number(number);
        }
        throw scanner.expected(Literals.expected(field));
    }

    private BigDecimal number(int start) {
        boolean negative = scanner.acceptHere('-');
        if (!negative) {
            scanner.acceptHere('+');
        }
        String digits = scanner.number();
        if (digits.isEmpty()) {
            throw scanner.error(start, Literals.expected(field));
        }
        try {
            BigDecimal number = new BigDecimal(digits);
            if (Literals.isNumber(number)) {
                return negative ? number.negate() : number;
            }
        } catch (NumberFormatException e) {
            // Of an exponent that is too large, and so out of range like the others.
        }
        throw scanner.error(
                start, "a number in the range of a double, with at most " + Literals.MAX_DIGITS + " digits");
    }

    private Literal millis(int start, BigDecimal number) {
        try {
            return new Literal.EpochMillis(number.longValueExact());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw scanner.error(start, "whole milliseconds since 1970, in the years 1 to 9999");
        }
    }

    private Literal time(int start, String text) {
        Instant time;
        try {
            time = text.length() == "2026-01-31".length()
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw scanner.error(start, Literals.expected(field));
        }
        Duration spans = spans();
        try {
            return new Literal.Time(time.plus(spans));
        } catch (IllegalArgumentException e) {
            throw scanner.error(start, "a time in the years 1 to 9999");
        }
    }

    /** The sum of the time spans that follow, each with its sign: {@code - 7d + 12h}. */
    private Duration spans() {
        Duration sum = Duration.ZERO;
        while (true) {
            boolean negative = scanner.accept("-");
            if (!negative && !scanner.accept("+")) {
                return sum;
            }
            int start = scanner.position();
            String count = scanner.digits();
            @Nullable Duration unit = UNITS.get(scanner.word());
            if (count.isEmpty() || unit == null) {
                throw scanner.error(start, "a time span such as 90s, of ms, s, m, h, d or w");
            }
            @Nullable
            Duration span = count.length() > MAX_SPAN_DIGITS ? null : unit.multipliedBy(Long.parseLong(count));
            sum = span == null ? sum : negative ? sum.minus(span) : sum.plus(span);
            if (span == null || sum.abs().compareTo(Check.MAX_PERIOD) > 0) {
                throw scanner.error(start, "time spans of at most " + Check.MAX_PERIOD.toDays() + " days");
            }
        }
    }

    private @Nullable Literal word(int start, String text) {
        Attribute attribute = (Attribute) field;
        if (attribute == Attribute.STATUS) {
            if (text.equals(MLFLOW_NO_STATUS)) {
                return null;
            }
            text = Patterns.MLFLOW_STATUS.getOrDefault(text, text);
        }
        if (!attribute.words().contains(text)) {
            throw scanner.error(start, Literals.expected(field));
        }
        return new Literal.Text(text);
    }

    /** A pattern, escaped by backslashes whatever escapes it in the text. */
    String pattern() {
        int start = scanner.position();
        if (!scanner.isQuote("'\"")) {
            throw scanner.expected("a text in quotes");
        }
        String pattern = scanner.quoted();
        if (scanner.acceptWord("escape")) {
            pattern = escapedBy(start, escape(), pattern);
        }
        if (!Literals.isPattern(pattern)) {
            throw scanner.error(start, "a pattern that does not end with its escape");
        }
        return pattern;
    }

    private char escape() {
        int start = scanner.position();
        if (scanner.isQuote("'\"")) {
            String escape = scanner.quoted();
            if (escape.length() == 1) {
                return escape.charAt(0);
            }
        }
        throw scanner.error(start, "one character in quotes");
    }

    private String escapedBy(int start, char escape, String pattern) {
        if (escape == '\\') {
            return pattern;
        }
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == escape) {
                if (++i == pattern.length()) {
                    throw scanner.error(start, "a pattern that does not end with its escape");
                }
                escaped.append('\\').append(pattern.charAt(i));
            } else {
                escaped.append(c == '\\' ? "\\\\" : c);
            }
        }
        return escaped.toString();
    }
}
