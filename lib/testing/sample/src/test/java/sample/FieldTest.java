package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.evalstore.embedded.EmbeddedStore;
import dev.evalstore.testing.EvalstoreExtension;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs beside the other class. */
class FieldTest {
    @RegisterExtension
    static final EvalstoreExtension evalstore = EvalstoreExtension.create();

    /** Of the server that the POM asks for. */
    private static final String MAJOR = System.getProperty("postgresql", "18");

    @Test
    void the_server_is_of_the_major_release_that_was_asked_for() {
        String version = evalstore.store().query("show server_version").get(0);
        assertEquals(MAJOR, version.replaceFirst("\\..*", ""));
    }

    @Test
    void an_extension_in_a_field_has_a_database_too() {
        new Orders(evalstore.database()).place("gpt-4");
        evalstore.jobs().runDueSuccessfully(Orders::handlers);
        evalstore.jobs().assertNotEnqueued("benchmark");
    }

    @Test
    void a_store_in_a_folder_starts(@TempDir Path folder) {
        try (EmbeddedStore store = EmbeddedStore.fromEnv(Map.of("DATABASE_PATH", folder.resolve("store").toString()))) {
            store.database().migrate();
            new Orders(store.database()).place("gpt-4");
            assertEquals(MAJOR, store.version().replaceFirst("\\..*", ""));
        }
        try (EmbeddedStore store = EmbeddedStore.start(folder.resolve("store"))) {
            assertEquals(0, store.database().migrate());
        }
    }
}
