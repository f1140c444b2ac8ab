package dev.evalstore.embedded;

import dev.evalstore.Json;
import dev.evalstore.job.NewJob;
import java.nio.file.Path;

/** Another process with a store: it stores jobs, says so, and goes on until it is killed or told to end. */
public final class StoreMain {
    private StoreMain() {}

    public static void main(String[] args) throws Exception {
        try {
            EmbeddedStore store = EmbeddedStore.start(Path.of(args[0]));
            store.database().migrate();
            System.out.println("open");
            if (args.length > 1 && args[1].equals("end")) {
                // Ends without closing: the JVM's end does.
                return;
            }
            for (int i = 1; ; i++) {
                store.database().jobs().create(NewJob.of("a", Json.EMPTY));
                System.out.println("stored " + i);
            }
        } catch (EmbeddedStoreException e) {
            System.out.println("refused " + e.reason() + " " + e.getMessage());
        }
    }
}
