package dev.evalstore.bench;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the command line says, {@code name=value}. */
final class Settings {
    private final Map<String, String> given;
    private final Set<String> used = new HashSet<>();

    private Settings(Map<String, String> given) {
        this.given = given;
    }

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException if one is no {@code name=value}
     */
    static Settings parse(List<String> arguments) {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(argument + " is no name=value");
            }
            given.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new Settings(given);
    }

    int number(String name, int otherwise) {
        String value = text(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    @Nullable
    String text(String name) {
        used.add(name);
        return given.get(name);
    }

    /** A setting that nothing asked for is a slip of the pen, and the figures are not those that were wanted. */
    void refuseUnused() {
        Set<String> unused = new HashSet<>(given.keySet());
        unused.removeAll(used);
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("nothing was done with " + unused);
        }
    }
}
