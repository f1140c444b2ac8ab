package sample;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.embedded.EmbeddedStore;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import java.nio.file.Path;

/** Migrates, enqueues a job with a record as its payload, and runs it. */
public final class Modules {
    record Payload(String model, int samples) {}

    private Modules() {}

    public static void main(String[] args) {
        if (!Database.class.getModule().getName().equals("dev.evalstore")) {
            throw new AssertionError("the library is not a module: " + Database.class.getModule());
        }
        try (EmbeddedStore store = EmbeddedStore.start(Path.of(args[0]))) {
            Database db = store.database();
            db.migrate();
            var job = db.inTransaction(
                    tx -> tx.jobs().create(NewJob.of("evaluate", Json.of(new Payload("gpt-4", 3)))));
            JobRunner.on(db)
                    .worker("modules")
                    .handle("evaluate", Payload.class, context -> new Payload(context.payload().model(), 4))
                    .runDue(10);
            var result = db.jobs().get(job.id()).result();
            if (result == null || !result.as(Payload.class).equals(new Payload("gpt-4", 4))) {
                throw new AssertionError("the job has another result");
            }
            System.out.println("ran a job in " + Modules.class.getModule());
        }
    }
}
