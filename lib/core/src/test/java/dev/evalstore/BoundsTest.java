package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.lock.LockLostException;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.Setters;
import dev.evalstore.testkit.Setters.Setter;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every public method that takes a time, a span of time or a whole number is called with the greatest and the least there are,
 * and what it makes is used. Each works, or is refused by an {@code IllegalArgumentException} that names the field. A new method
 * is called without being named here; a new type whose sample cannot be made fails.
 */
class BoundsTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    private static final Map<Class<?>, List<?>> EXTREMES = extremes();

    /** What the caller's input is refused by where the row is not there, or not as it must be. */
    private static final Set<Class<?>> TYPED = Set.of(
            NotFoundException.class,
            ConflictException.class,
            LeaseLostException.class,
            WorkerGoneException.class,
            LockLostException.class);

    /** It would undo the schema. */
    private static final Set<String> SKIPPED = Set.of("Database.revertTo");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final InputUses uses = new InputUses(database);

    private static Map<Class<?>, List<?>> extremes() {
        Map<Class<?>, List<?>> extremes = new HashMap<>();
        extremes.put(
                Duration.class,
                List.of(
                        FOREVER,
                        Duration.ofSeconds(Long.MIN_VALUE),
                        Duration.ofDays(36_501),
                        Duration.ofDays(36_500),
                        Duration.ofDays(30),
                        Duration.ofNanos(1),
                        Duration.ZERO));
        extremes.put(
                Instant.class,
                List.of(
                        Instant.MAX,
                        Instant.MIN,
                        Instant.parse("+12000-01-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59.999999999Z"),
                        Instant.parse("0001-01-01T00:00:00Z"),
                        Instant.parse("-4800-01-01T00:00:00Z")));
        extremes.put(
                LocalDate.class,
                List.of(LocalDate.MAX, LocalDate.MIN, LocalDate.of(12_000, 1, 1), LocalDate.of(9_999, 12, 31)));
        extremes.put(
                YearMonth.class,
                List.of(YearMonth.of(999_999_999, 12), YearMonth.of(-999_999_999, 1), YearMonth.of(12_000, 1)));
        List<Integer> ints = List.of(Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0);
        List<Long> longs = List.of(Long.MAX_VALUE, Long.MIN_VALUE, -1L, 0L);
        extremes.put(int.class, ints);
        extremes.put(Integer.class, ints);
        extremes.put(long.class, longs);
        extremes.put(Long.class, longs);
        return extremes;
    }

    static List<Setter> setters() {
        return Setters.of(EXTREMES.keySet()).stream()
                .filter(setter ->
                        !SKIPPED.contains(setter.target().getDeclaringClass().getSimpleName() + "."
                                + setter.target().getName()))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("setters")
    void the_greatest_and_the_least_work_or_are_refused_by_name(Setter setter) {
        for (Object extreme : EXTREMES.get(setter.type())) {
            try {
                uses.use(uses.setters().call(setter, extreme));
            } catch (IllegalArgumentException e) {
                assertThat(setter.isNamedIn(e.getMessage()))
                        .as("%s with %s is refused without a field's name: %s", setter, extreme, e.getMessage())
                        .isTrue();
            } catch (AssertionError e) {
                throw e;
            } catch (Throwable e) {
                boolean mayNot = e instanceof DatabaseException refused && "42501".equals(refused.sqlState());
                if (!mayNot && !TYPED.contains(e.getClass())) {
                    fail(setter + " with " + extreme + ": " + e, e);
                }
            }
        }
    }

    @Test
    void every_input_is_used() {
        assertThat(setters())
                .filteredOn(setter -> setter.target() instanceof Method)
                .extracting(setter -> (Class<?>) setter.target().getDeclaringClass())
                .filteredOn(Class::isRecord)
                .allMatch(uses::isUsed);
    }

    /** A cursor may have been through a browser. */
    @Test
    void a_forged_cursor_is_refused_by_name() {
        for (long micros : new long[] {Long.MIN_VALUE, -62_135_596_800_000_001L, Long.MAX_VALUE}) {
            String text = "benchmarks|" + micros + "|" + UUID.randomUUID();
            Cursor forged = new Cursor(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));
            assertThatThrownBy(() -> database.db().benchmarks().list(BenchmarkFilter.ALL, 1, forged))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("cursor ");
        }
    }

    @Test
    void the_search_finds_the_setters_that_are_known_to_be_there() {
        assertThat(setters())
                .extracting(Setter::toString)
                .contains(
                        "NewJob.runAt(Instant)/0",
                        "Schedule.new(String, String, Duration, ZoneId, Missed, NewJob, Instant, Instant, Instant)/2",
                        "LockRepository.acquire(String, String, Duration, Duration)/3",
                        "JobFilter.created(Instant, Instant)/1")
                .hasSizeGreaterThan(200);
    }
}
