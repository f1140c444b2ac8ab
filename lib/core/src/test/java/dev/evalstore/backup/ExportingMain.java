package dev.evalstore.backup;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.nio.file.Path;

/** Exports in a process of its own: {@code url user password folder name fileBytes}. */
public final class ExportingMain {
    private ExportingMain() {}

    static String[] arguments(DatabaseConfig config, Path folder, String name, int fileBytes) {
        return new String[] {
            config.url(),
            String.valueOf(config.user()),
            String.valueOf(config.password()),
            folder.toString(),
            name,
            String.valueOf(fileBytes)
        };
    }

    public static void main(String[] arguments) {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[0])
                .user(arguments[1])
                .password(arguments[2])
                .poolSize(1)
                .build();
        try (Database db = Database.open(config)) {
            System.out.println("begins");
            ExportReport report = db.backup()
                    .export(
                            Path.of(arguments[3]),
                            ExportOptions.DEFAULT
                                    .name(arguments[4])
                                    .fileBytes(Integer.parseInt(arguments[5]))
                                    .progress(progress -> System.out.println("at " + progress.table())));
            System.out.println("done " + report.manifest().rows());
        }
    }
}
