package dev.evalstore.search;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a condition and an order mean, said a second time: over rows in memory, as plainly as possible. */
public final class SearchOracle {
    /** MLflow's word beside each of ours, by the attribute and the word. */
    private static final Map<String, String> MLFLOW = Map.of(
            "status created", "SCHEDULED",
            "status running", "RUNNING",
            "status completed", "FINISHED",
            "status failed", "FAILED",
            "status cancelled", "KILLED");

    private SearchOracle() {}

    /**
     * Whether the row meets the condition.
     *
     * @param now what {@code now()} stands for
     */
    public static boolean matches(Condition condition, Facts row, Instant now) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream().allMatch(part -> matches(part, row, now));
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions().stream().anyMatch(part -> matches(part, row, now));
        }
        if (condition instanceof Condition.Not not) {
            return !matches(not.condition(), row, now);
        }
        return matches((Clause) condition, row, now);
    }

    private static boolean matches(Clause clause, Facts row, Instant now) {
        Field field = clause.field();
        if (clause instanceof Clause.IsNull isNull) {
            return isNull.negated() != !isThere(field, row);
        }
        if (clause instanceof Clause.IsNan isNan) {
            Double number = number(field, row);
            return number != null && isNan.negated() != number.isNaN();
        }
        if (clause instanceof Clause.Like like) {
            String text = text(field, row);
            return text != null && like.negated() != isLike(like, field, text);
        }
        if (clause instanceof Clause.In in) {
            Literal first = in.literals().isEmpty() ? null : in.literals().get(0);
            boolean isThere = first == null ? isThere(field, row) : comparable(field, first, row);
            boolean isIn = in.literals().stream().anyMatch(literal -> compares(field, literal, row, now, c -> c == 0));
            return isThere && in.negated() != isIn;
        }
        if (clause instanceof Clause.Between between) {
            boolean isBetween = compares(field, between.low(), row, now, c -> c >= 0)
                    && compares(field, between.high(), row, now, c -> c <= 0);
            return comparable(field, between.low(), row) && between.negated() != isBetween;
        }
        Clause.Compare compare = (Clause.Compare) clause;
        return compares(
                field,
                compare.literal(),
                row,
                now,
                switch (compare.operator()) {
                    case EQUAL -> c -> c == 0;
                    case NOT_EQUAL -> c -> c != 0;
                    case LESS -> c -> c < 0;
                    case LESS_OR_EQUAL -> c -> c <= 0;
                    case GREATER -> c -> c > 0;
                    case GREATER_OR_EQUAL -> c -> c >= 0;
                });
    }

    /** Whether a comparison with such a literal can hold: the value is there, is of the literal's type, and is not NaN. */
    private static boolean comparable(Field field, Literal literal, Facts row) {
        return compares(field, literal, row, Instant.EPOCH, c -> true);
    }

    /** Whether the value can be compared with the literal, and the result fits. */
    private static boolean compares(Field field, Literal literal, Facts row, Instant now, IntPredicate fits) {
        if (literal instanceof Literal.Number number) {
            if (field instanceof Attribute) {
                BigDecimal value = (BigDecimal) row.attributes().get(field);
                return value != null && fits.test(value.compareTo(number.value()));
            }
            Double value = number(field, row);
            return value != null && !value.isNaN() && fits.test(compare(value, number.asDouble()));
        }
        if (literal instanceof Literal.Text text) {
            if (field.type() == FieldType.ID) {
                UUID value = (UUID) row.attributes().get(field);
                boolean isEqual =
                        value != null && text.id().filter(value::equals).isPresent();
                return value != null && fits.test(isEqual ? 0 : 1);
            }
            String value = text(field, row);
            return value != null && fits.test(value.equals(text.value()) ? 0 : 1);
        }
        Instant value = (Instant) row.attributes().get(field);
        if (value == null) {
            return false;
        }
        if (literal instanceof Literal.EpochMillis millis) {
            return fits.test(Long.compare(value.toEpochMilli(), millis.value()));
        }
        Instant other = literal instanceof Literal.Now relative
                ? now.plus(relative.offset())
                : ((Literal.Time) literal).value();
        return fits.test(value.compareTo(other));
    }

    private static int compare(double a, double b) {
        return a < b ? -1 : a > b ? 1 : 0;
    }

    private static boolean isThere(Field field, Facts row) {
        return field instanceof Attribute attribute
                ? row.attributes().containsKey(attribute)
                : field instanceof Field.Metric metric
                        ? row.metrics().containsKey(metric.name())
                        : field instanceof Field.Param param
                                ? row.params().containsKey(param.name())
                                : row.tags().containsKey(((Field.Tag) field).name());
    }

    private static @Nullable Double number(Field field, Facts row) {
        if (field instanceof Field.Metric metric) {
            return row.metrics().get(metric.name());
        }
        Facts.ParamFact param = row.params().get(((Field.Param) field).name());
        return param == null ? null : param.number();
    }

    private static @Nullable String text(Field field, Facts row) {
        if (field instanceof Field.Tag tag) {
            return row.tags().get(tag.name());
        }
        if (field instanceof Field.Param param) {
            Facts.ParamFact fact = row.params().get(param.name());
            return fact == null ? null : fact.text();
        }
        Object value = row.attributes().get((Attribute) field);
        return value == null ? null : value.toString();
    }

    private static boolean isLike(Clause.Like like, Field field, String text) {
        String other = MLFLOW.getOrDefault(field + " " + text, text);
        return isLike(like.pattern(), text, like.anyCase()) || isLike(like.pattern(), other, like.anyCase());
    }

    /** By a table of which beginning of the pattern matches which beginning of the text, in code points. */
    static boolean isLike(String pattern, String text, boolean anyCase) {
        int[] p = (anyCase ? pattern.toLowerCase(Locale.ROOT) : pattern)
                .codePoints()
                .toArray();
        int[] t = (anyCase ? text.toLowerCase(Locale.ROOT) : text).codePoints().toArray();
        boolean[] matches = new boolean[t.length + 1];
        matches[0] = true;
        for (int i = 0; i < p.length; i++) {
            boolean[] next = new boolean[t.length + 1];
            boolean isEscape = p[i] == '\\';
            if (isEscape) {
                i++;
            }
            for (int j = 0; j <= t.length; j++) {
                if (!isEscape && p[i] == '%') {
                    next[j] = matches[j] || j > 0 && next[j - 1];
                } else {
                    next[j] = j > 0 && matches[j - 1] && (!isEscape && p[i] == '_' || p[i] == t[j - 1]);
                }
            }
            matches = next;
        }
        return matches[t.length];
    }

    /** The order of the keys; rows that are equal in all are in the order of the last comparator. */
    public static Comparator<Facts> order(List<Order> keys, Comparator<Facts> last) {
        Comparator<Facts> order = null;
        for (Order key : keys) {
            Comparator<Facts> next = order(key);
            order = order == null ? next : order.thenComparing(next);
        }
        return order == null ? last : order.thenComparing(last);
    }

    /** By rank first, which is not reversed: numbers and all that is always in order, NaN, other texts of params, missing. */
    private static Comparator<Facts> order(Order key) {
        Field field = key.field();
        Comparator<Facts> byRank = Comparator.comparingInt(row -> rank(field, row));
        Comparator<Facts> byValue = (a, b) -> {
            int rank = rank(field, a);
            if (rank == 1 || rank == 3) {
                return 0;
            }
            if (rank == 2) {
                return byCodePoints(text(field, a), text(field, b));
            }
            return values(field, a, b);
        };
        return byRank.thenComparing(key.descending() ? byValue.reversed() : byValue);
    }

    private static int rank(Field field, Facts row) {
        if (!isThere(field, row)) {
            return 3;
        }
        boolean isNumber = field instanceof Field.Metric || field instanceof Field.Param;
        Double number = isNumber ? number(field, row) : null;
        return isNumber && number == null ? 2 : isNumber && number.isNaN() ? 1 : 0;
    }

    private static int values(Field field, Facts a, Facts b) {
        if (field instanceof Field.Metric || field instanceof Field.Param) {
            return compare(number(field, a), number(field, b));
        }
        Function<Facts, Object> value = row -> row.attributes().get(field);
        return switch (field.type()) {
            case NUMBER -> ((BigDecimal) value.apply(a)).compareTo((BigDecimal) value.apply(b));
            case TIME -> ((Instant) value.apply(a)).compareTo((Instant) value.apply(b));
            // The hexadecimal digits are in the order of the bytes, which UUID.compareTo is not.
            default -> byCodePoints(text(field, a), text(field, b));
        };
    }

    static int byCodePoints(String a, String b) {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        return Arrays.compare(left, right);
    }

    /** Those that match, in order. */
    public static List<Facts> search(
            List<Facts> rows, Condition condition, List<Order> keys, Comparator<Facts> last, Instant now) {
        Predicate<Facts> matches = row -> matches(condition, row, now);
        return rows.stream().filter(matches).sorted(order(keys, last)).toList();
    }
}
