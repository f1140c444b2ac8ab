package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairBuilderTest {
    private static final int UNITS = 3;
    private static final PairedValues.Of OF = new PairedValues.Of(
            ComparisonUnit.EXPERIMENT,
            IntStream.range(0, UNITS).mapToObj(unit -> new UUID(0, unit)).toList(),
            ItemMetric.SCORE,
            Pairing.ITEM_AND_REPEAT);

    private record Key(String item, int repeat) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byBytes = Arrays.compareUnsigned(
                    item.getBytes(StandardCharsets.UTF_8), other.item.getBytes(StandardCharsets.UTF_8));
            return byBytes != 0 ? byBytes : Integer.compare(repeat, other.repeat);
        }
    }

    private record Answer(int unit, Key key, @Nullable Double value) {}

    private static PairedValues table(List<Answer> answers) {
        PairBuilder builder = new PairBuilder(UNITS);
        answers.forEach(answer ->
                builder.add(answer.unit(), answer.key().item(), answer.key().repeat(), answer.value()));
        return builder.build(OF);
    }

    /** Some thousands of rows, so that columns and hash grow; some of several answers, without a value, or no number. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void a_table_is_what_a_sorted_map_of_the_answers_is_in_any_order(long seed) {
        Random random = new Random(seed);
        String[] prefixes = seed == 3 ? new String[] {"é", "\uE000", "\uD83D\uDE00", "a"} : new String[] {"mmlu-", "é"};
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String item = prefixes[random.nextInt(prefixes.length)] + random.nextInt(1_500);
            Double[] values = {null, Double.NaN, random.nextGaussian(), (double) random.nextInt(3), 0.1};
            answers.add(new Answer(
                    random.nextInt(UNITS), new Key(item, random.nextInt(2)), values[random.nextInt(values.length)]));
        }
        Map<Key, List<List<Answer>>> oracle = new TreeMap<>();
        for (Answer answer : answers) {
            oracle.computeIfAbsent(
                            answer.key(), key -> Arrays.asList(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()))
                    .get(answer.unit())
                    .add(answer);
        }

        PairedValues table = table(answers);

        assertThat(table.size()).isEqualTo(oracle.size());
        int row = 0;
        int[] expected = new int[4];
        for (Map.Entry<Key, List<List<Answer>>> entry : oracle.entrySet()) {
            assertThat(table.item(row)).isEqualTo(entry.getKey().item());
            assertThat(table.repeat(row)).isEqualTo(entry.getKey().repeat());
            for (int unit = 0; unit < UNITS; unit++) {
                double[] given = entry.getValue().get(unit).stream()
                        .map(Answer::value)
                        .filter(value -> value != null && !value.isNaN())
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                List<Answer> all = entry.getValue().get(unit);
                boolean isNaN = all.stream().anyMatch(one -> one.value() != null);
                expected[0] += given.length > 1 ? 1 : 0;
                expected[1] += given.length > 0 ? all.size() - given.length : 0;
                expected[2] += given.length == 0 && isNaN ? 1 : 0;
                expected[3] += given.length == 0 && !isNaN && !all.isEmpty() ? 1 : 0;
                assertThat(table.value(unit, row)).isEqualTo(mean(given));
            }
            row++;
        }
        assertThat(counted(table)).isEqualTo(expected);

        Collections.shuffle(answers, random);
        PairedValues shuffled = table(answers);
        for (int unit = 0; unit < UNITS; unit++) {
            for (int i = 0; i < row; i++) {
                assertThat(shuffled.value(unit, i)).isEqualTo((Double) table.value(unit, i));
            }
        }
        assertThat(shuffled.pairs(0, 1, 2).leftOut())
                .isEqualTo(table.pairs(0, 1, 2).leftOut());
    }

    private static int[] counted(PairedValues table) {
        int[] counts = new int[4];
        for (int unit = 0; unit < UNITS; unit++) {
            PairedValues.Answers of = table.answers(unit);
            counts[0] += of.averaged();
            counts[1] += of.passedOver();
            counts[2] += of.noNumbers();
            counts[3] += of.missing();
        }
        return counts;
    }

    private static Double mean(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        // Rounded as often as the sum of a table is.
        double sum = Arrays.stream(values)
                .mapToObj(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .doubleValue();
        double mean = sum / values.length;
        return Math.max(
                Arrays.stream(values).min().orElseThrow(),
                Math.min(Arrays.stream(values).max().orElseThrow(), mean));
    }

    @Test
    void keys_are_in_the_order_of_their_bytes_beyond_the_basic_plane_too() {
        List<Answer> answers = new ArrayList<>();
        for (String item : List.of("\uD83D\uDE00", "\uFFFD", "\uE000", "z", "\uD7FF")) {
            answers.add(new Answer(0, new Key(item, 0), 1.0));
        }
        PairedValues table = table(answers);
        assertThat(IntStream.range(0, table.size()).mapToObj(table::item))
                .containsExactly("z", "\uD7FF", "\uE000", "\uFFFD", "\uD83D\uDE00");
    }

    @Test
    void a_json_value_is_a_number_as_far_as_doubles_go() {
        String zeros = "0".repeat(300);
        assertThat(JsonNumber.orNull(null)).isNull();
        assertThat(JsonNumber.orNull("null")).isNull();
        assertThat(JsonNumber.orNull("true")).isEqualTo(1);
        assertThat(JsonNumber.orNull("false")).isZero();
        for (String none : List.of("\"1\"", "\"\"", "[1]", "{}", "2" + zeros, "-2" + zeros, "9".repeat(1_100))) {
            assertThat(JsonNumber.orNull(none)).isNaN();
        }
        assertThat(JsonNumber.orNull("1" + zeros)).isEqualTo(1e300);
        assertThat(JsonNumber.orNull("-1" + zeros)).isEqualTo(-1e300);
        assertThat(JsonNumber.orNull("0." + zeros + "1")).isZero();
        assertThat(JsonNumber.orNull("0." + "0".repeat(298) + "1")).isEqualTo(1e-299);
        assertThat(JsonNumber.orNull("9".repeat(300) + ".")).isEqualTo(1e300);
    }
}
