package dev.evalstore.internal.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement and its arguments, positional. The text names the schema as {@code evalstore.}; a jsonb operator with a question
 * mark is written {@code ??}. A leading comment names the statement for statistics, as in {@code /* jobs.claim *}{@code /}.
 */
public record Sql(String text, List<@Nullable Object> args) {
    /** No text and no arguments, for a filter that admits everything. */
    public static final Sql NONE = new Sql("", List.of());

    /** Arguments alone, for the places that an earlier text has for them. */
    public static Sql args(List<? extends @Nullable Object> args) {
        return new Sql("", Collections.unmodifiableList(new ArrayList<@Nullable Object>(args)));
    }

    public static Sql of(String text, @Nullable Object... args) {
        return new Sql(text, Collections.unmodifiableList(Arrays.<@Nullable Object>asList(args)));
    }

    /** This, a space, and more. */
    public Sql and(String more, @Nullable Object... moreArgs) {
        List<@Nullable Object> all = new ArrayList<>(args.size() + moreArgs.length);
        all.addAll(args);
        all.addAll(Arrays.asList(moreArgs));
        return new Sql(text + " " + more, Collections.unmodifiableList(all));
    }

    /** {@link #and} if the condition holds: {@code (? is null or x = ?)} does not prepare, and spoils the plan. */
    public Sql andIf(boolean condition, String more, @Nullable Object... moreArgs) {
        return condition ? and(more, moreArgs) : this;
    }

    /** This, a space, and another statement's text and arguments. */
    public Sql and(Sql more) {
        return and(more.text, more.args.toArray());
    }

    public Sql and(Conditions<?> filter) {
        return and(filter.sql());
    }

    /** The text alone: a record's own would print the values. */
    @Override
    public String toString() {
        return text;
    }
}
