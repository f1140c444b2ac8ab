package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What was done to a backup is found, with the name of the file. */
class VerifyTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    static Path folder;

    private static Path backup;
    private static List<Path> files;

    @BeforeAll
    static void export() throws IOException {
        StoreFixtures.fill(database.db(), 100);
        backup = database.db()
                .backup()
                .export(folder, ExportOptions.DEFAULT.fileBytes(16 << 10))
                .path();
        try (Stream<Path> all = Files.walk(backup)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static List<BackupProblem> problems() {
        BackupException found = catchThrowableOfType(
                BackupException.class, () -> database.db().backup().verify(backup));
        return found == null ? List.of() : found.problems();
    }

    private static String place(Path file) {
        return backup.relativize(file).toString();
    }

    /** Puts other bytes in place of the file's, and the file's back. */
    private static List<BackupProblem> with(Path file, byte[] other) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            Files.write(file, other);
            return problems();
        } finally {
            Files.write(file, bytes);
        }
    }

    @Test
    void a_flipped_byte_in_any_file_is_found() throws IOException {
        Random random = new Random(18);
        assertThat(files).hasSizeGreaterThan(10);
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

            assertThat(with(file, bytes))
                    .as(place(file))
                    .singleElement()
                    .matches(problem -> problem.place().equals(place(file))
                            && (problem.kind() == Kind.HASH_DIFFERS || problem.kind() == Kind.MANIFEST_DAMAGED));
        }
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_cut_or_longer_file_is_found() throws IOException {
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length : List.of(0, bytes.length - 1, bytes.length + 1)) {
                assertThat(with(file, java.util.Arrays.copyOf(bytes, length)))
                        .as(place(file))
                        .singleElement()
                        .matches(problem ->
                                problem.kind() == Kind.SIZE_DIFFERS || problem.kind() == Kind.MANIFEST_DAMAGED);
            }
        }
    }

    @Test
    void missing_and_added_files_are_all_named() throws IOException {
        List<Path> two = files.stream()
                .filter(file -> file.toString().endsWith(".gz"))
                .limit(2)
                .toList();
        List<byte[]> bytes = new ArrayList<>();
        for (Path file : two) {
            bytes.add(Files.readAllBytes(file));
            Files.delete(file);
        }
        Path added = Files.writeString(backup.resolve("data/added"), "x");
        try {
            assertThat(problems())
                    .extracting(problem -> problem.kind() + " " + problem.place())
                    .containsExactly(
                            "FILE_MISSING " + place(two.get(0)),
                            "FILE_MISSING " + place(two.get(1)),
                            "FILE_UNKNOWN data/added");
        } finally {
            Files.delete(added);
            for (int i = 0; i < 2; i++) {
                Files.write(two.get(i), bytes.get(i));
            }
        }
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_folder_without_a_manifest_is_no_backup() {
        assertThat(catchThrowableOfType(
                                BackupException.class,
                                () -> database.db().backup().verify(folder.resolve("nothing")))
                        .problems())
                .containsExactly(new BackupProblem(
                        Kind.NOT_A_BACKUP,
                        "manifest.json",
                        "manifest.json: missing in " + folder.resolve("nothing") + ", so this is no finished backup"));
    }

    /** Hashes that fit do not help a file whose rows are not those that the manifest counts. */
    @Test
    void rows_that_the_manifest_does_not_list_are_found() throws IOException {
        BackupManifest manifest = database.db().backup().verify(backup);
        BackupTable users = manifest.table("users").orElseThrow();
        Path file = new BackupFolder(backup).file(users, users.files().get(0));
        BackupFile was = users.files().get(0);
        byte[] text = new byte[(int) was.bytes()];
        java.util.Arrays.fill(text, (byte) 'x');
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(gzip)) {
            out.write(text);
        }
        BackupFile is =
                new BackupFile(was.name(), was.rows(), was.bytes(), gzip.size(), Hashes.sha256(gzip.toByteArray()));
        byte[] manifestBytes = Files.readAllBytes(backup.resolve("manifest.json"));
        byte[] changed = new String(manifestBytes, java.nio.charset.StandardCharsets.UTF_8)
                .replace(was.sha256(), is.sha256())
                .replace(
                        "\"storedBytes\":" + was.storedBytes() + ",\"sha256\":\"" + is.sha256(),
                        "\"storedBytes\":" + is.storedBytes() + ",\"sha256\":\"" + is.sha256())
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String body = new String(changed, java.nio.charset.StandardCharsets.UTF_8);
        body = body.substring(body.indexOf("\"manifest\":") + 11, body.length() - 2);
        Files.writeString(
                backup.resolve("manifest.json"),
                "{\"sha256\":\"" + Hashes.sha256(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        + "\",\"manifest\":" + body + "}\n");
        try {
            assertThat(with(file, gzip.toByteArray()))
                    .extracting(BackupProblem::message)
                    .containsExactly("data/users/00001.copy.gz: 0 rows, and not 2");
        } finally {
            Files.write(backup.resolve("manifest.json"), manifestBytes);
        }
    }
}
