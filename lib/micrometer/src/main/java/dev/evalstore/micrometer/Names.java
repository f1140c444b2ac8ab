package dev.evalstore.micrometer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The values of a tag: the first ones as they are, and one for all that come later. Thread-safe. */
final class Names {
    /** Whatever is more than the maximum. */
    static final String OTHER = "other";

    private final int maximum;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    Names(int maximum) {
        this.maximum = maximum;
    }

    /** The name, or {@link #OTHER}. Threads that bring new names at the same moment may exceed the maximum by their number. */
    String of(String name) {
        if (known.contains(name)) {
            return name;
        }
        if (known.size() >= maximum) {
            return OTHER;
        }
        known.add(name);
        return name;
    }
}
