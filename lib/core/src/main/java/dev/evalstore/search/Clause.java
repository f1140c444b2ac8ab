package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;

/**
 * One question about one field. All but {@link IsNull} are false where the row lacks the field, also where they are
 * negated: {@code x not in ('a')} asks for an x that is something else. So is a comparison with a NaN, and a comparison of
 * a param that is no number with a number. A constructor refuses a literal that does not fit the field.
 */
public sealed interface Clause extends Condition {
    /** What is asked about. */
    Field field();

    /**
     * {@code field = literal} and the like. Only {@code =} and {@code !=} compare texts, ids and words.
     *
     * @param literal of the field's type, see {@link FieldType}
     */
    record Compare(Field field, Operator operator, Literal literal) implements Clause {
        public Compare {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(operator, "operator");
            Literals.check(field, literal);
            Literals.checkOrdered("operator", operator.isOrder(), literal);
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /** From {@code low} to {@code high}, both included; negated, before or after. Numbers and times only. */
    record Between(Field field, Literal low, Literal high, boolean negated) implements Clause {
        public Between {
            Objects.requireNonNull(field, "field");
            Literals.check(field, low);
            Literals.check(field, high);
            Literals.checkOrdered("low", true, low);
            Literals.checkOrdered("high", true, high);
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /** One of the literals, or negated, something else. All are texts, or all numbers, or all times; at most 1,000. */
    record In(Field field, List<Literal> literals, boolean negated) implements Clause {
        /** The maximum of literals. */
        public static final int MAX_LITERALS = 1_000;

        public In {
            Objects.requireNonNull(field, "field");
            literals = Check.list("literals", literals);
            Check.range("literals", literals.size(), 0, MAX_LITERALS);
            for (Literal literal : literals) {
                Literals.check(field, literal);
                Literals.checkSame(literals.get(0), literal);
            }
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /**
     * A text of which all is matched by the pattern: {@code %} stands for any characters, {@code _} for one, and what
     * follows a backslash for itself. Params are matched as they were logged, ids as {@link java.util.UUID} writes them. A status
     * is matched where its word is, or MLflow's word for it.
     *
     * @param pattern does not end within an escape
     * @param anyCase whether upper and lower case are the same, as the database's locale has them
     */
    record Like(Field field, String pattern, boolean anyCase, boolean negated) implements Clause {
        public Like {
            Objects.requireNonNull(field, "field");
            Literals.checkTexts(field, new Literal.Text(pattern));
            if (!Literals.isPattern(pattern)) {
                throw new IllegalArgumentException("pattern must not end with a single backslash");
            }
        }

        /** Those of the field's {@linkplain Attribute#words words} that the pattern matches; empty for a field without words. */
        public List<String> words() {
            return Patterns.words(this);
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /** The row lacks the field: nothing was logged under the name, or the column is empty. A NaN is not lacking. */
    record IsNull(Field field, boolean negated) implements Clause {
        public IsNull {
            Objects.requireNonNull(field, "field");
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /** The number is NaN, or negated, it is a number and not NaN. Metrics and params only. */
    record IsNan(Field field, boolean negated) implements Clause {
        public IsNan {
            Objects.requireNonNull(field, "field");
            if (!(field instanceof Field.Metric) && !(field instanceof Field.Param)) {
                throw new IllegalArgumentException("field must be a metric or a param, for others are never NaN");
            }
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }
}
