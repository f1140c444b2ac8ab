package dev.evalstore.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The backups of one store in a folder, and which of them go. */
final class Retention {
    private final Path folder;
    private final String database;
    private final String schema;

    /** @param database the name of the store's database */
    Retention(Path folder, String database, String schema) {
        this.folder = folder;
        this.database = database;
        this.schema = schema;
    }

    /** The moment of the newest whole backup. */
    Optional<Instant> newest() {
        return Files.isDirectory(folder)
                ? backups(new ArrayList<>()).stream().findFirst().map(Dated::at)
                : Optional.empty();
    }

    /** Deletes what is kept no longer. The folder's lock is held. */
    RetentionReport apply(BackupRetention keep, Instant now) {
        Folders.removeUnfinished(folder);
        List<BackupProblem> untouched = new ArrayList<>();
        List<Path> kept = new ArrayList<>();
        List<Path> deleted = new ArrayList<>();
        List<Dated> all = backups(untouched);
        List<Instant> stay = kept(all.stream().map(Dated::at).toList(), keep, now);
        for (Dated backup : all) {
            if (stay.contains(backup.at()) || backup.noted()) {
                kept.add(backup.path());
            } else {
                Folders.delete(backup.path());
                deleted.add(backup.path());
            }
        }
        return new RetentionReport(kept, deleted, untouched);
    }

    /** Which of the moments stay. */
    static List<Instant> kept(List<Instant> moments, BackupRetention keep, Instant now) {
        Map<YearMonth, Instant> first = new HashMap<>();
        moments.forEach(at -> first.merge(month(at), at, (a, b) -> a.isBefore(b) ? a : b));
        Instant all = now.minus(keep.all());
        Instant newest = moments.stream().max(Comparator.naturalOrder()).orElse(now);
        Instant monthly =
                all.atOffset(ZoneOffset.UTC).minusMonths(keep.months()).toInstant();
        return moments.stream()
                .filter(at -> at.equals(newest)
                        || !at.isBefore(all)
                        || !at.isBefore(monthly) && at.equals(first.get(month(at))))
                .toList();
    }

    private static YearMonth month(Instant at) {
        return YearMonth.from(at.atOffset(ZoneOffset.UTC));
    }

    /** The store's whole backups, the newest first. */
    private List<Dated> backups(List<BackupProblem> others) {
        List<Dated> backups = new ArrayList<>();
        for (Path path : Folders.candidates(folder)) {
            try {
                BackupFolder backup = new BackupFolder(path);
                BackupManifest manifest = new Verification(backup).outline();
                if (manifest.database().equals(database) && manifest.schema().equals(schema)) {
                    backups.add(new Dated(path, manifest.snapshotAt(), backup.hasNote()));
                }
            } catch (BackupException e) {
                others.add(untouched(path, e));
            } catch (IOException e) {
                others.add(untouched(path, BackupFolder.unusable(BackupFolder.MANIFEST, "cannot be read", e)));
            }
        }
        backups.sort(Comparator.comparing(Dated::at).reversed());
        return backups;
    }

    private static BackupProblem untouched(Path path, BackupException e) {
        BackupProblem first = e.problems().get(0);
        String name = path.getFileName().toString();
        return new BackupProblem(first.kind(), name, name + ": " + first.message());
    }

    /** A backup, its moment, and whether a note says that it is to be kept. */
    private record Dated(Path path, Instant at, boolean noted) {}
}
