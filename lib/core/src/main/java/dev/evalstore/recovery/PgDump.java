package dev.evalstore.recovery;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.Check;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code pg_dump} of the store's schema in directory format, by several jobs that share one snapshot. Needs a role that may
 * read all tables, hashes and secrets included: the owner.
 */
public final class PgDump extends PgCommand<PgDump> {
    private final String schema;
    private final int jobs;

    private PgDump(Path folder, Call call, String schema, int jobs) {
        super("pg_dump", folder, call);
        this.schema = schema;
        this.jobs = jobs;
    }

    /**
     * A dump of the configured schema, by two jobs.
     *
     * @param folder what is made; it must not be there
     * @throws IllegalArgumentException if the configuration has a parameter of the driver that libpq has not
     */
    public static PgDump of(DatabaseConfig config, Path folder) {
        return new PgDump(folder, Call.to(PgTarget.of(config)), config.options().schema(), 2);
    }

    /** The same by so many jobs, 1 to 256. Each has a connection, and one connection more leads them. */
    public PgDump jobs(int count) {
        return new PgDump(folder(), call(), schema, Check.range("jobs", count, 1, 256));
    }

    String schema() {
        return schema;
    }

    @Override
    PgDump with(Call other) {
        return new PgDump(folder(), other, schema, jobs);
    }

    @Override
    PgDump into(Path other) {
        return new PgDump(other, call(), schema, jobs);
    }

    @Override
    void addArguments(List<String> arguments) {
        arguments.addAll(List.of(
                "--format=directory", "--jobs=" + jobs, "--schema=" + schema, "--strict-names", "--file=" + folder()));
        addConnection(arguments);
    }
}
