package dev.evalstore.recovery;

import dev.evalstore.DatabaseConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code pg_basebackup}: a copy of the whole server with the log it needs, to start a recovery or a replica from. Needs a role
 * with {@code replication}, and a line for it in {@code pg_hba.conf}.
 */
public final class PgBaseBackup extends PgCommand<PgBaseBackup> {
    private final @Nullable Path since;

    private PgBaseBackup(Path folder, Call call, @Nullable Path since) {
        super("pg_basebackup", folder, call);
        this.since = since;
    }

    /**
     * A full backup.
     *
     * @param folder what is made; it must not be there
     * @throws IllegalArgumentException if the configuration has a parameter of the driver that libpq has not
     */
    public static PgBaseBackup of(DatabaseConfig config, Path folder) {
        return new PgBaseBackup(folder, Call.to(PgTarget.of(config)), null);
    }

    /**
     * The same with what changed since another backup alone, from PostgreSQL 17 on, where {@code summarize_wal} is on. {@link
     * PgCombineBackup} makes a full one of both.
     *
     * @param backup the folder of the other backup, full or incremental
     */
    public PgBaseBackup incremental(Path backup) {
        return new PgBaseBackup(folder(), call(), Objects.requireNonNull(backup, "backup"));
    }

    boolean isIncremental() {
        return since != null;
    }

    @Override
    PgBaseBackup with(Call other) {
        return new PgBaseBackup(folder(), other, since);
    }

    @Override
    PgBaseBackup into(Path other) {
        return new PgBaseBackup(other, call(), since);
    }

    @Override
    void addArguments(List<String> arguments) {
        arguments.addAll(List.of(
                "--pgdata=" + folder(),
                "--format=plain",
                "--wal-method=stream",
                "--checkpoint=fast",
                "--manifest-checksums=SHA256"));
        if (since != null) {
            arguments.add("--incremental=" + since.toAbsolutePath().resolve("backup_manifest"));
        }
        addConnection(arguments);
    }
}
