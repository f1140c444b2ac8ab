package dev.evalstore.search;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Writes trees as text. */
final class Texts {
    private Texts() {}

    static String of(Condition condition) {
        if (condition instanceof Clause clause) {
            return of(clause);
        }
        List<Condition> parts = Trees.parts(condition);
        if (condition instanceof Condition.Not) {
            return "not " + within(parts.get(0), false);
        }
        boolean isAny = condition instanceof Condition.Any;
        if (parts.isEmpty()) {
            return isAny ? "id is null" : "id is not null";
        }
        return parts.size() == 1
                ? of(parts.get(0))
                : parts.stream().map(part -> within(part, isAny)).collect(Collectors.joining(isAny ? " or " : " and "));
    }

    /** In parentheses where it would be read otherwise without. */
    private static String within(Condition part, boolean inAny) {
        List<Condition> parts = Trees.parts(part);
        boolean isList = !(part instanceof Condition.Not) && parts.size() > 1;
        if (!(part instanceof Condition.Not) && parts.size() == 1) {
            return within(parts.get(0), inAny);
        }
        return isList && !(inAny && part instanceof Condition.All) ? "(" + of(part) + ")" : of(part);
    }

    private static String of(Clause clause) {
        String field = clause.field().toString();
        if (clause instanceof Clause.Compare compare) {
            return field + " " + compare.operator() + " " + compare.literal();
        }
        if (clause instanceof Clause.Between between) {
            return field + not(between.negated()) + " between " + between.low() + " and " + between.high();
        }
        if (clause instanceof Clause.In in) {
            return field
                    + not(in.negated())
                    + in.literals().stream().map(Literal::toString).collect(Collectors.joining(", ", " in (", ")"));
        }
        if (clause instanceof Clause.Like like) {
            return field + not(like.negated()) + (like.anyCase() ? " ilike " : " like ") + quoted(like.pattern());
        }
        if (clause instanceof Clause.IsNull isNull) {
            return field + " is" + not(isNull.negated()) + " null";
        }
        return field + " is" + not(((Clause.IsNan) clause).negated()) + " nan";
    }

    private static String not(boolean negated) {
        return negated ? " not" : "";
    }

    static String of(Literal.Now now) {
        if (now.offset().isZero()) {
            return "now()";
        }
        long millis = now.offset().abs().toMillis();
        TimeUnits unit = TimeUnits.largestIn(millis);
        return "now() " + (now.offset().isNegative() ? "- " : "+ ") + millis / unit.millis() + unit;
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The name of a metric, param or tag, quoted where it must be. */
    static String key(String name) {
        return Scanner.isBareKey(name) ? name : "`" + name.replace("`", "``") + "`";
    }

    /** What a time span is written in. */
    enum TimeUnits {
        W(Duration.ofDays(7)),
        D(Duration.ofDays(1)),
        H(Duration.ofHours(1)),
        M(Duration.ofMinutes(1)),
        S(Duration.ofSeconds(1)),
        MS(Duration.ofMillis(1));

        private final long millis;

        TimeUnits(Duration length) {
            this.millis = length.toMillis();
        }

        long millis() {
            return millis;
        }

        /** The largest of which there is a whole number. */
        static TimeUnits largestIn(long millis) {
            for (TimeUnits unit : values()) {
                if (millis % unit.millis == 0) {
                    return unit;
                }
            }
            return MS;
        }

        @Override
        public String toString() {
            return this == W ? "w" : this == D ? "d" : this == H ? "h" : this == M ? "m" : this == S ? "s" : "ms";
        }
    }
}
