package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditDistanceTest {
    private static final long SECOND = 1_000_000_000;

    private static Deadline deadline() {
        return Deadline.in(Duration.ofMinutes(1));
    }

    private static int within(String a, String b, int max) {
        return EditDistance.within(a.codePoints().toArray(), b.codePoints().toArray(), max, deadline());
    }

    private static boolean isSimilar(String a, String b, double threshold) {
        return EditDistance.isSimilar(a, b, threshold, deadline());
    }

    /** The table of Wagner and Fischer (1974), row by row. */
    private static int table(int[] a, int[] b) {
        int[] row = new int[b.length + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length; j++) {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length];
    }

    private static int[] text(Random random, int length, int letters) {
        return random.ints(length, 'a', 'a' + letters).toArray();
    }

    /** A text with so many edits at random places. */
    private static int[] edited(Random random, int[] text, int edits, int letters) {
        StringBuilder edited = new StringBuilder(new String(text, 0, text.length));
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(edited.length() + 1);
            char letter = (char) ('a' + random.nextInt(letters));
            switch (random.nextInt(3)) {
                case 0 -> edited.insert(at, letter);
                case 1 -> edited.delete(at, Math.min(at + 1, edited.length()));
                default -> edited.replace(at, Math.min(at + 1, edited.length()), String.valueOf(letter));
            }
        }
        return edited.codePoints().toArray();
    }

    @Test
    void the_examples_of_the_textbooks() {
        assertThat(within("kitten", "sitting", 7)).isEqualTo(3);
        assertThat(within("saturday", "sunday", 8)).isEqualTo(3);
        assertThat(within("intention", "execution", 9)).isEqualTo(5);
        assertThat(within("", "", 0)).isZero();
        assertThat(within("", "abc", 3)).isEqualTo(3);
        assertThat(within("abc", "", 2)).isEqualTo(-1);
        assertThat(within("abc", "abc", 0)).isZero();
        assertThat(within("abc", "abd", 0)).isEqualTo(-1);
    }

    /** Each pair with each maximum around its distance, so the edges of the band and of the blocks are met. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void it_is_the_tables_and_bounded_by_the_maximum(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 120; round++) {
            int letters = 1 + random.nextInt(5);
            int[] a = text(random, random.nextInt(300), letters);
            int[] b = random.nextBoolean()
                    ? edited(random, a, random.nextInt(40), letters)
                    : text(random, random.nextInt(300), letters);
            int distance = table(a, b);
            for (int max : new int[] {0, distance - 1, distance, distance + 1, distance + 2, 64, 1_000}) {
                assertThat(EditDistance.within(a, b, Math.max(0, max), deadline()))
                        .as("round %d, maximum %d", round, max)
                        .isEqualTo(distance <= Math.max(0, max) ? distance : -1);
            }
        }
    }

    @Test
    void a_code_point_is_one_edit() {
        assertThat(within("a😀c", "abc", 1)).isEqualTo(1);
        assertThat(within("😀😁", "", 2)).isEqualTo(2);
        assertThat(isSimilar("😀😁😂😃😄", "😀😁😂😃😅", 0.8)).isTrue();
        assertThat(isSimilar("😀😁😂😃😄", "😀😁😂😃😅", 0.81)).isFalse();
    }

    @Test
    void similarity_is_one_minus_distance_by_the_longer_length() {
        assertThat(isSimilar("", "", 1)).as("both empty").isTrue();
        assertThat(isSimilar("", "a", Double.MIN_VALUE)).isFalse();
        assertThat(isSimilar("kitten", "sitting", 4 / 7.0)).isTrue();
        assertThat(isSimilar("kitten", "sitting", Math.nextUp(1 - 3 / 7.0))).isFalse();
        assertThat(isSimilar("same", "same", 1)).isTrue();
        assertThat(isSimilar("abcdefghij", "abcdefghiX", 0.9)).isTrue();
        for (int length = 1; length <= 60; length++) {
            String a = "a".repeat(length);
            for (int edits = 0; edits <= length; edits++) {
                String b = "b".repeat(edits) + "a".repeat(length - edits);
                double similarity = 1 - (double) edits / length;
                if (similarity > 0) {
                    assertThat(isSimilar(a, b, similarity)).isTrue();
                }
                if (similarity < 1) {
                    assertThat(isSimilar(a, b, Math.nextUp(similarity))).isFalse();
                }
            }
        }
    }

    /** Texts that are alike as far as the threshold allows, just not so, and not at all: processor time, the best of five. */
    @ParameterizedTest(name = "threshold {0}")
    @ValueSource(doubles = {0.05, 0.8})
    void two_texts_of_100_kilobytes_take_less_than_a_second(double threshold) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Random random = new Random(7);
        int[] a = text(random, 100_000, 26);
        int edits = (int) ((1 - threshold) * 100_000);
        for (int[] b :
                new int[][] {edited(random, a, edits / 2, 26), edited(random, a, edits, 26), text(random, 100_000, 26)
                }) {
            String left = new String(a, 0, a.length);
            String right = new String(b, 0, b.length);
            long best = Long.MAX_VALUE;
            for (int run = 0; run < 5 && best > SECOND; run++) {
                long start = threads.getCurrentThreadCpuTime();
                isSimilar(left, right, threshold);
                best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
            }
            assertThat(best).isLessThan(SECOND);
        }
    }

    @Test
    void it_ends_at_the_deadline() {
        Random random = new Random(1);
        int[] a = text(random, 10_000, 26);
        int[] b = text(random, 10_000, 26);
        assertThatThrownBy(() -> EditDistance.within(a, b, 10_000, Deadline.in(Duration.ZERO)))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage("the output was not checked within 0 ms");
    }
}
