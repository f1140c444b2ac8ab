package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedCatalogTest {
    private final Printed printed = new Printed();

    @Test
    void most_reads_are_from_memory_and_changes_of_another_process_are_seen() {
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new CachedCatalog(db, printed.stream()).run(server, 3);
        }
        List<String> lines =
                printed.lines().stream().filter(line -> !line.isEmpty()).toList();
        assertThat(lines)
                .hasSize(3)
                .allMatch(line -> line.matches("second \\d: \\d+\\.\\d % of \\d+ reads from memory, half within .* us,"
                        + " 99 % within \\d+ us; \\d+ changes seen"))
                .anyMatch(line -> !line.endsWith(" 0 changes seen"));
        assertThat(lines.get(2)).matches("second 3: [89]\\d\\.\\d %.*");
    }
}
