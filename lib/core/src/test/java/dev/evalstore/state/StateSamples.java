package dev.evalstore.state;

import dev.evalstore.Cursor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Keys, values and times for the tests of the state, and a look at what comes back. */
final class StateSamples {
    static final Duration HOUR = Duration.ofHours(1);
    static final Duration MINUTE = Duration.ofMinutes(1);

    private StateSamples() {}

    static byte[] b(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] b(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static List<String> texts(List<byte[]> keys) {
        return keys.stream().map(key -> new String(key, StandardCharsets.UTF_8)).toList();
    }

    static List<String> keys(List<StateEntry> entries) {
        return texts(entries.stream().map(StateEntry::key).toList());
    }

    static String text(StateBackend state, String key) {
        return state.get(b(key)).map(v -> new String(v, StandardCharsets.UTF_8)).orElse("absent");
    }

    /** A change is given once what is older has ended; another class's transactions may run beside this one. */
    static StateChanges follow(StateBackend state, byte[] prefix, Cursor from, int limit) {
        StateChanges page = state.watch(prefix, from, limit);
        for (int i = 0; i < 200 && page.changes().isEmpty(); i++) {
            page = state.watch(prefix, page.next(), limit);
        }
        return page;
    }
}
