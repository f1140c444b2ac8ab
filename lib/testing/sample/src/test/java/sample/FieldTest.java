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
        }
        try (EmbeddedStore store = EmbeddedStore.start(folder.resolve("store"))) {
            assertEquals(0, store.database().migrate());
        }
    }
}
