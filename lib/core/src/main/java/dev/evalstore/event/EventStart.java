package dev.evalstore.event;

import dev.evalstore.internal.Check;
import java.util.Objects;

/**
 * With which event a subscription begins.
 *
 * @param position for {@link Kind#AFTER} the position before the first event, otherwise 0
 */
public record EventStart(Kind kind, long position) {
    /** Where a subscription may begin. */
    public enum Kind {
        NOW,
        BEGINNING,
        AFTER
    }

    public EventStart {
        Objects.requireNonNull(kind, "kind");
        Check.notNegative("position", position);
        if (kind != Kind.AFTER && position != 0) {
            throw new IllegalArgumentException("position must be 0 unless the start is after it");
        }
    }

    /** With every event that is committed from now on. Some that were committed a moment before may be among them. */
    public static EventStart now() {
        return new EventStart(Kind.NOW, 0);
    }

    /** With the first event that is stored. */
    public static EventStart beginning() {
        return new EventStart(Kind.BEGINNING, 0);
    }

    /** With the first event after this position, at least 0; one that was not drawn yet counts as the last one drawn. */
    public static EventStart after(long position) {
        return new EventStart(Kind.AFTER, position);
    }
}
