package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static dev.evalstore.state.StateSamples.keys;
import static dev.evalstore.state.StateSamples.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of keys, prefixes, pages, and finding by metadata. */
interface ListingContract extends StateContract {
    @Test
    default void every_byte_is_a_key_and_keys_stand_in_unsigned_order() {
        StateBackend state = fresh();
        for (int i = 255; i >= 0; i--) {
            state.put(b(i), b(i));
            state.put(b(i, 0), b(i));
        }
        state.put(b(), b(1, 2, 3));
        List<byte[]> keys = state.listKeys(b(), 1_000, null);
        assertThat(keys).hasSize(513);
        assertThat(keys.get(0)).isEmpty();
        for (int i = 0; i < 256; i++) {
            assertThat(keys.get(1 + 2 * i)).isEqualTo(b(i));
            assertThat(keys.get(2 + 2 * i)).isEqualTo(b(i, 0));
            assertThat(state.get(b(i))).contains(b(i));
        }
        assertThat(state.get(b())).contains(b(1, 2, 3));
    }

    @Test
    default void a_prefix_bounds_the_keys_also_where_it_ends_in_0xff_or_is_nothing_else() {
        StateBackend state = fresh();
        List<byte[]> keys = List.of(
                b(),
                b(0),
                b(1),
                b(1, 255),
                b(1, 255, 0),
                b(1, 255, 255),
                b(2),
                b(254, 255),
                b(255),
                b(255, 255),
                b(255, 255, 7));
        keys.forEach(key -> state.put(key, b(1)));

        assertThat(state.listKeys(b(), 100, null)).containsExactlyElementsOf(keys);
        assertThat(state.listKeys(b(1, 255), 100, null)).containsExactly(b(1, 255), b(1, 255, 0), b(1, 255, 255));
        assertThat(state.listKeys(b(1), 100, null)).containsExactly(b(1), b(1, 255), b(1, 255, 0), b(1, 255, 255));
        assertThat(state.listKeys(b(255), 100, null)).containsExactly(b(255), b(255, 255), b(255, 255, 7));
        assertThat(state.listKeys(b(255, 255), 100, null)).containsExactly(b(255, 255), b(255, 255, 7));
        assertThat(state.listKeys(b(3), 100, null)).isEmpty();
        assertThat(state.count(b(1, 255))).isEqualTo(3);
        assertThat(state.count(b(255))).isEqualTo(3);
        assertThat(state.count(b())).isEqualTo(keys.size());
    }

    @Test
    default void pages_follow_each_other_and_may_begin_anywhere() {
        StateBackend state = fresh();
        for (int i = 0; i < 25; i++) {
            state.put(b("a%02d".formatted(i)), b("v" + i));
        }
        state.put(b("b"), b("v"));
        List<byte[]> first = state.listKeys(b("a"), 10, null);
        List<byte[]> second = state.listKeys(b("a"), 10, first.get(9));
        List<byte[]> third = state.listKeys(b("a"), 10, second.get(9));
        assertThat(texts(first)).hasSize(10).startsWith("a00").endsWith("a09");
        assertThat(texts(second)).hasSize(10).startsWith("a10").endsWith("a19");
        assertThat(texts(third)).hasSize(5).endsWith("a24");
        assertThat(keys(state.entries(b("a"), 2, b("a22")))).containsExactly("a23", "a24");
        assertThat(texts(state.listKeys(b("a"), 2, b("A")))).containsExactly("a00", "a01");
        assertThat(state.listKeys(b("a"), 2, b("z"))).isEmpty();
        List<String> all = new ArrayList<>();
        state.forEach(b("a"), entry -> all.add(new String(entry.key(), StandardCharsets.UTF_8)));
        assertThat(all).hasSize(25);
        assertThatThrownBy(() -> state.listKeys(b(""), 0, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> state.entries(b(""), 1_001, null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void a_page_of_large_values_ends_early_and_never_empty() {
        StateBackend state = fresh();
        byte[] large = new byte[5 << 20];
        Arrays.fill(large, (byte) 7);
        for (int i = 0; i < 4; i++) {
            state.put(b("k" + i), large);
        }
        assertThat(keys(state.entries(b(""), 100, null))).containsExactly("k0", "k1");
        assertThat(keys(state.entries(b(""), 100, b("k1")))).containsExactly("k2", "k3");
        assertThat(state.entries(b(""), 100, b("k3"))).isEmpty();
    }

    @Test
    default void metadata_is_found_by_what_it_contains() {
        StateBackend state = fresh();
        state.put(
                b("a"),
                b("1"),
                PutOptions.NONE.metadata(Json.parse("{\"lang\":\"de\",\"tags\":[\"x\",\"y\"],\"n\":1.0}")));
        state.put(
                b("b"),
                b("1"),
                PutOptions.NONE.metadata(Json.parse("{\"lang\":\"de\",\"deep\":{\"x\":1,\"y\":null}}")));
        state.put(b("c"), b("1"), PutOptions.NONE.metadata(Json.parse("{\"lang\":\"fr\"}")));
        state.put(b("d"), b("1"));

        assertThat(keys(state.queryByMetadata(Json.parse("{\"lang\":\"de\"}"), 10, null)))
                .containsExactly("a", "b");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"lang\":\"de\"}"), 10, b("a"))))
                .containsExactly("b");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"tags\":[\"y\"]}"), 10, null)))
                .containsExactly("a");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"n\":1}"), 10, null)))
                .containsExactly("a");
        assertThat(keys(state.queryByMetadata(Json.parse("{\"deep\":{\"y\":null}}"), 10, null)))
                .containsExactly("b");
        assertThat(keys(state.queryByMetadata(Json.parse("{}"), 10, null))).containsExactly("a", "b", "c");
        assertThat(state.queryByMetadata(Json.parse("{\"lang\":[\"de\"]}"), 10, null))
                .isEmpty();
    }

    /** By digits, also where a double has none left or the JSON was written otherwise. */
    @Test
    default void numbers_in_metadata_are_compared_digit_by_digit() {
        StateBackend state = fresh();
        List<String> numbers = List.of(
                "1e400", "1e-400", "0.1", "0.10000000000000001", "9007199254740993", "123456789012345678901.5", "-0.0");
        for (int i = 0; i < numbers.size(); i++) {
            state.put(
                    b("k" + i),
                    b("v"),
                    PutOptions.NONE.metadata(Json.parse("{\"n\": [{\"x\": " + numbers.get(i) + "}]}")));
        }
        List<String> asked = List.of(
                "10e399",
                "0.1e-399",
                "1e-1",
                "10000000000000001e-17",
                "9007199254740993.0",
                "1234567890123456789015e-1",
                "0");
        for (int i = 0; i < asked.size(); i++) {
            assertThat(keys(state.queryByMetadata(Json.parse("{\"n\": [{\"x\": " + asked.get(i) + "}]}"), 10, null)))
                    .as(asked.get(i))
                    .containsExactly("k" + i);
        }
        assertThat(state.queryByMetadata(Json.parse("{\"n\": [{\"x\": 9007199254740992}]}"), 10, null))
                .isEmpty();
    }
}
