package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.HOUR;
import static dev.evalstore.state.StateSamples.MINUTE;
import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Export and import. */
interface ExportContract extends StateContract {
    @ParameterizedTest
    @EnumSource
    default void an_export_comes_back_whole_and_without_what_has_expired(Kept kept) throws IOException {
        StateBackend state = fresh(kept.options);
        for (int i = 0; i < 2_500; i++) {
            state.put(b("k%04d".formatted(i)), b("v" + i));
        }
        state.put(b(""), b(""), PutOptions.NONE.metadata(Json.of(Map.of("a", "ü"))));
        state.put(b("long"), b("v"), PutOptions.expiringAfter(HOUR));
        state.put(b("short"), b("v"), PutOptions.expiringAfter(MINUTE));
        state.put(b("past"), b("v"), PutOptions.expiringAfter(MINUTE));
        StateEntry expiring = state.getEntry(b("long")).orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThat(state.export(null, out)).isEqualTo(2_504);

        StateBackend other = kept == Kept.PLAIN ? fresh(kept.options) : state;
        other.clear();
        other.put(b("stays"), b("v"));
        other.put(b("k0000"), b("overwritten"));
        assertThat(other.importFrom(new ByteArrayInputStream(out.toByteArray())))
                .isEqualTo(2_504);
        assertThat(other.count()).isEqualTo(2_505);
        assertThat(text(other, "k0000")).isEqualTo("v0");
        assertThat(text(other, "k2499")).isEqualTo("v2499");
        assertThat(other.getEntry(b("")).orElseThrow().metadata().asMap()).isEqualTo(Map.of("a", "ü"));
        assertThat(other.getEntry(b("long")).orElseThrow().expiresAt()).isEqualTo(expiring.expiresAt());
    }

    @Test
    default void an_export_of_a_checkpoint_holds_the_checkpoint() throws IOException {
        StateBackend state = fresh();
        state.put(b("a"), b("1"));
        state.put(b("b"), b("1"));
        UUID checkpoint = state.createCheckpoint().id();
        state.put(b("a"), b("2"));
        state.delete(b("b"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(state.export(checkpoint, out)).isEqualTo(2);
        StateBackend other = fresh();
        other.importFrom(new ByteArrayInputStream(out.toByteArray()));
        assertThat(text(other, "a")).isEqualTo("1");
        assertThat(text(other, "b")).isEqualTo("1");
    }

    @Test
    default void an_export_that_is_cut_or_damaged_changes_nothing() throws IOException {
        StateBackend state = fresh();
        for (int i = 0; i < 1_500; i++) {
            state.put(b("k" + i), b("v" + i));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        state.export(null, out);
        byte[] whole = out.toByteArray();
        state.clear();

        List<byte[]> bad = new ArrayList<>();
        for (int length : new int[] {0, 5, 8, 9, whole.length / 2, whole.length - 49, whole.length - 1}) {
            bad.add(Arrays.copyOf(whole, length));
        }
        byte[] flipped = whole.clone();
        flipped[whole.length - 100] ^= 1;
        bad.add(flipped);
        byte[] miscounted = whole.clone();
        miscounted[whole.length - 41] ^= 1;
        bad.add(miscounted);
        bad.add(Arrays.copyOf(whole, whole.length + 1));
        for (byte[] damaged : bad) {
            assertThatThrownBy(() -> state.importFrom(new ByteArrayInputStream(damaged)))
                    .isInstanceOf(IOException.class);
            assertThat(state.count()).isZero();
        }
        assertThat(state.importFrom(new ByteArrayInputStream(whole))).isEqualTo(1_500);
    }

    /** An export may come from elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {"1e200000", "[1e-20000]", "{\"a\": NaN}", "[[", "\"\\ud83d\""})
    default void an_import_refuses_metadata_that_postgresql_cannot_store(String metadata) throws IOException {
        StateBackend state = fresh();
        // As many characters as what takes its place.
        state.put(b("k"), b("v"), PutOptions.NONE.metadata(Json.of("x".repeat(metadata.length() - 2))));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        state.export(null, out);
        String whole = out.toString(StandardCharsets.ISO_8859_1);
        byte[] replaced = whole.replace("\"" + "x".repeat(metadata.length() - 2) + "\"", metadata)
                .getBytes(StandardCharsets.ISO_8859_1);
        state.clear();

        assertThatThrownBy(() -> state.importFrom(new ByteArrayInputStream(replaced)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("metadata");
        assertThat(state.count()).isZero();
    }

    @Test
    default void the_largest_numbers_go_through_an_export() throws IOException {
        StateBackend state = fresh();
        String number = "1e131071";
        state.put(b("k"), b("v"), PutOptions.NONE.metadata(Json.parse("{\"n\": " + number + "}")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        state.export(null, out);
        state.clear();
        assertThat(state.importFrom(new ByteArrayInputStream(out.toByteArray())))
                .isEqualTo(1);
        assertThat(new BigDecimal(String.valueOf(
                        state.getEntry(b("k")).orElseThrow().metadata().asMap().get("n"))))
                .isEqualByComparingTo(number);
    }
}
