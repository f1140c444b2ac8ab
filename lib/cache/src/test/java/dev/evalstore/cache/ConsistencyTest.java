package dev.evalstore.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testing.faults.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight writers and 32 readers in three processes. Of three notifications one is lost, writers die right after their commits, and
 * Redis is killed and started again. No reader sees a version below one that its process has seen or written, and no answer is older
 * than twice the time between two polls. Each reader goes on until it has seen each written model in several versions.
 */
class ConsistencyTest {
    private static final int MODELS = 24;

    @TempDir
    Path folder;

    @Test
    void no_process_reads_less_than_it_has_seen_or_written_and_no_answer_is_older_than_promised() throws Exception {
        check(Duration.ofMillis(500), Long.getLong("consistency.millis", 4_000), 3);
    }

    @Test
    @Tag("long")
    void the_same_for_a_minute_with_a_poll_every_two_seconds() throws Exception {
        check(Duration.ofSeconds(2), Long.getLong("consistency.long.millis", 60_000), 20);
    }

    private void check(Duration poll, long millis, int versions) throws Exception {
        Path stop = folder.resolve("stop");
        try (World world = new World();
                RedisProcess redis = TestRedis.startIfThere()) {
            List<UUID> models = IntStream.range(0, MODELS)
                    .mapToObj(i -> World.model(world.db).id())
                    .toList();
            String ids = models.stream().map(UUID::toString).collect(Collectors.joining(","));
            List<ChildJvm> children = new ArrayList<>();
            Map<String, Long> written = new HashMap<>();
            try {
                String[] own = {"0,1,2", "3,4,5", "6,7"};
                int[] readers = {11, 11, 10};
                for (int i = 0; i < 3; i++) {
                    children.add(child(world, redis, poll, millis, ids, own[i], readers[i], versions, stop));
                }
                children.forEach(child -> child.await("ready"));
                if (redis != null) {
                    redis.kill();
                    redis.restart();
                }
                for (int dying = 0; dying < Math.max(2, millis / 10_000); dying++) {
                    try (ChildJvm child = child(
                            world,
                            redis,
                            poll,
                            millis,
                            ids,
                            "" + (ConsistencyMain.WRITTEN + dying),
                            0,
                            versions,
                            stop)) {
                        note(child.await("written"), written);
                    }
                }
                Duration patience = Duration.ofMillis(millis).plusMinutes(4);
                children.forEach(child -> child.await("satisfied", patience));
                Files.createFile(stop);
                List<String> lines = new ArrayList<>();
                long longest = 0;
                for (ChildJvm child : children) {
                    child.join();
                    List<String> all = child.drain();
                    assertThat(all).contains("end");
                    lines.addAll(all);
                }
                assertThat(lines).filteredOn(line -> line.startsWith("fault")).isEmpty();
                lines.stream().filter(line -> line.startsWith("written")).forEach(line -> note(line, written));
                for (String line : lines) {
                    if (line.startsWith("reads")) {
                        System.err.println(line);
                        String[] words = line.split(" ");
                        assertThat(Integer.parseInt(words[5]))
                                .as("the fewest versions of a written model that a reader of a process saw")
                                .isGreaterThanOrEqualTo(versions);
                        longest = Math.max(longest, Long.parseLong(words[3]));
                    }
                }
                long oldest = oldest(lines, written);
                System.err.println(
                        "oldest answer: " + Duration.ofNanos(oldest) + ", longest read " + Duration.ofNanos(longest));
                // A read that joins a load is as old as that may take besides.
                assertThat(oldest).isLessThanOrEqualTo(2 * poll.toNanos() + longest);
            } finally {
                children.forEach(ChildJvm::close);
            }
        }
    }

    private static ChildJvm child(
            World world,
            @Nullable RedisProcess redis,
            Duration poll,
            long millis,
            String ids,
            String own,
            int readers,
            int versions,
            Path stop) {
        return ChildJvm.start(
                ConsistencyMain.class,
                List.of("-Xmx128m", "-XX:+UseSerialGC"),
                world.server.url(),
                redis == null ? "-" : redis.uri().toString(),
                "" + poll.toMillis(),
                "" + millis,
                ids,
                own,
                "" + readers,
                "" + versions,
                stop.toString());
    }

    private static void note(String line, Map<String, Long> written) {
        String[] words = line.split(" ");
        written.put(words[1] + " " + words[2], Long.parseLong(words[3]));
    }

    /** How long after its successor was committed a version was last served. */
    private static long oldest(List<String> lines, Map<String, Long> written) {
        long oldest = 0;
        for (String line : lines) {
            if (line.startsWith("served")) {
                String[] words = line.split(" ");
                Long successor = written.get(words[1] + " " + (Long.parseLong(words[2]) + 1));
                if (successor != null) {
                    oldest = Math.max(oldest, Long.parseLong(words[3]) - successor);
                }
            }
        }
        return oldest;
    }
}
