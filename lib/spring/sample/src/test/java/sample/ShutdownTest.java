package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    /** As in application.properties. */
    private static final int PHASE_SECONDS = 10;

    @Test
    void a_terminated_service_ends_the_handlers_under_way_within_its_phase() throws Exception {
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(
                        DatabaseConfig.builder(server.url()).poolSize(2).build())) {
            db.migrate();
            List<UUID> jobs = Stream.of("2", "3", "600")
                    .map(seconds -> db.jobs()
                            .create(NewJob.of("ship", Json.of(new Parcel(seconds))))
                            .id())
                    .toList();
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "sample.OrderService"));
            command.addAll(Service.arguments(server, "--server.port=0"));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("target/service.log"))
                    .start();
            try {
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
                while (underWay(db, jobs) < 3) {
                    assertTrue(process.isAlive() && System.nanoTime() < until, "the handlers do not begin");
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                process.destroy(); // SIGTERM
                assertTrue(process.waitFor(PHASE_SECONDS, TimeUnit.SECONDS), "it goes on after its phase");
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertEquals(
                    List.of(JobStatus.COMPLETED, JobStatus.COMPLETED, JobStatus.PENDING),
                    jobs.stream().map(job -> db.jobs().get(job).status()).toList());
        }
    }

    private static long underWay(Database db, List<UUID> jobs) {
        return jobs.stream()
                .filter(job -> db.jobs().get(job).progress() != null)
                .count();
    }
}
