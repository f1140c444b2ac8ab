package dev.evalstore.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.evalstore.catalog.HardwareConfig;
import dev.evalstore.catalog.InferenceFramework;
import dev.evalstore.catalog.ModelVersion;
import dev.evalstore.catalog.UseCase;
import dev.evalstore.exchange.LeaderboardEntry;
import dev.evalstore.matrix.BenchmarkResult;
import dev.evalstore.matrix.ModelRanking;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final List<Class<?>> TYPES = List.of(
            ModelDetails.class,
            ModelVersion.class,
            BenchmarkResult.class,
            ModelRanking.class,
            HardwareConfig.class,
            InferenceFramework.class,
            UseCase.class,
            ModelMetrics.class,
            DefinitionDetails.class,
            LeaderboardEntry.class);

    /** Of the shapes that {@link Codec#FORMAT} 2 is of. */
    private static final int SHAPES = -772217476;

    /** A value that another version of the library wrote must not be read: raise the format, and state the new shapes here. */
    @Test
    void the_format_has_another_number_when_a_cached_type_gets_another_shape() {
        TreeMap<String, String> shapes = new TreeMap<>();
        TYPES.forEach(type -> shape(type, shapes));
        assertThat(shapes).hasSizeGreaterThan(TYPES.size()).containsKey("dev.evalstore.exchange.RankedSubmission");
        assertThat(shapes.toString().hashCode())
                .as("format %d has other shapes: %s", Codec.FORMAT, shapes)
                .isEqualTo(SHAPES);
    }

    private static void shape(Type type, TreeMap<String, String> shapes) {
        if (type instanceof ParameterizedType generic) {
            Arrays.stream(generic.getActualTypeArguments()).forEach(argument -> shape(argument, shapes));
        }
        if (!(type instanceof Class<?> one) || shapes.containsKey(one.getName())) {
            return;
        }
        if (one.isEnum()) {
            shapes.put(one.getName(), Arrays.toString(one.getEnumConstants()));
        } else if (one.isRecord()) {
            StringBuilder shape = new StringBuilder();
            shapes.put(one.getName(), "");
            for (RecordComponent component : one.getRecordComponents()) {
                shape.append(component.getGenericType().getTypeName())
                        .append(' ')
                        .append(component.getName())
                        .append(';');
                shape(component.getGenericType(), shapes);
            }
            shapes.put(one.getName(), shape.toString());
        }
    }

    @Test
    void short_and_long_values_come_back_and_long_ones_are_smaller() throws IOException {
        String brief = "a".repeat(100);
        String large = "some words, ".repeat(10_000);
        assertThat(Codec.read(Codec.write(brief), String.class)).isEqualTo(brief);
        assertThat(Codec.read(Codec.write(large), String.class)).isEqualTo(large);
        assertThat(Codec.write(brief)).hasSize(107);
        assertThat(Codec.write(large)).hasSizeLessThan(large.length() / 10);
    }

    @Test
    void bytes_that_were_cut_or_changed_or_unpack_to_too_much_are_no_value() throws IOException {
        for (String value : List.of("a".repeat(100), "some words, ".repeat(10_000))) {
            byte[] right = Codec.write(value);
            for (int at = 0; at < right.length; at += 1 + right.length / 50) {
                byte[] changed = right.clone();
                changed[at] ^= 1;
                byte[] cut = Arrays.copyOf(right, at);
                assertThatException().isThrownBy(() -> Codec.read(changed, String.class));
                assertThatException().isThrownBy(() -> Codec.read(cut, String.class));
            }
        }
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.writeBytes(new byte[] {1, 0, 0, 0, 0});
        try (DeflaterOutputStream compressed = new DeflaterOutputStream(bomb)) {
            for (int i = 0; i < 256; i++) {
                compressed.write(new byte[1_000_000]);
            }
        }
        assertThatIOException().isThrownBy(() -> Codec.read(bomb.toByteArray(), String.class));
        assertThat(Codec.write("a".repeat(Codec.MAX_LENGTH))).isNull();
    }
}
