package dev.evalstore.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
    private static final Instant START = Instant.parse("2024-02-28T03:00:00Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    static Path exports;

    private static BackupManifest manifest;

    @TempDir
    private Path folder;

    @BeforeAll
    static void export() {
        manifest = database.db().backup().export(exports).manifest();
    }

    /** A whole backup without tables, of that moment. */
    private Path backup(String name, String schema, Instant at) throws IOException {
        BackupManifest empty = new BackupManifest(
                manifest.format(),
                manifest.libraryVersion(),
                manifest.database(),
                schema,
                manifest.schemaVersion(),
                manifest.serverVersion(),
                manifest.encoding(),
                manifest.snapshot(),
                at,
                at,
                false,
                false,
                List.of(),
                List.of());
        Path path = Files.createDirectories(folder.resolve(name));
        Files.write(path.resolve("manifest.json"), ManifestFile.bytes(empty));
        return path;
    }

    private Path backup(Instant at) throws IOException {
        return backup("at " + at.getEpochSecond(), "evalstore", at);
    }

    private RetentionReport retain(BackupRetention keep, Instant now) {
        return new Retention(folder, database.name(), "evalstore").apply(keep, now);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** Three years pass, with a backup about every day and now and then none; what stays is what the model says. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void all_of_thirty_days_and_the_first_of_each_month_of_a_year_stay(long seed) {
        Random random = new Random(seed);
        List<Instant> there = new ArrayList<>();
        TreeSet<Instant> ever = new TreeSet<>();
        Instant now = START;
        for (int day = 0; day < 1_100; day++) {
            now = now.plus(Duration.ofMinutes(1_380 + random.nextInt(120)));
            if (random.nextInt(10) > 0) {
                there.add(now);
                ever.add(now);
            }
            there = new ArrayList<>(Retention.kept(there, BackupRetention.DEFAULT, now));

            assertThat(new TreeSet<>(there)).as("seed %s, %s", seed, now).isEqualTo(model(ever, now));
        }
        assertThat(there).hasSizeBetween(35, 45);
    }

    /** Said another way: of all that were ever made. */
    private static TreeSet<Instant> model(TreeSet<Instant> ever, Instant now) {
        TreeSet<Instant> kept = new TreeSet<>();
        Instant young = now.minus(Duration.ofDays(30));
        Instant old = young.atOffset(ZoneOffset.UTC).minusMonths(12).toInstant();
        kept.addAll(ever.tailSet(young, true));
        YearMonth last = null;
        for (Instant at : ever) {
            YearMonth month = YearMonth.from(at.atOffset(ZoneOffset.UTC));
            if (!month.equals(last) && !at.isBefore(old)) {
                kept.add(at);
            }
            last = month;
        }
        if (!ever.isEmpty()) {
            kept.add(ever.last());
        }
        return kept;
    }

    @Test
    void old_backups_are_deleted_and_the_newest_never() throws IOException {
        Path newest = backup(START.plus(Duration.ofDays(2)));
        Path other = backup(START.plus(Duration.ofDays(1)));
        Path first = backup(START);
        Instant now = START.plus(Duration.ofDays(20_000));

        RetentionReport report = retain(BackupRetention.DEFAULT, now);

        assertThat(report.kept()).containsExactly(newest);
        assertThat(report.deleted()).containsExactly(other, first);
        assertThat(names()).containsExactly(newest.getFileName().toString());
    }

    @Test
    void nothing_is_deleted_that_is_not_a_whole_backup_of_this_store() throws IOException {
        Instant long_ago = START.minus(Duration.ofDays(1_000));
        backup("newest", "evalstore", START);
        backup("of another tenant", "tenant", long_ago);
        Path damaged = backup("damaged", "evalstore", long_ago);
        byte[] bytes = Files.readAllBytes(damaged.resolve("manifest.json"));
        bytes[100] ^= 1;
        Files.write(damaged.resolve("manifest.json"), bytes);
        Files.writeString(backup("with a note", "evalstore", long_ago).resolve("note.txt"), "keep this one");
        Files.createDirectories(folder.resolve("photos"));
        Files.writeString(folder.resolve("photos").resolve("cat.jpg"), "cat");
        Files.createDirectories(folder.resolve(".hidden"));
        Files.writeString(folder.resolve("file"), "mine");
        Path elsewhere = backup("../elsewhere", "evalstore", long_ago);
        Files.createSymbolicLink(folder.resolve("link"), elsewhere);
        backup("old", "evalstore", long_ago);
        Files.createDirectories(Folders.unfinished(folder.resolve("broken")).data());

        RetentionReport report = retain(BackupRetention.DEFAULT, START);

        assertThat(report.deleted()).containsExactly(folder.resolve("old"));
        assertThat(names())
                .containsExactly(
                        ".hidden", "damaged", "file", "link", "newest", "of another tenant", "photos", "with a note");
        assertThat(report.untouched())
                .extracting(BackupProblem::message)
                .containsExactly(
                        "damaged: manifest.json: its text and its checksum differ",
                        "photos: manifest.json: missing in " + folder.resolve("photos")
                                + ", so this is no finished backup",
                        "with a note: note.txt: not in the manifest");
        assertThat(elsewhere.resolve("manifest.json")).exists();
    }

    @Test
    void a_backup_with_a_note_beside_its_manifest_stays_and_is_whole() throws IOException {
        backup("newest", "evalstore", START);
        Instant longAgo = START.minus(Duration.ofDays(1_000));
        for (String note : List.of("KEEP", "KEEP.txt")) {
            Files.writeString(backup("with " + note, "evalstore", longAgo).resolve(note), "before the new ratings");
        }
        Path inside = backup("inside", "evalstore", longAgo);
        Files.createDirectories(inside.resolve("data"));
        Files.writeString(inside.resolve("data/KEEP"), "none of ours");
        backup("old", "evalstore", longAgo.plus(Duration.ofSeconds(1)));

        RetentionReport report = retain(BackupRetention.DEFAULT, START);

        assertThat(report.deleted()).containsExactly(folder.resolve("old"));
        assertThat(names()).containsExactly("inside", "newest", "with KEEP", "with KEEP.txt");
        assertThat(report.kept())
                .containsExactlyInAnyOrder(
                        folder.resolve("newest"), folder.resolve("with KEEP"), folder.resolve("with KEEP.txt"));
        assertThat(report.untouched())
                .extracting(BackupProblem::message)
                .containsExactly("inside: data/KEEP: not in the manifest");

        Backup store = database.db().backup();
        Path whole = store.export(folder).path();
        Files.writeString(whole.resolve("KEEP.txt"), "before the new ratings");
        assertThat(store.verify(whole).rows()).isPositive();
    }

    @Test
    void a_backup_with_rows_goes_by_the_servers_clock() throws IOException {
        Path old = database.db().backup().export(folder).path();
        Path newer = database.db()
                .backup()
                .export(folder, ExportOptions.DEFAULT.name("newer"))
                .path();

        assertThat(database.db()
                        .backup()
                        .retain(folder, BackupRetention.DEFAULT)
                        .deleted())
                .isEmpty();
        RetentionReport report = database.db()
                .backup()
                .retain(
                        folder,
                        BackupRetention.DEFAULT.all(Duration.ofNanos(1_000)).months(0));

        assertThat(report.deleted()).containsExactly(old);
        assertThat(database.db().backup().verify(newer).rows()).isPositive();
        assertThat(names()).containsExactly(".evalstore-backup.lock", "newer");
    }
}
