package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.EcmaNumbers;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of a param: the text as it was logged, and what it was logged as.
 *
 * @param text of a string anything, also empty; of a number as Java or JSON write one, {@code NaN} and {@code Infinity} among
 *     them; of a boolean {@code true} or {@code false}. At most 20,000 characters
 */
public record ParamValue(ParamKind kind, String text) {
    private static final int MAX_LENGTH = 20_000;

    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|Infinity|NaN)");

    public ParamValue {
        Objects.requireNonNull(kind, "kind");
        Check.content("text", text);
        if (text.length() > MAX_LENGTH && text.codePointCount(0, text.length()) > MAX_LENGTH) {
            throw new IllegalArgumentException("text must have at most " + MAX_LENGTH + " characters");
        }
        if (kind == ParamKind.NUMBER && !NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("text must be a number");
        }
        if (kind == ParamKind.BOOLEAN && !text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("text must be true or false");
        }
    }

    /** None of the text. */
    @Override
    public String toString() {
        return "ParamValue[kind=" + kind + "]";
    }

    public static ParamValue of(String value) {
        return new ParamValue(ParamKind.STRING, Objects.requireNonNull(value, "value"));
    }

    public static ParamValue of(long value) {
        return new ParamValue(ParamKind.NUMBER, Long.toString(value));
    }

    /** The shortest text that is read back as this number, on every JDK the same: {@code 0.0003}, {@code 5}, {@code 1e-7}. */
    public static ParamValue of(double value) {
        // Of a zero, ECMAScript leaves out the sign.
        String text = Double.compare(value, -0.0) == 0 ? "-0" : EcmaNumbers.text(value);
        return new ParamValue(ParamKind.NUMBER, text);
    }

    public static ParamValue of(BigDecimal value) {
        return new ParamValue(
                ParamKind.NUMBER, Objects.requireNonNull(value, "value").toString());
    }

    public static ParamValue of(boolean value) {
        return new ParamValue(ParamKind.BOOLEAN, Boolean.toString(value));
    }

    /** The number that is nearest to the text; null where it was logged as something else. */
    public @Nullable Double number() {
        return kind == ParamKind.NUMBER ? (Double) Double.parseDouble(text) : null;
    }
}
