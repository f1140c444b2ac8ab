package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;

/**
 * Which rows a search finds: a tree of {@link Clause}s under {@link All}, {@link Any} and {@link Not}. Immutable; two
 * equal trees mean the same.
 *
 * <p>The logic has two values. A clause about a field that the row lacks is false, whatever its operator; only
 * {@link Clause.IsNull} holds there. {@link Not} makes false true, so {@code not metrics.loss = 1} finds rows without a
 * loss, and {@code metrics.loss != 1} does not.
 *
 * <p>A tree has at most {@value #MAX_CLAUSES} clauses under at most {@value #MAX_DEPTH} levels; a larger one cannot be
 * made. {@code toString} is a text that {@link #parse} turns into a condition of the same meaning. That of a large tree may be
 * longer than {@value #MAX_LENGTH} characters, which {@link #parse} refuses; the tree itself can be searched with.
 */
public sealed interface Condition permits Clause, Condition.All, Condition.Any, Condition.Not {
    /** The maximum of levels of {@link All}, {@link Any} and {@link Not}, and of parentheses in a text. */
    int MAX_DEPTH = 32;

    /** The maximum of clauses in a tree. */
    int MAX_CLAUSES = 200;

    /** The maximum of a text, and of each text in a tree, in characters. */
    int MAX_LENGTH = 10_000;

    /** Every row. */
    Condition EVERYTHING = new All(List.of());

    /**
     * The condition that a text describes, such as {@code metrics.accuracy > 0.9 and not status = 'failed'}. A blank text
     * is {@link #EVERYTHING}. MLflow's filters are accepted as they are.
     *
     * @throws SearchSyntaxException if the text does not fit the language, names an unknown attribute, or is larger than
     *     the maxima here
     */
    static Condition parse(String text) {
        return new Parser("where", text).condition();
    }

    /** A row that meets every one of the conditions: with none, every row. */
    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = Trees.checked(conditions);
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /** A row that meets at least one of the conditions: with none, no row. */
    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = Trees.checked(conditions);
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /** A row that does not meet the condition. */
    record Not(Condition condition) implements Condition {
        public Not {
            Objects.requireNonNull(condition, "condition");
            Trees.checked(Check.list("condition", List.of(condition)));
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }
}
