package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ValueTableTest {
    private static final double NONE = Double.NaN;
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID C = new UUID(0, 3);
    private static final List<String> HEAD =
            List.of("evalstore comparison 1", "EXPERIMENT", "score", "ITEM_AND_REPEAT");

    private static final List<Integer> COUNTS = List.of(0, 0, 0, 0, 0);

    private static final ValueTable TABLE =
            new ValueTable(new String[] {"é", "é", "i2", "i3"}, new int[] {0, 1, 0, 0}, new double[][] {
                {1, 2, -0.0, NONE}, {4, NONE, 6, 7}, {8, 9, 10, NONE}
            });

    @Test
    void only_rows_of_which_all_have_a_value_are_shared() {
        ValueTable.Shared all = TABLE.shared(0, 1, 2);
        assertThat(all.values()).isDeepEqualTo(new double[][] {{1, 0.0}, {4, 6}, {8, 10}});
        assertThat(all.clusters()).containsExactly(0, 1);
        ValueTable.Shared two = TABLE.shared(2, 0);
        assertThat(two.values()).isDeepEqualTo(new double[][] {{8, 9, 10}, {1, 2, 0.0}});
        assertThat(two.clusters()).containsExactly(0, 0, 1);
        assertThat(TABLE.shared(1).size()).isEqualTo(3);
        assertThat(TABLE.heldBy(2)).isEqualTo(3);
        assertThat(TABLE.heldBy(1)).isEqualTo(4);
        assertThat(TABLE.hasRepeats()).isTrue();
    }

    @Test
    void the_hash_is_that_of_the_documented_bytes() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(10_000);
        for (String line : HEAD) {
            text(bytes, line);
        }
        text(bytes, A.toString());
        text(bytes, B.toString());
        text(bytes, C.toString());
        bytes.putLong(5).putLong(6).putLong(4);
        text(bytes, "é");
        bytes.putLong(0).putDouble(1).putDouble(4).putDouble(8);
        text(bytes, "é");
        bytes.putLong(1).putDouble(2).putLong(0x7ff8000000000000L).putDouble(9);
        text(bytes, "i2");
        bytes.putLong(0).putDouble(0).putDouble(6).putDouble(10);
        text(bytes, "i3");
        bytes.putLong(0).putLong(0x7ff8000000000000L).putDouble(7).putLong(0x7ff8000000000000L);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(bytes.array(), 0, bytes.position());
        assertThat(TABLE.sha256(HEAD, List.of(A, B, C), List.of(5, 6)))
                .isEqualTo(HexFormat.of().formatHex(sha256.digest()));
    }

    @Test
    void whatever_differs_gives_another_hash_and_what_is_equal_the_same() {
        List<UUID> members = List.of(A, B);
        Set<String> hashes = new HashSet<>();
        hashes.add(table("i1", 0, 1, 2).sha256(HEAD, members, COUNTS));
        hashes.add(table("i2", 0, 1, 2).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 1, 1, 2).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 0, 1, Math.nextUp(2)).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 0, 2, 1).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 0, 1, NONE).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 0, 0.0, 2).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 0, 1, 2).sha256(HEAD, List.of(A, C), COUNTS));
        hashes.add(table("i1", 0, 1, 2).sha256(List.of("evalstore comparison 1"), members, COUNTS));
        hashes.add(table("i1".repeat(100_000), 0, 1, 2).sha256(HEAD, members, COUNTS));
        hashes.add(table("i1", 0, 1, 2).sha256(HEAD, members, List.of(0, 1, 0, 0, 0)));
        assertThat(hashes).hasSize(11);
        assertThat(hashes).contains(table("i1", 0, -0.0, 2).sha256(HEAD, members, COUNTS));
        double otherNan = Double.longBitsToDouble(0x7ff8000000000001L);
        assertThat(hashes).contains(table("i1", 0, 1, otherNan).sha256(HEAD, members, COUNTS));
    }

    private static ValueTable table(String item, int repeat, double a, double b) {
        return new ValueTable(new String[] {item}, new int[] {repeat}, new double[][] {{a}, {b}});
    }

    private static void text(ByteBuffer bytes, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytes.putLong(utf8.length).put(utf8);
    }
}
