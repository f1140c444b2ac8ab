package dev.evalstore.recovery;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.Check;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code pg_restore} of a dump that {@link PgDump} made, into a database that has no such schema. It ends at the first error.
 * With one job it is one transaction; with several, an error leaves a part, to be dropped with the schema.
 */
public final class PgRestore extends PgCommand<PgRestore> {
    private final String schema;
    private final int jobs;
    private final boolean keepsOwners;

    private PgRestore(Path folder, Call call, String schema, int jobs, boolean keepsOwners) {
        super("pg_restore", folder, call);
        this.schema = schema;
        this.jobs = jobs;
        this.keepsOwners = keepsOwners;
    }

    /**
     * A restore of the folder, by two jobs, that keeps owners and grants: their roles must be there.
     *
     * @throws IllegalArgumentException if the configuration has a parameter of the driver that libpq has not
     */
    public static PgRestore of(DatabaseConfig config, Path folder) {
        return new PgRestore(
                folder, Call.to(PgTarget.of(config)), config.options().schema(), 2, true);
    }

    /** The same by so many jobs, 1 to 256; one is one transaction. */
    public PgRestore jobs(int count) {
        return new PgRestore(folder(), call(), schema, Check.range("jobs", count, 1, 256), keepsOwners);
    }

    /** The same where all belongs to the role that restores, and nobody else is granted anything. */
    public PgRestore withoutOwners() {
        return new PgRestore(folder(), call(), schema, jobs, false);
    }

    String schema() {
        return schema;
    }

    @Override
    PgRestore with(Call other) {
        return new PgRestore(folder(), other, schema, jobs, keepsOwners);
    }

    @Override
    PgRestore into(Path other) {
        return new PgRestore(other, call(), schema, jobs, keepsOwners);
    }

    @Override
    void addArguments(List<String> arguments) {
        arguments.addAll(List.of(
                "--format=directory", jobs == 1 ? "--single-transaction" : "--jobs=" + jobs, "--exit-on-error"));
        if (!keepsOwners) {
            arguments.addAll(List.of("--no-owner", "--no-privileges"));
        }
        addConnection(arguments);
        arguments.add(folder().toString());
    }
}
