package dev.evalstore.internal.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on single columns, and what joins them: the one compiler of filters and searches. A value is always an argument; a
 * column is a constant of the code, never a text that a caller gave.
 *
 * <p>A condition on a column without a value is unknown to the server, which admits no row by it. {@link #not} makes that false
 * before it negates, so that two values are enough to think in.
 */
public final class Predicates {
    private static final Pattern COLUMN = Pattern.compile("[a-z_]+(\\.[a-z_]+)?");

    private static final String COMPARED = "{c} {o} {v}";
    private static final String ANY = "{c} = any (?)";
    private static final String SOME = "{c} is not null";
    private static final String NONE = "{c} is null";
    private static final String NOT = "({p}) is not true";

    private Predicates() {}

    /** How a column is compared with a value. */
    public enum Comparison {
        EQUAL("="),
        NOT_EQUAL("<>"),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">="),
        /** By a pattern whose wildcards count. */
        LIKE("like"),
        /** The same in any case. */
        ILIKE("ilike");

        private final String operator;

        Comparison(String operator) {
            this.operator = operator;
        }
    }

    /** The column compared with the value; a column without a value meets no comparison, {@code NOT_EQUAL} neither. */
    public static Sql compare(String column, Comparison comparison, Object value) {
        return compare(column(column), comparison, Sql.of("?", Objects.requireNonNull(value, "value")));
    }

    /** The same of two expressions. */
    public static Sql compare(Sql left, Comparison comparison, Sql right) {
        String text = COMPARED.replace("{o}", comparison.operator)
                .replace("{v}", right.text())
                .replace("{c}", left.text());
        return Sql.of(
                text, Stream.concat(left.args().stream(), right.args().stream()).toArray());
    }

    /** The column has the text in it, in any case; the text's wildcards stand for themselves. */
    public static Sql contains(String column, String text) {
        return compare(column, Comparison.ILIKE, Like.containing(text));
    }

    /** The column is one of the values; without values, no row meets it. */
    public static Sql in(String column, SqlArray values) {
        return in(column(column), values);
    }

    /** The same of an expression. */
    public static Sql in(Sql expression, SqlArray values) {
        Object array = Objects.requireNonNull(values, "values");
        return Sql.of(
                of(ANY, expression).text(),
                Stream.concat(expression.args().stream(), Stream.of(array)).toArray());
    }

    /** At least {@code from}, and at most {@code to}, each where it is given; empty where neither is. */
    public static List<Sql> within(String column, @Nullable Object from, @Nullable Object to) {
        List<Sql> bounds = new ArrayList<>();
        if (from != null) {
            bounds.add(compare(column, Comparison.AT_LEAST, from));
        }
        if (to != null) {
            bounds.add(compare(column, Comparison.AT_MOST, to));
        }
        return bounds;
    }

    /** The column has a value. */
    public static Sql given(String column) {
        return given(column(column));
    }

    /** The same of an expression. */
    public static Sql given(Sql expression) {
        return of(SOME, expression);
    }

    /** The column has no value. */
    public static Sql missing(String column) {
        return of(NONE, column(column));
    }

    /** What is not met: also where the server does not know. */
    public static Sql not(Sql predicate) {
        return new Sql(NOT.replace("{p}", predicate.text()), predicate.args());
    }

    /** All of them; of none, {@code true}. */
    public static Sql all(List<Sql> predicates) {
        return joined(predicates, " and ", "true");
    }

    /** At least one of them; of none, {@code false}. */
    public static Sql any(List<Sql> predicates) {
        return joined(predicates, " or ", "false");
    }

    private static Sql joined(List<Sql> predicates, String word, String ofNone) {
        if (predicates.isEmpty()) {
            return Sql.of(ofNone);
        }
        String text = String.join(word, predicates.stream().map(Sql::text).toList());
        return Sql.of(
                "(" + text + ")",
                predicates.stream()
                        .flatMap(predicate -> predicate.args().stream())
                        .toArray());
    }

    private static Sql of(String template, Sql expression) {
        return new Sql(template.replace("{c}", expression.text()), expression.args());
    }

    private static Sql column(String column) {
        if (!COLUMN.matcher(column).matches()) {
            throw new IllegalArgumentException("not a column: " + column.length() + " characters");
        }
        return Sql.of(column);
    }
}
