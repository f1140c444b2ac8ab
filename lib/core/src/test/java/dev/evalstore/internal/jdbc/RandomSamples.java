package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of any values, a fifth of them null. */
final class RandomSamples {
    private RandomSamples() {}

    static Sample next(Random random) {
        return new Sample(
                UUID.randomUUID(),
                some(random, () -> random.nextInt() + "\uD83D\uDE00\t'\"\\,{}" + random.nextInt()),
                some(random, random::nextInt),
                some(random, random::nextLong),
                some(random, random::nextGaussian),
                some(
                        random,
                        () -> new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(-5, 40))
                                .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1))),
                some(random, random::nextBoolean),
                some(
                        random,
                        () -> Instant.ofEpochSecond(
                                random.nextLong(-60_000_000_000L, 200_000_000_000L), random.nextInt(1_000_000_000))),
                some(random, () -> {
                    byte[] bytes = new byte[random.nextInt(300)];
                    random.nextBytes(bytes);
                    return bytes;
                }),
                some(random, () -> Json.of(List.of(random.nextInt(), "x\"y"))));
    }

    private static <T> @Nullable T some(Random random, Supplier<T> make) {
        return random.nextInt(5) == 0 ? null : make.get();
    }

    /** The same rows in the same order, as the server keeps them. */
    static void assertSame(List<Sample> read, List<Sample> sent) {
        assertThat(read).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            Sample was = sent.get(i);
            Sample is = read.get(i);
            assertThat(is.bytes()).isEqualTo(was.bytes());
            assertThat(text(is.doc())).isEqualTo(text(was.doc()));
            assertThat(comparable(is)).isEqualTo(comparable(was));
        }
    }

    private static @Nullable String text(@Nullable Json json) {
        return json == null ? null : json.text().replace(" ", "");
    }

    private static Sample comparable(Sample sample) {
        BigDecimal amount = sample.amount();
        Instant at = sample.at();
        return new Sample(
                sample.id(),
                sample.name(),
                sample.n(),
                sample.big(),
                sample.x(),
                amount == null || amount.scale() >= 0 ? amount : amount.setScale(0),
                sample.ok(),
                at == null ? null : at.truncatedTo(ChronoUnit.MICROS),
                null,
                null);
    }
}
