package dev.evalstore.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.NotFoundException;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on the store and on a model of it: maps of a key to a value and the model's time of expiry. The model's
 * time moves in hours and everything expires half-way between, so that the milliseconds of the run decide nothing.
 *
 * <p>{@code -Dstate.model.seeds=100} runs more seeds, {@code -Dstate.model.operations} longer ones.
 */
class StateModelTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int SEEDS = Integer.getInteger("state.model.seeds", 3);
    private static final int OPERATIONS = Integer.getInteger("state.model.operations", 2_500);
    private static final int NEVER = Integer.MAX_VALUE;

    /** What the model knows of an entry. */
    private record Cell(String value, int expiresAt, int setBy) {}

    private Random random = new Random();
    private StateBackend state;
    private int now;
    private int operation;
    private long highest;
    private TreeMap<Integer, Cell> live = new TreeMap<>();
    private final Map<UUID, TreeMap<Integer, Cell>> checkpoints = new HashMap<>();
    private final List<UUID> kept = new ArrayList<>();
    private final Map<Integer, Long> versions = new HashMap<>();

    static Stream<Long> seeds() {
        return LongStream.rangeClosed(1, SEEDS).boxed();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_store_agrees_with_the_model_after_any_operations(long seed) {
        prove(seed, OPERATIONS);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {101, 102, 103})
    void the_store_agrees_with_the_model_after_many_operations(long seed) {
        prove(seed, 10_000);
    }

    private void prove(long seed, int operations) {
        random = new Random(seed);
        StateOptions options = StateOptions.DEFAULT.watched(seed % 2 == 0);
        state = database.db().state("model-" + seed, options);
        for (int i = 1; i <= operations; i++) {
            step();
            if (i % 250 == 0) {
                compare("after operation " + i);
            }
            if (i % 1_000 == 0) {
                compareDifferences();
            }
        }
        compare("at the end");
        kept.forEach(id -> assertThat(state.deleteCheckpoint(id)).isTrue());
        state.cleanupHistory();
        state.cleanupExpired();
        String mine =
                " where namespace_id = (select id from evalstore.state_namespaces where name = 'model-" + seed + "')";
        assertThat(database.value("select count(*) from evalstore.state_history" + mine))
                .isEqualTo("0");
        assertThat(database.value("select count(*) from evalstore.state_entries" + mine))
                .isEqualTo("" + living(live).size());
    }

    private void step() {
        operation++;
        int dice = random.nextInt(1_000);
        int k = random.nextInt(60);
        if (dice < 300) {
            put(k);
        } else if (dice < 450) {
            assertThat(state.delete(key(k))).isEqualTo(isLive(k));
            live.remove(k);
        } else if (dice < 550) {
            putBatch();
        } else if (dice < 600) {
            List<Integer> keys = keys();
            long there = keys.stream().distinct().filter(this::isLive).count();
            assertThat(state.deleteAll(keys.stream().map(StateModelTest::key).toList()))
                    .isEqualTo(there);
            keys.forEach(live::remove);
        } else if (dice < 700) {
            conditional(k);
        } else if (dice < 760) {
            changeExpiry(k);
        } else if (dice < 800) {
            number(k);
        } else if (dice < 850) {
            read(k);
        } else if (dice < 895) {
            checkpoint();
        } else if (dice < 925) {
            restore();
        } else if (dice < 950) {
            drop();
        } else if (dice < 965) {
            state.cleanupExpired();
        } else if (dice < 980) {
            state.cleanupHistory();
        } else if (dice < 998) {
            PostgresStateBackendTest.letPass(database, state, Duration.ofHours(1));
            now++;
        } else {
            assertThat(state.clear()).isEqualTo(living(live).size());
            live.clear();
        }
    }

    private void put(int k) {
        String value = value();
        if (random.nextInt(3) == 0) {
            int hours = 1 + random.nextInt(5);
            noted(k, state.put(key(k), bytes(value), PutOptions.expiringAfter(ttl(hours))));
            live.put(k, new Cell(value, now + hours, operation));
        } else if (random.nextInt(5) == 0) {
            Cell old = isLive(k) ? live.get(k) : new Cell("", NEVER, 0);
            noted(k, state.put(key(k), bytes(value), PutOptions.NONE.keepingTtl()));
            live.put(k, new Cell(value, old.expiresAt(), old.setBy()));
        } else {
            noted(k, state.put(key(k), bytes(value)));
            live.put(k, new Cell(value, NEVER, 0));
        }
    }

    private void putBatch() {
        List<NewStateEntry> batch = new ArrayList<>();
        for (int k : keys()) {
            String value = value();
            boolean expires = random.nextBoolean();
            int hours = 1 + random.nextInt(5);
            NewStateEntry entry = NewStateEntry.of(key(k), bytes(value));
            batch.add(expires ? entry.ttl(ttl(hours)) : entry);
            live.put(k, new Cell(value, expires ? now + hours : NEVER, expires ? operation : 0));
        }
        state.putAll(batch);
    }

    private void conditional(int k) {
        long version = state.getEntry(key(k)).map(StateEntry::version).orElse(0L);
        assertThat(version != 0).isEqualTo(isLive(k));
        String value = value();
        if (random.nextInt(3) == 0) {
            boolean wrote = state.compareAndSet(key(k), version + 1 + random.nextInt(3), bytes(value))
                    .isPresent();
            assertThat(wrote).isFalse();
        } else if (random.nextBoolean()) {
            Cell old = isLive(k) ? live.get(k) : new Cell("", NEVER, 0);
            noted(k, state.compareAndSet(key(k), version, bytes(value)).orElseThrow());
            live.put(k, new Cell(value, old.expiresAt(), old.setBy()));
        } else {
            assertThat(state.compareAndDelete(key(k), version)).isEqualTo(isLive(k));
            live.remove(k);
        }
    }

    private void changeExpiry(int k) {
        boolean there = isLive(k);
        switch (random.nextInt(3)) {
            case 0 -> {
                int hours = 1 + random.nextInt(5);
                assertThat(state.expire(key(k), ttl(hours))).isEqualTo(there);
                live.computeIfPresent(k, (key, cell) -> there ? new Cell(cell.value(), now + hours, operation) : cell);
            }
            case 1 -> {
                assertThat(state.persist(key(k))).isEqualTo(there);
                live.computeIfPresent(k, (key, cell) -> there ? new Cell(cell.value(), NEVER, 0) : cell);
            }
            default -> assertThat(state.touch(key(k))).isEqualTo(there);
        }
    }

    private void number(int k) {
        int n = 100 + k % 5;
        long delta = random.nextInt(1_000) - 500;
        Cell old = isLive(n) ? live.get(n) : new Cell("0", NEVER, 0);
        long sum = Long.parseLong(old.value()) + delta;
        assertThat(state.increment(key(n), delta)).isEqualTo(sum);
        live.put(n, new Cell("" + sum, old.expiresAt(), old.setBy()));
    }

    private void read(int k) {
        assertThat(state.get(key(k)).map(StateModelTest::text).orElse(""))
                .isEqualTo(isLive(k) ? live.get(k).value() : "");
        assertThat(state.contains(key(k))).isEqualTo(isLive(k));
        if (!kept.isEmpty()) {
            UUID id = kept.get(random.nextInt(kept.size()));
            Cell then = living(checkpoints.get(id)).get(k);
            assertThat(state.readAt(id, key(k))
                            .map(entry -> text(entry.value()))
                            .orElse(""))
                    .isEqualTo(then == null ? "" : then.value());
        }
    }

    private void checkpoint() {
        if (kept.size() < 12) {
            UUID id = state.createCheckpoint().id();
            kept.add(id);
            checkpoints.put(id, new TreeMap<>(live));
        }
    }

    private void restore() {
        if (!kept.isEmpty()) {
            UUID id = kept.get(random.nextInt(kept.size()));
            state.restoreCheckpoint(id);
            live = new TreeMap<>(checkpoints.get(id));
        }
    }

    private void drop() {
        if (!kept.isEmpty() && random.nextBoolean()) {
            UUID id = kept.remove(random.nextInt(kept.size()));
            checkpoints.remove(id);
            assertThat(state.deleteCheckpoint(id)).isTrue();
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> state.restoreCheckpoint(id))
                    .isInstanceOf(NotFoundException.class);
        } else if (kept.size() > 8) {
            assertThat(state.cleanupCheckpoints(6, null).removed()).isEqualTo(kept.size() - 6);
            while (kept.size() > 6) {
                checkpoints.remove(kept.remove(0));
            }
        }
    }

    private void compare(String when) {
        assertThat(stored(state.entries(key(), 1_000, null)))
                .as("state " + when)
                .isEqualTo(texts(live));
        assertThat(state.count()).as("count " + when).isEqualTo(living(live).size());
        assertThat(state.listCheckpoints().stream().map(Checkpoint::id)).containsExactlyInAnyOrderElementsOf(kept);
        kept.forEach(id -> assertThat(stored(state.entriesAt(id, key(), 1_000, null)))
                .as("checkpoint " + kept.indexOf(id) + " " + when)
                .isEqualTo(texts(checkpoints.get(id))));
    }

    private void compareDifferences() {
        for (UUID a : kept) {
            UUID b = kept.get(random.nextInt(kept.size()));
            assertThat(differences(state.diff(a, b, 1_000, null)))
                    .isEqualTo(expected(checkpoints.get(a), checkpoints.get(b)));
            assertThat(differences(state.diff(a, null, 1_000, null))).isEqualTo(expected(checkpoints.get(a), live));
        }
    }

    /** Values are never the same twice, and expiries are told apart by the operation that set them. */
    private Map<Integer, StateDifference.Kind> expected(TreeMap<Integer, Cell> from, TreeMap<Integer, Cell> to) {
        Map<Integer, StateDifference.Kind> expected = new TreeMap<>();
        living(from).forEach((k, cell) -> {
            Cell other = living(to).get(k);
            if (other == null) {
                expected.put(k, StateDifference.Kind.REMOVED);
            } else if (!other.equals(cell)) {
                expected.put(k, StateDifference.Kind.CHANGED);
            }
        });
        living(to).forEach((k, cell) -> {
            if (!living(from).containsKey(k)) {
                expected.put(k, StateDifference.Kind.ADDED);
            }
        });
        return expected;
    }

    private static Map<Integer, StateDifference.Kind> differences(List<StateDifference> found) {
        Map<Integer, StateDifference.Kind> differences = new TreeMap<>();
        for (StateDifference difference : found) {
            differences.put(number(difference.key()), difference.kind());
        }
        return differences;
    }

    private void noted(int k, long version) {
        assertThat(version)
                .as("version of " + k)
                .isGreaterThan(versions.getOrDefault(k, 0L))
                .isGreaterThan(highest);
        versions.put(k, version);
        highest = version;
    }

    private boolean isLive(int k) {
        return living(live).containsKey(k);
    }

    private TreeMap<Integer, Cell> living(TreeMap<Integer, Cell> cells) {
        TreeMap<Integer, Cell> living = new TreeMap<>(cells);
        living.values().removeIf(cell -> cell.expiresAt() <= now);
        return living;
    }

    private Map<Integer, String> texts(TreeMap<Integer, Cell> cells) {
        Map<Integer, String> texts = new TreeMap<>();
        living(cells).forEach((k, cell) -> texts.put(k, cell.value()));
        return texts;
    }

    private static Map<Integer, String> stored(List<StateEntry> entries) {
        Map<Integer, String> stored = new TreeMap<>();
        entries.forEach(entry -> stored.put(number(entry.key()), text(entry.value())));
        return stored;
    }

    private List<Integer> keys() {
        return IntStream.range(0, 1 + random.nextInt(12))
                .mapToObj(i -> random.nextInt(60))
                .toList();
    }

    private String value() {
        return "v" + random.nextLong();
    }

    /** Half an hour before the model's hour strikes. */
    private static Duration ttl(int hours) {
        return Duration.ofMinutes(60L * hours - 30);
    }

    /** Some keys with a 0xFF, some without; number keys are apart. */
    private static byte[] key(int... k) {
        return k.length == 0 ? new byte[0] : new byte[] {(byte) (k[0] % 3 == 0 ? 255 : k[0] % 3), (byte) k[0]};
    }

    private static int number(byte[] key) {
        return key[1];
    }

    private static byte[] bytes(String value) {
        return StateSamples.b(value);
    }

    private static String text(byte[] value) {
        return value.length == 8 && value[0] != 'v'
                ? "" + java.nio.ByteBuffer.wrap(value).getLong()
                : new String(value, java.nio.charset.StandardCharsets.UTF_8);
    }
}
