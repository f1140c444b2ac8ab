package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.testing.LocalServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static final Path LOG = Path.of("target", "service.log");

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
                    .redirectOutput(LOG.toFile())
                    .start();
            try {
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
                while (underWay(db, jobs) < 3) {
                    assertTrue(process.isAlive() && System.nanoTime() < until, "the handlers do not begin");
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                process.destroy(); // SIGTERM
                assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it does not end");
            } finally {
                process.destroyForcibly().waitFor();
            }
            // So Spring says when the phase's ten seconds were over before.
            assertFalse(Files.readString(LOG).contains("still running after timeout"), "it went on after its phase");
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
