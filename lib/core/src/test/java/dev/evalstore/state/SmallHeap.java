package dev.evalstore.state;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lists, exports or imports in a JVM that has little memory. */
final class SmallHeap {
    private SmallHeap() {}

    public static void main(String[] arguments) throws Exception {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[0])
                .user(arguments[1])
                .password(arguments[2])
                .poolSize(2)
                .build();
        try (Database db = Database.open(config)) {
            StateBackend state = db.state(arguments[4], StateOptions.PLAIN);
            long number = switch (arguments[3]) {
                case "list" -> list(state);
                case "export" -> export(state, Path.of(arguments[5]));
                default -> load(state, Path.of(arguments[5]));
            };
            System.out.println("done " + number);
        }
    }

    private static long list(StateBackend state) {
        long number = 0;
        byte[] after = null;
        for (List<byte[]> page = state.listKeys(new byte[0], 1_000, null);
                !page.isEmpty();
                page = state.listKeys(new byte[0], 1_000, after)) {
            number += page.size();
            after = page.get(page.size() - 1);
        }
        return number;
    }

    private static long export(StateBackend state, Path file) throws Exception {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
            return state.export(null, out);
        }
    }

    private static long load(StateBackend state, Path file) throws Exception {
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            return state.importFrom(in);
        }
    }
}
