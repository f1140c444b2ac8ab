package dev.evalstore.recovery;

import dev.evalstore.DatabaseException;
import dev.evalstore.Lsn;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;

/**
 * What a recovery of the server would lose, named points to recover to, and PostgreSQL's own tools. Nothing here is part of
 * a transaction of the host's. Thread-safe.
 */
public final class Recovery {
    private static final String RESTORE_POINT = """
            /* recovery.restore_point */ select pg_create_restore_point(?)::text as lsn, clock_timestamp() as created_at""";

    private static final String ROLE = """
            /* recovery.role */ select quote_ident(current_user) as role""";

    /** What a file's name may have, less its end. */
    private static final int MAX_NAME_BYTES = 63;

    private final Jdbc jdbc;

    public Recovery(Jdbc jdbc) {
        this.jdbc = jdbc.apart();
    }

    /** {@link #report(RecoveryObjective)} with {@link RecoveryObjective#DEFAULT}. */
    public RecoveryReport report() {
        return report(RecoveryObjective.DEFAULT);
    }

    /**
     * What a recovery would lose if the server were gone now, held against an objective: archiving, base backups, slots,
     * replicas, and settings that make a crash worse. Three or four short statements, on a primary or a replica, as any role.
     * What the role may not see is named in the report with the grant that shows it; {@code pg_monitor} shows all.
     *
     * <p>The report says nothing of what the server does not know: whether the archive can be read, and whether a backup can
     * be restored. Only a drill tells that.
     */
    public RecoveryReport report(RecoveryObjective objective) {
        Objects.requireNonNull(objective, "objective");
        return RecoveryRules.report(new RecoveryReading(jdbc).read(), objective);
    }

    /**
     * Writes a named point into the log, to recover to with {@code recovery_target_name}: before a migration or a large
     * deletion. It can be recovered to once the file of the log that holds it is archived. A recovery stops at the first point
     * of a name, so use a name once.
     *
     * @param name at most 63 bytes in UTF-8, without control characters
     * @throws IllegalArgumentException if the name is blank, too long or holds a control character
     * @throws DatabaseException 42501 if the role may not; the message has the grant. 55000 on a replica, and where {@code
     *     wal_level} is minimal
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost; a second point with the name does
     *     no harm then, since both are of the same moment
     */
    public RestorePoint restorePoint(String name) {
        Check.text("name", name);
        if (Check.utf8Length(name) > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("name must have at most " + MAX_NAME_BYTES + " bytes in UTF-8");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("name must have no control character");
        }
        try {
            return jdbc.change(
                            Sql.of(RESTORE_POINT, name),
                            row -> new RestorePoint(name, Lsn.of(row.text("lsn")), row.instant("created_at")))
                    .orElseThrow();
        } catch (DatabaseException e) {
            throw explained(e);
        }
    }

    /**
     * Runs one of PostgreSQL's own tools to its end, with checks that the tool does not make. It blocks for as long.
     *
     * <p>Before: the tool's major version is held against that of the server that this object is open on. {@code pg_dump} must
     * not be older than the server, {@code pg_restore} not newer, and {@code pg_basebackup} must be the same. After: a dump's
     * list has every table of the schema that was there before and after; after a restore the schema has every table of the
     * dump's list; a base backup passes {@code pg_verifybackup}.
     *
     * <p>What is written has the folder's name and {@code .part} until all of that is done, and is removed otherwise. Folders above
     * it are made. Nobody but the owner of the process may read what is made, where the file system knows of that.
     *
     * @throws PgToolException with its reason: not started, version, there already, not writable, time, failed, or not whole
     * @throws IllegalArgumentException if a dump or restore is of another schema than this object
     * @throws DatabaseException if the server cannot be asked
     */
    public PgToolResult run(PgCommand<?> command) {
        return new PgTools(jdbc).run(Objects.requireNonNull(command, "command"));
    }

    private DatabaseException explained(DatabaseException e) {
        String state = String.valueOf(e.sqlState());
        return switch (state) {
            case "42501" ->
                new DatabaseException(
                        e.getMessage() + "; a superuser runs in this database: grant execute on function"
                                + " pg_create_restore_point(text) to "
                                + jdbc.one(Sql.of(ROLE), row -> row.text("role")),
                        state,
                        e);
            case "55000" ->
                new DatabaseException(
                        e.getMessage() + "; ask the primary, and see that its wal_level is replica or logical",
                        state,
                        e);
            default -> e;
        };
    }
}
