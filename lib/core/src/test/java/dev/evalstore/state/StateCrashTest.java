package dev.evalstore.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testing.faults.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kills the writing process, and the server under it, in the middle of batches and restores. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StateCrashTest {
    private static final int ROUNDS = Integer.getInteger("state.crash.rounds", 2);

    private ServerProcess server;
    private final Random random = new Random(4);

    @BeforeEach
    void start() {
        server = ServerProcess.start(ServerProcess.DURABLE);
        try (Database db = open()) {
            db.migrate();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String url() {
        return "jdbc:postgresql://localhost:" + server.port() + "/postgres";
    }

    private Database open() {
        return Database.open(
                DatabaseConfig.builder().url(url()).user("postgres").poolSize(3).build());
    }

    private ChildJvm writer(int round) {
        return ChildJvm.start(CrashingWriter.class, List.of("-Xmx128m"), url(), "" + (1 + round * 1_000_000));
    }

    @Test
    void a_killed_writer_leaves_what_was_acknowledged_and_no_half_of_a_batch_or_restore() {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> said = new ArrayList<>();
            try (ChildJvm writer = writer(round)) {
                said.add(writer.await("kept"));
                pause();
                writer.kill();
                said.addAll(writer.drain());
            }
            check(said);
        }
    }

    @Test
    void a_killed_server_comes_back_with_what_was_acknowledged_and_no_half_of_a_batch_or_restore() {
        for (int round = 0; round < ROUNDS; round++) {
            List<String> said = new ArrayList<>();
            try (ChildJvm writer = writer(round)) {
                said.add(writer.await("kept"));
                pause();
                server.kill();
                writer.join();
                said.addAll(writer.drain());
            }
            server.restart();
            check(said);
        }
    }

    /** Somewhere between two writes, or in one: the moment is what is varied. */
    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the keys hold is what the last acknowledged step left, or the one that was under way. */
    private void check(List<String> said) {
        List<String> steps = said.stream()
                .filter(line -> line.startsWith("did") || line.startsWith("doing") || line.startsWith("kept"))
                .toList();
        List<String> possible = new ArrayList<>();
        String last = "";
        for (String line : steps) {
            String value = line.substring(line.indexOf(' ') + 1);
            if (!line.startsWith("doing")) {
                possible.clear();
            }
            possible.add(value);
            last = line.startsWith("kept") ? value : last;
        }
        try (Database db = open()) {
            StateBackend state = db.state("crash", StateOptions.DEFAULT.watched(true));
            List<StateEntry> entries = state.entries(new byte[0], 1_000, null);
            assertThat(entries).hasSize(CrashingWriter.KEYS);
            List<String> values = entries.stream()
                    .map(entry -> new String(entry.value()))
                    .distinct()
                    .toList();
            assertThat(values).hasSize(1);
            assertThat(possible).contains(values.get(0));
            assertThat(state.listCheckpoints().stream().map(Checkpoint::label)).contains(last);
            for (Checkpoint checkpoint : state.listCheckpoints()) {
                List<StateEntry> then = state.entriesAt(checkpoint.id(), new byte[0], 1_000, null);
                assertThat(then).hasSize(CrashingWriter.KEYS);
                assertThat(then.stream().map(entry -> new String(entry.value())).distinct())
                        .containsExactly(checkpoint.label());
            }
        }
    }
}
