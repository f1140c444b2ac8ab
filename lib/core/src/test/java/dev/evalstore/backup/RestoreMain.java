package dev.evalstore.backup;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A restore that stops in the middle and waits to be killed: {@code url user password backup}. */
public final class RestoreMain {
    private RestoreMain() {}

    public static void main(String[] args) {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(args[0])
                .user(args[1])
                .password(args[2])
                .build();
        RestoreOptions waiting = RestoreOptions.DEFAULT.progress(progress -> {
            if (progress.table().equals("evaluations")) {
                System.out.println("LOADING");
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        try (Database db = Database.open(config)) {
            db.withSchema("restored").backup().restore(Path.of(args[3]), waiting);
        }
    }
}
