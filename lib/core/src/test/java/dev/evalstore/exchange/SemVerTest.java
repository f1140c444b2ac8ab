package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SemVerTest {
    private static final int PAIRS = Integer.getInteger("exchange.semver.pairs", 2_000);
    private static final long SEED = 20_130_618;

    private static final List<String> IDENTIFIERS = List.of(
            "0",
            "1",
            "2",
            "9",
            "10",
            "11",
            "99",
            "100",
            "9".repeat(50),
            "1" + "0".repeat(49),
            "8".repeat(49),
            "alpha",
            "alpha-",
            "alpha-1",
            "alpha1",
            "alpha0",
            "beta",
            "rc",
            "A",
            "Z",
            "a",
            "z",
            "-",
            "--",
            "-1",
            "0a",
            "00a",
            "1-",
            "z".repeat(60));

    /** Any version, often near to others. */
    static SemVer random(Random random) {
        String prerelease = random.nextInt(4) == 0 ? null : identifiers(random);
        String build = random.nextInt(3) == 0 ? identifiers(random) : null;
        return new SemVer(number(random), number(random), number(random), prerelease, build);
    }

    private static int number(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Integer.MAX_VALUE;
            case 1 -> 9 + random.nextInt(3);
            case 2 -> random.nextInt(Integer.MAX_VALUE);
            default -> random.nextInt(2);
        };
    }

    private static String identifiers(Random random) {
        List<String> parts = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            parts.add(
                    random.nextInt(5) > 0
                            ? IDENTIFIERS.get(random.nextInt(IDENTIFIERS.size()))
                            : Integer.toString(random.nextInt(1_000)));
        }
        return String.join(".", parts);
    }

    /** The order as SemVer 2.0 words it, by other means than the library's. */
    private static int expected(SemVer a, SemVer b) {
        int byNumbers = Arrays.compare(
                new int[] {a.major(), a.minor(), a.patch()}, new int[] {b.major(), b.minor(), b.patch()});
        if (byNumbers != 0) {
            return Integer.signum(byNumbers);
        }
        if (a.prerelease() == null || b.prerelease() == null) {
            return a.prerelease() == b.prerelease() ? 0 : a.prerelease() == null ? 1 : -1;
        }
        String[] as = a.prerelease().split("\\.");
        String[] bs = b.prerelease().split("\\.");
        for (int i = 0; i < as.length && i < bs.length; i++) {
            boolean aNumber = as[i].matches("[0-9]+");
            boolean bNumber = bs[i].matches("[0-9]+");
            int order = aNumber && bNumber
                    ? new BigInteger(as[i]).compareTo(new BigInteger(bs[i]))
                    : aNumber
                            ? -1
                            : bNumber
                                    ? 1
                                    : Arrays.compare(
                                            as[i].getBytes(StandardCharsets.US_ASCII),
                                            bs[i].getBytes(StandardCharsets.US_ASCII));
            if (order != 0) {
                return Integer.signum(order);
            }
        }
        return Integer.compare(as.length, bs.length);
    }

    @Test
    void the_chain_of_the_specification_is_in_order() {
        List<SemVer> chain = Stream.of(
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0",
                        "1.0.1",
                        "1.1.0",
                        "1.9.0",
                        "1.10.0",
                        "1.11.0",
                        "2.0.0",
                        "2.1.0",
                        "2.1.1")
                .map(SemVer::parse)
                .toList();
        for (int i = 0; i < chain.size(); i++) {
            for (int j = 0; j < chain.size(); j++) {
                assertThat(Integer.signum(chain.get(i).compareTo(chain.get(j))))
                        .as("%s and %s", chain.get(i), chain.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
        List<SemVer> shuffled = new ArrayList<>(chain);
        Collections.shuffle(shuffled, new Random(SEED));
        assertThat(shuffled.stream().sorted()).isEqualTo(chain);
    }

    /** Where a text ends, is divided by a dot or goes on with a hyphen: the end is first, then the dot. */
    @Test
    void identifiers_that_begin_alike_are_in_order() {
        List<String> chain = List.of(
                "0",
                "0.0",
                "0.a",
                "1",
                "2",
                "10",
                "10.1",
                "10-",
                "100-",
                "1a",
                "-",
                "--",
                "A",
                "alpha",
                "alpha.0",
                "alpha.1",
                "alpha.-",
                "alpha-",
                "alpha-.1",
                "alpha--",
                "alpha0",
                "alphab");
        List<SemVer> versions = chain.stream()
                .map(text -> SemVer.parse("1.0.0-" + text))
                .sorted(SemVerTest::expected)
                .toList();
        for (int i = 1; i < versions.size(); i++) {
            SemVer before = versions.get(i - 1);
            SemVer after = versions.get(i);
            assertThat(before.compareTo(after)).as("%s and %s", before, after).isNegative();
            assertThat(before.precedence().compareTo(after.precedence()))
                    .as("%s and %s", before, after)
                    .isNegative();
        }
    }

    @Test
    void the_order_is_that_of_the_specification_and_total_seed_20130618() {
        Random random = new Random(SEED);
        for (int i = 0; i < PAIRS; i++) {
            SemVer a = random(random);
            SemVer b = random.nextInt(3) > 0 ? near(random, a) : random(random);
            SemVer c = random.nextInt(3) > 0 ? near(random, b) : random(random);

            assertThat(Integer.signum(a.compareTo(b))).as("%s and %s", a, b).isEqualTo(expected(a, b));
            assertThat(Integer.signum(b.compareTo(a))).isEqualTo(-Integer.signum(a.compareTo(b)));
            assertThat(a.compareTo(SemVer.parse(a.toString()))).isZero();
            assertThat(Integer.signum(a.precedence().compareTo(b.precedence())))
                    .as("precedence of %s and %s", a, b)
                    .isEqualTo(expected(a, b));
            List<SemVer> sorted = Stream.of(a, b, c).sorted().toList();
            assertThat(sorted.get(0).compareTo(sorted.get(2)))
                    .as("transitive: %s", sorted)
                    .isNotPositive();
            if (a.compareTo(b) == 0) {
                assertThat(Integer.signum(a.compareTo(c))).isEqualTo(Integer.signum(b.compareTo(c)));
            }
        }
    }

    /** The same version but for one thing. */
    static SemVer near(Random random, SemVer version) {
        SemVer other = random(random);
        return switch (random.nextInt(4)) {
            case 0 ->
                new SemVer(version.major(), version.minor(), version.patch(), other.prerelease(), version.build());
            case 1 ->
                new SemVer(version.major(), version.minor(), version.patch(), version.prerelease(), other.build());
            case 2 ->
                new SemVer(version.major(), version.minor(), other.patch(), version.prerelease(), version.build());
            default ->
                version.prerelease() == null
                        ? version
                        : new SemVer(
                                version.major(),
                                version.minor(),
                                version.patch(),
                                version.prerelease() + (random.nextBoolean() ? ".0" : "-"),
                                version.build());
        };
    }

    @Test
    void what_is_formatted_is_read_back_seed_20130618() {
        Random random = new Random(SEED);
        for (int i = 0; i < PAIRS; i++) {
            SemVer version = random(random);
            SemVer read = SemVer.parse(version.toString());
            assertThat(read).isEqualTo(version).hasSameHashCodeAs(version);
            assertThat(read.toString()).isEqualTo(version.toString());
        }
    }

    @Test
    void build_metadata_counts_for_equality_and_not_for_order() {
        SemVer one = SemVer.parse("1.0.0+a");
        SemVer other = SemVer.parse("1.0.0+b");

        assertThat(one).isNotEqualTo(other).isEqualByComparingTo(other).isEqualByComparingTo(SemVer.of(1, 0, 0));
        assertThat(one.precedence()).isEqualTo(other.precedence());
        assertThat(one).isEqualTo(SemVer.parse("1.0.0+a"));
        assertThat(SemVer.parse("1.0.0-rc.1+a")).isLessThan(one);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.4",
                "1.2.3",
                "10.20.30",
                "1.1.2-prerelease+meta",
                "1.1.2+meta",
                "1.1.2+meta-valid",
                "1.0.0-alpha",
                "1.0.0-alpha.beta.1",
                "1.0.0-alpha0.valid",
                "1.0.0-alpha.0valid",
                "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
                "2.0.0-rc.1+build.123",
                "10.2.3-DEV-SNAPSHOT",
                "2.0.0+build.1848",
                "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
                "1.2.3----R-S.12.9.1--.12+meta",
                "1.2.3----RC-SNAPSHOT.12.9.1--.12",
                "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
                "1.0.0+00.01",
                "1.0.0-0A.is.legal",
                "2147483647.2147483647.2147483647"
            })
    void the_texts_that_the_specification_admits_are_read(String text) {
        assertThat(SemVer.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2",
                "1.2.3.4",
                "1.2.3-",
                "1.2.3+",
                "1.2.3-+a",
                "1.2.3-a+",
                "1.2.3-0123",
                "1.2.3-a.01",
                "1.1.2+.123",
                "1.1.2+a..b",
                "+invalid",
                "-invalid",
                "-invalid.01",
                "alpha",
                "alpha.beta.1",
                "alpha_beta",
                "1.0.0-alpha_beta",
                "1.0.0-alpha..1",
                "1.0.0-alpha.",
                "1.0.0-.alpha",
                "01.1.1",
                "1.01.1",
                "1.1.01",
                "1.2.3.DEV",
                "1.2-SNAPSHOT",
                "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
                "-1.0.3-gamma+b7718",
                "1.-1.0",
                "9.8.7+meta+meta",
                "9.8.7-whatever+meta+meta",
                "v1.2.3",
                "=1.2.3",
                " 1.2.3",
                "1.2.3 ",
                "1.2.3\n",
                "1. 2.3",
                "1.2.x",
                "1.2.3-é",
                "1.2.3+é",
                "١.2.3",
                "1.2.3-١",
                "1.2.3-🦖"
            })
    void what_the_specification_does_not_admit_is_refused_by_name(String text) {
        assertThatThrownBy(() -> SemVer.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s)(version|prerelease|build) must .*");
    }

    @Test
    void what_is_beyond_the_bounds_is_refused_by_name() {
        refused("major", "2147483648.0.0");
        refused("minor", "0.99999999999999999999999.0");
        refused("patch", "0.0.4294967296");
        refused("prerelease", "1.0.0-" + "1".repeat(51));
        refused("prerelease", "1.0.0-" + "a".repeat(256));
        refused("build", "1.0.0+" + "a".repeat(256));
        assertThat(SemVer.parse("1.0.0-" + "1".repeat(50) + "." + "a".repeat(204) + "+" + "0".repeat(255)))
                .isNotNull();
        assertThat(SemVer.parse("1.0.0-" + "1".repeat(51) + "a")).isNotNull();
        assertThatThrownBy(() -> SemVer.of(0, -1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("minor ");
        assertThatThrownBy(() -> SemVer.parse(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("version");
    }

    private static void refused(String field, String text) {
        assertThatThrownBy(() -> SemVer.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(field + " must ");
    }

    @Test
    void the_longest_precedence_fits_an_index() {
        String prerelease = "1" + ".1".repeat(127);
        assertThat(SemVer.parse("2147483647.0.0-" + prerelease).precedence())
                .hasSizeLessThanOrEqualTo(800)
                .isEqualTo(SemVer.checkPrecedence(
                        SemVer.parse("2147483647.0.0-" + prerelease).precedence()));
        for (String text : List.of("1.0.0", "1.0.0-rc.1", "0.0.0--", "1.0.0-" + "1".repeat(50))) {
            String precedence = SemVer.parse(text).precedence();
            assertThat(SemVer.checkPrecedence(precedence)).isEqualTo(precedence);
        }
        for (String text : List.of("", "1.0.0", "0000000001 0000000000 0000000000 ", "\0")) {
            assertThatThrownBy(() -> SemVer.checkPrecedence(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_bump_raises_one_number_and_drops_what_follows() {
        SemVer version = SemVer.parse("1.4.2-rc.1+build.5");

        assertThat(version.bump(Bump.MAJOR)).hasToString("2.0.0");
        assertThat(version.bump(Bump.MINOR)).hasToString("1.5.0");
        assertThat(version.bump(Bump.PATCH)).hasToString("1.4.3");
        SemVer last = SemVer.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
        for (Bump bump : Bump.values()) {
            assertThatThrownBy(() -> last.bump(bump))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(bump.name().toLowerCase(Locale.ROOT) + " ");
            assertThat(version.bump(bump)).isGreaterThan(version);
        }
    }

    @Test
    void versions_of_one_major_number_are_compatible() {
        assertThat(compatible("1.2.3", "1.9.0")).isTrue();
        assertThat(compatible("1.2.3", "1.2.3+a")).isTrue();
        assertThat(compatible("1.2.3", "2.0.0")).isFalse();
        assertThat(compatible("0.2.3", "0.2.9")).isTrue();
        assertThat(compatible("0.2.3", "0.3.0")).isFalse();
        assertThat(compatible("0.2.3", "1.2.3")).isFalse();
        assertThat(compatible("1.2.3-rc.1", "1.2.3")).isFalse();
        assertThat(compatible("1.2.3-rc.1", "1.2.3-rc.2")).isFalse();
        assertThat(compatible("1.2.3-rc.1", "1.2.3-rc.1+a")).isTrue();
    }

    private static boolean compatible(String a, String b) {
        boolean compatible = SemVer.parse(a).isCompatibleWith(SemVer.parse(b));
        assertThat(SemVer.parse(b).isCompatibleWith(SemVer.parse(a))).isEqualTo(compatible);
        return compatible;
    }
}
