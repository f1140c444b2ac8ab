package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.backup.BackupProblem.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFileTest {
    private static final String SHA_256 = "0123456789abcdef".repeat(4);

    static final BackupManifest MANIFEST = new BackupManifest(
            1,
            "1.0",
            "Datab\u00e4se",
            "tenant_\u00e4",
            29,
            180_006,
            "UTF8",
            "741:741:",
            Instant.parse("2026-01-02T03:04:05.678901Z"),
            Instant.parse("2026-01-02T03:05:00Z"),
            false,
            false,
            List.of(
                    new BackupTable(
                            "jobs",
                            List.of("id", "payload"),
                            List.of("2026-01", "2026-02"),
                            3,
                            30,
                            List.of(
                                    new BackupFile("00001.copy.gz", 2, 20, 15, SHA_256),
                                    new BackupFile("00002.copy.gz", 1, 10, 9, SHA_256))),
                    new BackupTable("users", List.of("id"), List.of(), 0, 0, List.of())),
            List.of(new BackupSequence("lease_tokens", Long.MAX_VALUE, true)));

    @TempDir
    private Path folder;

    @Test
    void a_manifest_is_read_as_it_was_written() throws IOException {
        assertThat(read(ManifestFile.bytes(MANIFEST))).isEqualTo(MANIFEST);
        assertThat(MANIFEST.rows()).isEqualTo(3);
        assertThat(MANIFEST.storedBytes()).isEqualTo(24);
    }

    @Test
    void no_changed_byte_passes() throws IOException {
        byte[] bytes = ManifestFile.bytes(MANIFEST);
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                bytes[i] ^= (byte) (1 << bit);
                assertThat(refused(bytes)).as("bit %s of byte %s", bit, i).isEqualTo(Kind.MANIFEST_DAMAGED);
                bytes[i] ^= (byte) (1 << bit);
            }
        }
    }

    @Test
    void a_cut_or_longer_manifest_is_refused() throws IOException {
        byte[] bytes = ManifestFile.bytes(MANIFEST);
        for (int length = 0; length < bytes.length; length += 7) {
            assertThat(refused(java.util.Arrays.copyOf(bytes, length))).isEqualTo(Kind.MANIFEST_DAMAGED);
        }
        assertThat(refused(java.util.Arrays.copyOf(bytes, bytes.length + 1))).isEqualTo(Kind.MANIFEST_DAMAGED);
    }

    @Test
    void a_folder_without_a_manifest_is_no_backup() {
        assertThat(catchThrowableOfType(
                                BackupException.class,
                                () -> ManifestFile.read(new BackupFolder(folder.resolve("none"))))
                        .problems())
                .extracting(BackupProblem::kind)
                .containsExactly(Kind.NOT_A_BACKUP);
    }

    @Test
    void a_newer_format_is_told_apart_from_a_damaged_manifest() throws IOException {
        assertThat(refused(sealed(body().replace("\"format\":1", "\"format\":2"))))
                .isEqualTo(Kind.NEWER_FORMAT);
        assertThat(refused(sealed("[]"))).isEqualTo(Kind.MANIFEST_DAMAGED);
        assertThat(refused(sealed(body().replace("\"format\":1", "\"format\":0"))))
                .isEqualTo(Kind.MANIFEST_DAMAGED);
    }

    /** Whoever can write the manifest can also write its checksum. */
    @Test
    void names_that_lead_out_of_the_folder_are_refused() throws IOException {
        for (String name : List.of("../../users", "a/b", "", "Users", "us ers", "users\"")) {
            assertThat(refused(sealed(
                            body().replace("\"name\":\"users\"", "\"name\":\"" + name.replace("\"", "\\\"") + "\""))))
                    .as(name)
                    .isEqualTo(Kind.MANIFEST_DAMAGED);
        }
        assertThat(refused(sealed(body().replace("00002.copy.gz", "../00002.copy.gz"))))
                .isEqualTo(Kind.MANIFEST_DAMAGED);
        assertThat(refused(sealed(body().replace("00002.copy.gz", "00001.copy.gz"))))
                .isEqualTo(Kind.MANIFEST_DAMAGED);
    }

    @Test
    void what_a_later_library_adds_to_the_manifest_is_passed_over() throws IOException {
        assertThat(read(sealed(body().replace("\"format\":1", "\"format\":1,\"later\":{\"a\":[1]}"))))
                .isEqualTo(MANIFEST);
    }

    private static String body() {
        String text = new String(ManifestFile.bytes(MANIFEST), StandardCharsets.UTF_8);
        return text.substring(text.indexOf("\"manifest\":") + "\"manifest\":".length(), text.length() - 2);
    }

    private static byte[] sealed(String body) {
        String hash = Hashes.sha256(body.getBytes(StandardCharsets.UTF_8));
        return ("{\"sha256\":\"" + hash + "\",\"manifest\":" + body + "}\n").getBytes(StandardCharsets.UTF_8);
    }

    private BackupManifest read(byte[] bytes) throws IOException {
        Files.write(folder.resolve("manifest.json"), bytes);
        return ManifestFile.read(new BackupFolder(folder));
    }

    private Kind refused(byte[] bytes) throws IOException {
        Files.write(folder.resolve("manifest.json"), bytes);
        BackupException refused =
                catchThrowableOfType(BackupException.class, () -> ManifestFile.read(new BackupFolder(folder)));
        assertThat(refused).isNotNull();
        return refused.problems().get(0).kind();
    }
}
