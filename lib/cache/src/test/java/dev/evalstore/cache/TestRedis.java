package dev.evalstore.cache;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.evalstore.testing.faults.RedisProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** The Redis server of a test: the program that a dependency carries, or else an installed one. */
final class TestRedis {
    private TestRedis() {}

    /** Skips the test, loudly, where there is no server. */
    static RedisProcess start() {
        RedisProcess redis = startIfThere();
        return redis == null ? abort("no Redis server runs here") : redis;
    }

    /** Null, and said so, where there is no server. */
    static @Nullable RedisProcess startIfThere() {
        try {
            return RedisProcess.start(
                    () -> ExecutableProvider.newJarResourceProvider().get().toPath());
        } catch (IOException e) {
            System.err.println("SKIPPED: no Redis server runs here: " + e);
            return null;
        }
    }
}
