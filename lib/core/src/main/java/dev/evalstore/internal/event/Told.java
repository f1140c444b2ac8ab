package dev.evalstore.internal.event;

import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A statement in two forms: as it is, and appending events of its rows where the options ask for their type of aggregate.
 *
 * @param aggregateType the type
 * @param quiet without events
 * @param telling with them; what it tells of the actor are arguments behind those of the statement
 */
public record Told(String aggregateType, String quiet, String telling) {
    /**
     * Both forms of a text.
     *
     * @param text has {@code {tell}} behind the last of its common table expressions, and no arguments after that
     * @param tell common table expressions that {@link EventRows#tellingOfActor} made
     */
    public static Told of(String aggregateType, String text, String tell) {
        return new Told(aggregateType, text.replace("{tell}", ""), text.replace("{tell}", ",\n" + tell));
    }

    /** Whether events of this type of aggregate are asked for. */
    public static boolean isAsked(Jdbc jdbc, String aggregateType) {
        return jdbc.options().events().contains(aggregateType);
    }

    public boolean isAsked(Jdbc jdbc) {
        return isAsked(jdbc, aggregateType);
    }

    /** The form that the options ask for. */
    public String text(Jdbc jdbc) {
        return isAsked(jdbc) ? telling : quiet;
    }

    /** The arguments that follow those of the statement. */
    public List<? extends @Nullable Object> actor(Jdbc jdbc) {
        return isAsked(jdbc) ? EventRows.actor(jdbc) : List.of();
    }

    /** Runs the statement. */
    public <T> T run(Jdbc jdbc, Supplier<T> work) {
        return run(jdbc, aggregateType, work);
    }

    /** Runs statements that append events of this type of aggregate, if they are asked for. */
    public static <T> T run(Jdbc jdbc, String aggregateType, Supplier<T> work) {
        return isAsked(jdbc, aggregateType) ? EventRows.inserting(jdbc, work) : work.get();
    }
}
