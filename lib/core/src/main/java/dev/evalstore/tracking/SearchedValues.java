package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Predicates;
import dev.evalstore.internal.jdbc.Predicates.Comparison;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Clause;
import dev.evalstore.search.Literal;
import dev.evalstore.search.Operator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a clause asks of a value that is in a column: any but whether it is missing. A column without a value meets none of it, or
 * the server does not know.
 */
final class SearchedValues {
    private static final String NUMBER = "{c} < 'NaN'";
    private static final String NAN = "{c} = 'NaN'";
    private static final String CAST = "{c}::text";
    private static final String MILLIS = "date_trunc('milliseconds', {c})";
    private static final String LATER = "statement_timestamp() + ? * interval '1 microsecond'";
    private static final String ANY_LATER =
            "{c} = any (select statement_timestamp() + l.micros * interval '1 microsecond' from unnest(?) as l (micros))";
    /** As the index has it. */
    private static final String BEGINNING = "\"left\"(p.text_value, 200)";

    private static final int INDEXED = 200;
    /** Columns that are sorted by code points would have only ASCII's letters in two cases. */
    private static final String LOCALE = "collate \"default\"";

    private static final Sql TRUE = Sql.of("true");
    private static final Sql FALSE = Sql.of("false");

    private SearchedValues() {}

    /** What is asked of a row's double. */
    static Sql real(Clause clause, String column) {
        if (clause instanceof Clause.IsNan isNan) {
            return of(isNan.negated() ? NUMBER : NAN, column);
        }
        if (clause instanceof Clause.Compare compare) {
            return compared(column, compare.operator(), compare.literal());
        }
        if (clause instanceof Clause.Between between) {
            Operator low = between.negated() ? Operator.LESS : Operator.GREATER_OR_EQUAL;
            Operator high = between.negated() ? Operator.GREATER : Operator.LESS_OR_EQUAL;
            List<Sql> bounds = List.of(compared(column, low, between.low()), compared(column, high, between.high()));
            return between.negated() ? Predicates.any(bounds) : Predicates.all(bounds);
        }
        if (clause instanceof Clause.In in) {
            return listed(
                    in,
                    Predicates.given(column),
                    Predicates.in(
                            column, SqlArray.reals(in.literals(), literal -> ((Literal.Number) literal).asDouble())),
                    of(NUMBER, column));
        }
        return Predicates.given(column);
    }

    /** To the server, a NaN is greater than all numbers. */
    private static Sql compared(String column, Operator operator, Literal literal) {
        Sql met = Predicates.compare(column, comparison(operator), ((Literal.Number) literal).asDouble());
        boolean admitsNan =
                operator == Operator.NOT_EQUAL || operator == Operator.GREATER || operator == Operator.GREATER_OR_EQUAL;
        return admitsNan ? Predicates.all(List.of(met, of(NUMBER, column))) : met;
    }

    static Sql param(Clause clause) {
        boolean isOfText = clause instanceof Clause.Compare compare && compare.literal() instanceof Literal.Text
                || clause instanceof Clause.In in
                        && !in.literals().isEmpty()
                        && in.literals().get(0) instanceof Literal.Text
                || clause instanceof Clause.Like;
        if (isOfText) {
            return texts(clause, Sql.of("p.text_value"), Sql.of(BEGINNING));
        }
        boolean isOfAny = clause instanceof Clause.IsNull
                || clause instanceof Clause.In in && in.literals().isEmpty();
        return real(clause, isOfAny ? "p.text_value" : "p.number_value");
    }

    static Sql attribute(Clause clause, Attribute attribute, String column) {
        if (clause instanceof Clause.IsNull) {
            return Predicates.given(column);
        }
        return switch (attribute.type()) {
            case NUMBER -> numbers(clause, column);
            case TIME -> times(clause, column);
            case ID -> ids(clause, column);
            case WORD -> texts(clause instanceof Clause.Like like ? words(like) : clause, Sql.of(column));
            case TEXT, PARAM -> texts(clause, Sql.of(column));
        };
    }

    /** Few words are matched here, with those of MLflow. */
    private static Clause words(Clause.Like like) {
        List<Literal> words =
                like.words().stream().<Literal>map(Literal.Text::new).toList();
        return new Clause.In(like.field(), words, like.negated());
    }

    static Sql texts(Clause clause, Sql value) {
        return texts(clause, value, null);
    }

    /** @param beginning the value's first characters, by which an index finds it */
    private static Sql texts(Clause clause, Sql value, @Nullable Sql beginning) {
        if (clause instanceof Clause.Compare compare) {
            String text = text(compare.literal());
            if (compare.operator() == Operator.NOT_EQUAL) {
                return Predicates.compare(value, Comparison.NOT_EQUAL, Sql.of("?", text));
            }
            return begun(
                    beginning == null ? null : Predicates.compare(beginning, Comparison.EQUAL, Sql.of("?", cut(text))),
                    isCut(text),
                    Predicates.compare(value, Comparison.EQUAL, Sql.of("?", text)));
        }
        if (clause instanceof Clause.In in) {
            SqlArray all = SqlArray.texts(in.literals(), SearchedValues::text);
            Sql found = begun(
                    beginning == null
                            ? null
                            : Predicates.in(beginning, SqlArray.texts(in.literals(), literal -> cut(text(literal)))),
                    in.literals().stream().anyMatch(literal -> isCut(text(literal))),
                    Predicates.in(value, all));
            return listed(in, Predicates.given(value), found, TRUE);
        }
        if (clause instanceof Clause.Like like) {
            Sql pattern = Sql.of("?", like.pattern());
            Sql liked = like.anyCase()
                    ? Predicates.compare(value.and(LOCALE), Comparison.ILIKE, pattern)
                    : Predicates.compare(value, Comparison.LIKE, pattern);
            return like.negated() ? Predicates.all(List.of(Predicates.given(value), Predicates.not(liked))) : liked;
        }
        return Predicates.given(value);
    }

    private static Sql begun(@Nullable Sql begins, boolean isCut, Sql whole) {
        return begins == null ? whole : isCut ? Predicates.all(List.of(begins, whole)) : begins;
    }

    /** Whether more may follow than the index has. */
    private static boolean isCut(String text) {
        return text.codePointCount(0, text.length()) >= INDEXED;
    }

    private static String cut(String text) {
        return isCut(text) ? text.substring(0, text.offsetByCodePoints(0, INDEXED)) : text;
    }

    /** One that is no id equals none. */
    private static Sql ids(Clause clause, String column) {
        if (clause instanceof Clause.Compare compare) {
            UUID id = ((Literal.Text) compare.literal()).id().orElse(null);
            boolean isEqual = compare.operator() == Operator.EQUAL;
            if (id == null) {
                return isEqual ? FALSE : Predicates.given(column);
            }
            return Predicates.compare(column, comparison(compare.operator()), id);
        }
        if (clause instanceof Clause.In in) {
            List<UUID> ids = in.literals().stream()
                    .flatMap(literal -> ((Literal.Text) literal).id().stream())
                    .toList();
            return listed(in, Predicates.given(column), Predicates.in(column, SqlArray.uuids(ids)), TRUE);
        }
        return texts(clause, of(CAST, column));
    }

    private static Sql numbers(Clause clause, String column) {
        if (clause instanceof Clause.Compare compare) {
            return Predicates.compare(column, comparison(compare.operator()), decimal(compare.literal()));
        }
        if (clause instanceof Clause.Between between) {
            Sql within = Predicates.all(Predicates.within(column, decimal(between.low()), decimal(between.high())));
            return between.negated()
                    ? Predicates.all(List.of(Predicates.given(column), Predicates.not(within)))
                    : within;
        }
        Clause.In in = (Clause.In) clause;
        Sql found = Predicates.in(column, SqlArray.numerics(in.literals(), SearchedValues::decimal));
        return listed(in, Predicates.given(column), found, TRUE);
    }

    private static Sql times(Clause clause, String column) {
        if (clause instanceof Clause.Compare compare) {
            return time(column, compare.operator(), compare.literal());
        }
        if (clause instanceof Clause.Between between) {
            Sql within = Predicates.all(List.of(
                    time(column, Operator.GREATER_OR_EQUAL, between.low()),
                    time(column, Operator.LESS_OR_EQUAL, between.high())));
            return between.negated()
                    ? Predicates.all(List.of(Predicates.given(column), Predicates.not(within)))
                    : within;
        }
        Clause.In in = (Clause.In) clause;
        List<Literal.Time> times = only(in, Literal.Time.class);
        List<Literal.EpochMillis> millis = only(in, Literal.EpochMillis.class);
        List<Literal.Now> relative = only(in, Literal.Now.class);
        List<Sql> found = new ArrayList<>();
        if (!times.isEmpty()) {
            found.add(Predicates.in(column, SqlArray.instants(times, Literal.Time::value)));
        }
        if (!millis.isEmpty()) {
            found.add(Predicates.in(of(MILLIS, column), SqlArray.instants(millis, Literal.EpochMillis::start)));
        }
        if (!relative.isEmpty()) {
            SqlArray micros = SqlArray.bigints(relative, SearchedValues::micros);
            found.add(Sql.of(of(ANY_LATER, column).text(), micros));
        }
        return listed(in, Predicates.given(column), Predicates.any(found), TRUE);
    }

    private static Sql time(String column, Operator operator, Literal literal) {
        if (literal instanceof Literal.EpochMillis millis) {
            Object start = millis.start();
            Object next = millis.start().plusMillis(1);
            return switch (operator) {
                case EQUAL ->
                    Predicates.all(List.of(
                            Predicates.compare(column, Comparison.AT_LEAST, start),
                            Predicates.compare(column, Comparison.LESS, next)));
                case NOT_EQUAL ->
                    Predicates.any(List.of(
                            Predicates.compare(column, Comparison.LESS, start),
                            Predicates.compare(column, Comparison.AT_LEAST, next)));
                case LESS -> Predicates.compare(column, Comparison.LESS, start);
                case LESS_OR_EQUAL -> Predicates.compare(column, Comparison.LESS, next);
                case GREATER -> Predicates.compare(column, Comparison.AT_LEAST, next);
                case GREATER_OR_EQUAL -> Predicates.compare(column, Comparison.AT_LEAST, start);
            };
        }
        Sql value = literal instanceof Literal.Now now
                ? Sql.of(LATER, micros(now))
                : Sql.of("?", ((Literal.Time) literal).value());
        return Predicates.compare(Sql.of(column), comparison(operator), value);
    }

    /** To be in a list asks for a value, also to be in none of it. */
    private static Sql listed(Clause.In in, Sql given, Sql found, Sql comparable) {
        if (in.literals().isEmpty()) {
            return in.negated() ? given : FALSE;
        }
        return in.negated() ? Predicates.all(List.of(given, comparable, Predicates.not(found))) : found;
    }

    private static <L extends Literal> List<L> only(Clause.In in, Class<L> type) {
        return in.literals().stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static long micros(Literal.Now now) {
        return now.offset().toSeconds() * 1_000_000 + now.offset().toNanosPart() / 1_000;
    }

    private static BigDecimal decimal(Literal literal) {
        return ((Literal.Number) literal).value();
    }

    private static String text(Literal literal) {
        return ((Literal.Text) literal).value();
    }

    private static Sql of(String template, String column) {
        return Sql.of(template.replace("{c}", column));
    }

    private static Comparison comparison(Operator operator) {
        return switch (operator) {
            case EQUAL -> Comparison.EQUAL;
            case NOT_EQUAL -> Comparison.NOT_EQUAL;
            case LESS -> Comparison.LESS;
            case LESS_OR_EQUAL -> Comparison.AT_MOST;
            case GREATER -> Comparison.GREATER;
            case GREATER_OR_EQUAL -> Comparison.AT_LEAST;
        };
    }
}
