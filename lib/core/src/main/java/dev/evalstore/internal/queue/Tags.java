package dev.evalstore.internal.queue;

import dev.evalstore.internal.Check;
import java.util.Collection;
import java.util.List;

/** Names of queues and capabilities, in the form in which they are stored and compared. */
public final class Tags {
    private Tags() {}

    /** The names sorted, without repetition. */
    public static List<String> sorted(String field, Collection<String> names) {
        return Check.texts(field, List.copyOf(names)).stream()
                .distinct()
                .sorted()
                .toList();
    }
}
