package dev.evalstore.internal;

import static dev.evalstore.internal.EcmaNumbers.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcmaNumbersTest {
    private static final int RANDOM_NUMBERS = Integer.getInteger("canonical.numbers", 60_000);
    private static final Pattern PLAIN = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]*[1-9])?");
    private static final Pattern WITH_EXPONENT = Pattern.compile("-?[1-9]([.][0-9]*[1-9])?e([+]|-)[1-9][0-9]*");

    /** RFC 8785, appendix B. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2"
    })
    void the_vectors_of_the_rfc(String bits, String text) {
        assertThat(text(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))))
                .isEqualTo(text);
    }

    /** Before JDK 19, {@code Double.toString} writes more digits than needed here, or others than the closest. */
    @ParameterizedTest
    @CsvSource({
        "2.0E-3, 0.002",
        "2.2250738585072014E-308, 2.2250738585072014e-308",
        "2.0E23, 2e+23",
        "2.82879384806159E17, 282879384806159000",
        "1.387364135037754E18, 1387364135037754000",
        "9.5E-323, 9.4e-323",
        "4.8726570057E288, 4.8726570057e+288"
    })
    void numbers_that_java_writes_differently(double value, String text) {
        assertThat(text(value)).isEqualTo(text);
    }

    @Test
    void numbers_of_any_bits() {
        Random random = new Random(1);
        each(() -> Double.longBitsToDouble(random.nextLong()));
    }

    @Test
    void decimals_of_few_digits_keep_their_digits() {
        Random random = new Random(2);
        for (int i = 0; i < RANDOM_NUMBERS; i++) {
            String digits = Long.toString(random.nextInt(1_000_000_000) + 1L);
            String text = new BigDecimal("0." + digits).stripTrailingZeros().toPlainString();
            assertThat(text(Double.parseDouble(text))).isEqualTo(text);
        }
        each(() -> random.nextInt(100_000) / 1_000.0 * Math.pow(10, random.nextInt(40) - 20));
    }

    @Test
    void computed_numbers_and_the_neighbours_of_powers() {
        Random random = new Random(3);
        each(() -> random.nextGaussian() / random.nextInt(1, 1_000));
        for (int q = -1074; q <= 1023; q++) {
            double power = Math.scalb(1.0, q);
            check(power);
            check(Math.nextUp(power));
            check(Math.nextDown(power));
        }
        for (int e = -323; e <= 308; e++) {
            double power = Double.parseDouble("1e" + e);
            check(power);
            check(Math.nextUp(power));
            check(-Math.nextDown(power));
        }
    }

    private static void each(DoubleSupplier numbers) {
        for (int i = 0; i < RANDOM_NUMBERS; i++) {
            double value = numbers.getAsDouble();
            if (Double.isFinite(value)) {
                check(value);
            }
        }
    }

    /** Holds the definition itself against the text: read back the same, none shorter, none of that length closer. */
    private static void check(double value) {
        String text = text(value);
        assertThat(Double.parseDouble(text)).as(text).isEqualTo(value + 0.0);
        if (value == 0) {
            return;
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal written = new BigDecimal(text).stripTrailingZeros();
        int digits = written.precision();
        if (digits > 1) {
            assertNotReadAs(exact, digits - 1, RoundingMode.DOWN, value);
            assertNotReadAs(exact, digits - 1, RoundingMode.UP, value);
        }
        BigDecimal distance = written.subtract(exact).abs();
        for (RoundingMode rounding : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
            BigDecimal other = exact.round(new MathContext(digits, rounding));
            boolean isCloser = other.subtract(exact).abs().compareTo(distance) < 0;
            assertThat(isCloser && other.doubleValue() == value).as(text).isFalse();
        }
        boolean isPlain = Math.abs(value) >= 1e-6 && Math.abs(value) < 1e21;
        assertThat(text).matches(isPlain ? PLAIN : WITH_EXPONENT);
    }

    private static void assertNotReadAs(BigDecimal exact, int digits, RoundingMode rounding, double value) {
        BigDecimal shorter = exact.round(new MathContext(digits, rounding));
        assertThat(shorter.doubleValue()).as(shorter.toString()).isNotEqualTo(value);
    }
}
