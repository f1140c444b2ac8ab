package dev.evalstore.recovery;

import dev.evalstore.internal.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** {@code pg_combinebackup}, from PostgreSQL 17 on: a full backup of a full one and the incremental ones after it. */
public final class PgCombineBackup extends PgCommand<PgCombineBackup> {
    private final List<Path> backups;

    private PgCombineBackup(Path folder, Call call, List<Path> backups) {
        super("pg_combinebackup", folder, call);
        this.backups = backups;
    }

    /**
     * The backups as one.
     *
     * @param folder what is made; it must not be there
     * @param full the full backup
     * @param incremental what was taken since, the oldest first
     */
    public static PgCombineBackup of(Path folder, Path full, List<Path> incremental) {
        List<Path> all = new ArrayList<>(List.of(Objects.requireNonNull(full, "full")));
        all.addAll(Check.list("incremental", incremental));
        return new PgCombineBackup(folder, Call.to(null), List.copyOf(all));
    }

    @Override
    PgCombineBackup with(Call other) {
        return new PgCombineBackup(folder(), other, backups);
    }

    @Override
    PgCombineBackup into(Path other) {
        return new PgCombineBackup(other, call(), backups);
    }

    @Override
    void addArguments(List<String> arguments) {
        arguments.addAll(List.of("--output=" + folder(), "--manifest-checksums=SHA256"));
        backups.forEach(backup -> arguments.add(backup.toAbsolutePath().toString()));
    }
}
