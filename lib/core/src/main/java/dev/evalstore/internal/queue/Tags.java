package dev.evalstore.internal.queue;

import dev.evalstore.internal.Check;
import java.util.Collection;
import java.util.List;

/** Names of queues and capabilities, in the form in which they are stored and compared. */
public final class Tags {
    private static final int MAX_REQUIRED = 32;

    private Tags() {}

    /** The tags that a job demands, sorted, without repetition. They stand beside two names in one entry of an index. */
    public static List<String> required(Collection<String> names) {
        List<String> tags = sorted("requiredTags", names);
        if (tags.size() > MAX_REQUIRED
                || tags.stream().mapToInt(Check::utf8Length).sum() > Check.MAX_NAME_BYTES) {
            throw new IllegalArgumentException("requiredTags must be at most " + MAX_REQUIRED + ", and have at most "
                    + Check.MAX_NAME_BYTES + " bytes in UTF-8 together");
        }
        return tags;
    }

    /** The names sorted, without repetition. */
    public static List<String> sorted(String field, Collection<String> names) {
        return Check.texts(field, List.copyOf(names)).stream()
                .distinct()
                .sorted()
                .toList();
    }
}
