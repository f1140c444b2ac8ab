package dev.evalstore.state;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Puts the same value under all of its keys in one batch after another, takes checkpoints and restores them, until it is killed.
 * Before each step it says what every key will hold after it, and when it is stored it says so.
 */
final class CrashingWriter {
    static final int KEYS = 200;

    private CrashingWriter() {}

    static byte[] key(int i) {
        return ("k%03d".formatted(i)).getBytes(StandardCharsets.US_ASCII);
    }

    public static void main(String[] arguments) {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[0])
                .user("postgres")
                .poolSize(2)
                .build();
        try (Database db = Database.open(config)) {
            StateBackend state = db.state("crash", StateOptions.DEFAULT.watched(true));
            UUID checkpoint = null;
            long held = 0;
            for (long step = Long.parseLong(arguments[1]); ; step++) {
                if (checkpoint != null && step % 5 == 4) {
                    System.out.println("doing " + held);
                    state.restoreCheckpoint(checkpoint);
                    System.out.println("did " + held);
                    continue;
                }
                String value = Long.toString(step);
                List<NewStateEntry> batch = new ArrayList<>();
                for (int i = 0; i < KEYS; i++) {
                    batch.add(NewStateEntry.of(key(i), value.getBytes(StandardCharsets.US_ASCII)));
                }
                System.out.println("doing " + value);
                state.putAll(batch);
                System.out.println("did " + value);
                if (step % 5 == 0) {
                    checkpoint = state.createCheckpoint(value, null).id();
                    held = step;
                    System.out.println("kept " + value);
                }
            }
        }
    }
}
