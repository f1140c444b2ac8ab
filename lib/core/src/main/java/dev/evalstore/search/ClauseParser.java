package dev.evalstore.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what is asked about a field. */
final class ClauseParser {
    /** Those of two characters first, for one of a single character may begin them. */
    private static final List<Operator> OPERATORS = List.of(
            Operator.NOT_EQUAL,
            Operator.LESS_OR_EQUAL,
            Operator.GREATER_OR_EQUAL,
            Operator.EQUAL,
            Operator.LESS,
            Operator.GREATER);

    private final Scanner scanner;
    private final Field field;
    private final LiteralParser literals;

    ClauseParser(Scanner scanner, Field field) {
        this.scanner = scanner;
        this.field = field;
        this.literals = new LiteralParser(scanner, field);
    }

    Clause clause() {
        int start = scanner.position();
        for (Operator operator : OPERATORS) {
            if (scanner.accept(operator.toString())) {
                return compare(start, operator);
            }
        }
        if (scanner.acceptWord("is")) {
            return is();
        }
        boolean negated = scanner.acceptWord("not");
        if (scanner.acceptWord("in")) {
            return in(negated);
        }
        if (scanner.acceptWord("like")) {
            return like(start, false, negated);
        }
        if (scanner.acceptWord("ilike")) {
            return like(start, true, negated);
        }
        if (scanner.acceptWord("between")) {
            return between(start, negated);
        }
        throw scanner.expected(
                negated ? "in, like, ilike or between" : "=, !=, <, <=, >, >=, in, not in, like, ilike, between or is");
    }

    private Clause compare(int start, Operator operator) {
        if (operator.isOrder() && !isOrdered(field)) {
            throw scanner.error(start, "=, !=, in, like or ilike, for only numbers and times are less or greater");
        }
        int at = scanner.position();
        @Nullable Literal literal = literals.next();
        if (literal == null) {
            return new Clause.In(field, List.of(), operator == Operator.NOT_EQUAL);
        }
        requireOrdered(operator.isOrder(), at, literal);
        return new Clause.Compare(field, operator, literal);
    }

    private Clause between(int start, boolean negated) {
        if (!isOrdered(field)) {
            throw scanner.error(start, "=, !=, in, like or ilike, for only numbers and times are between others");
        }
        Literal low = bound();
        scanner.requireWord("and");
        return new Clause.Between(field, low, bound(), negated);
    }

    private Literal bound() {
        int at = scanner.position();
        Literal bound = Objects.requireNonNull(literals.next(), "bound");
        requireOrdered(true, at, bound);
        return bound;
    }

    private static boolean isOrdered(Field field) {
        FieldType type = field.type();
        return type == FieldType.NUMBER || type == FieldType.TIME || type == FieldType.PARAM;
    }

    /** Params are texts and numbers. */
    private void requireOrdered(boolean isOrdered, int at, Literal literal) {
        if (isOrdered && literal instanceof Literal.Text) {
            throw scanner.error(at, "a number, for texts are not less or greater");
        }
    }

    private Clause in(boolean negated) {
        scanner.require("(");
        List<Literal> list = new ArrayList<>();
        if (!scanner.accept(")")) {
            int of = 0;
            do {
                int at = scanner.position();
                if (of++ == Clause.In.MAX_LITERALS) {
                    throw scanner.expected("at most " + Clause.In.MAX_LITERALS + " values");
                }
                @Nullable Literal literal = literals.next();
                if (literal == null) {
                    continue;
                }
                list.add(literal);
                if (list.get(0) instanceof Literal.Text != literal instanceof Literal.Text) {
                    throw scanner.error(at, "values that are all texts, or all numbers");
                }
            } while (scanner.accept(","));
            if (!scanner.accept(")")) {
                throw scanner.expected("a comma, or )");
            }
        }
        return new Clause.In(field, list, negated);
    }

    private Clause like(int start, boolean anyCase, boolean negated) {
        FieldType type = field.type();
        if (type == FieldType.NUMBER || type == FieldType.TIME) {
            throw scanner.error(start, "=, !=, <, <=, >, >=, in or between, for only texts are like a pattern");
        }
        String pattern = literals.pattern();
        return new Clause.Like(field, pattern, anyCase, negated);
    }

    private Clause is() {
        boolean negated = scanner.acceptWord("not");
        if (scanner.acceptWord("null")) {
            return new Clause.IsNull(field, negated);
        }
        boolean mayBeNan = field instanceof Field.Metric || field instanceof Field.Param;
        if (mayBeNan && scanner.acceptWord("nan")) {
            return new Clause.IsNan(field, negated);
        }
        throw scanner.expected((negated ? "" : "not, ") + "null" + (mayBeNan ? " or nan" : ""));
    }
}
