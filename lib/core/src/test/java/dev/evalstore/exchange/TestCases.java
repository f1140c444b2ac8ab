package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Test cases as the database would give them, for what needs no database. */
final class TestCases {
    private TestCases() {}

    static TestCase of(Expectation expectation, @Nullable Json outputSchema) {
        return of("a", 1, expectation, outputSchema);
    }

    static TestCase of(String key, double weight, Expectation expectation, @Nullable Json outputSchema) {
        return new TestCase(
                UUID.randomUUID(),
                UUID.randomUUID(),
                key,
                "A case",
                null,
                weight,
                Difficulty.MEDIUM,
                List.of(),
                "Say something.",
                Json.EMPTY,
                null,
                Json.parse("[]"),
                "plain_text",
                null,
                null,
                outputSchema,
                Json.EMPTY,
                0,
                expectation,
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
