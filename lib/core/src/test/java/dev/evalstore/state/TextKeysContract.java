package dev.evalstore.state;

import static dev.evalstore.state.StateSamples.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Keys that are given as text. */
interface TextKeysContract extends StateContract {
    @Test
    default void text_stands_for_its_bytes_in_utf8() {
        StateBackend state = fresh();
        String key = "läufe/1/\uD83D\uDE00";
        long version = state.put(key, b("v"));
        assertThat(state.get(key.getBytes(StandardCharsets.UTF_8))).contains(b("v"));
        assertThat(state.get(key)).contains(b("v"));
        assertThat(state.contains(key)).isTrue();
        assertThat(state.getEntry(key).orElseThrow().keyText()).isEqualTo(key);
        assertThat(state.getEntry(key).orElseThrow().version()).isEqualTo(version);
        long next = state.compareAndSet(key, version, b("w")).orElseThrow();
        assertThat(state.touch(key)).isTrue();
        assertThat(state.expire(key, Duration.ofHours(1))).isTrue();
        assertThat(state.persist(key)).isTrue();
        UUID checkpoint = state.createCheckpoint().id();
        assertThat(state.compareAndDelete(key, version)).isFalse();
        assertThat(state.compareAndDelete(key, next)).isTrue();
        assertThat(state.readAt(checkpoint, key).orElseThrow().value()).isEqualTo(b("w"));
        assertThat(state.increment("n", 3)).isEqualTo(3);
        assertThat(state.delete("n")).isTrue();
        assertThat(state.put("t", b("v"), PutOptions.NONE.ttl(Duration.ofHours(1))))
                .isPositive();
        state.putAll(List.of(NewStateEntry.of("läufe/2", b("2")), NewStateEntry.of("läufe/3", b("3"))));
        assertThat(state.count("läufe/")).isEqualTo(2);
        assertThat(state.listKeys("läufe/", 10, null)).containsExactly("läufe/2", "läufe/3");
        assertThat(state.listKeys("", 10, "läufe/2")).containsExactly("läufe/3", "t");
        List<String> walked = new ArrayList<>();
        state.forEach("läufe/", entry -> walked.add(entry.keyText()));
        assertThat(walked).containsExactly("läufe/2", "läufe/3");
    }

    @Test
    default void text_that_no_utf8_stands_for_is_refused_by_name() {
        StateBackend state = fresh();
        for (String bad : List.of("cut \uD83D", "a\0b")) {
            assertThatThrownBy(() -> state.put(bad, b("v")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("key");
            assertThatThrownBy(() -> state.listKeys(bad, 1, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("key");
        }
    }
}
