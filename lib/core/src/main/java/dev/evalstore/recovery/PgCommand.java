package dev.evalstore.recovery;

import dev.evalstore.internal.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call of one of PostgreSQL's own tools. {@link Recovery#run} runs it with its checks; {@link #processBuilder()} is for a host
 * that runs it in its own way. Immutable: each setter returns a copy.
 *
 * <p>The connection stands in the arguments, which every user of the machine can read. The password does not: it is in the
 * variable {@code PGPASSWORD} of the tool's own environment. A configuration without a password leaves it to libpq's password
 * file.
 *
 * @param <C> the command itself
 */
public abstract sealed class PgCommand<C extends PgCommand<C>>
        permits PgDump, PgRestore, PgBaseBackup, PgCombineBackup {
    /** What all commands have: where to connect, where the programs are, and how long a call may take. */
    record Call(@Nullable PgTarget target, @Nullable Path programs, Duration timeout) {
        static Call to(@Nullable PgTarget target) {
            return new Call(target, null, Duration.ofHours(12));
        }
    }

    private final String tool;
    private final Path folder;
    private final Call call;

    PgCommand(String tool, Path folder, Call call) {
        this.tool = tool;
        this.folder = Objects.requireNonNull(folder, "folder").toAbsolutePath();
        this.call = call;
    }

    /** The same with the programs of a folder, such as that of one major version; those on the PATH unless given. */
    public final C programs(Path bin) {
        return with(new Call(call.target(), Objects.requireNonNull(bin, "bin"), call.timeout()));
    }

    /** The same with a limit of time, after which {@link Recovery#run} ends the tool; 12 h unless given, at most 36,500 days. */
    public final C timeout(Duration limit) {
        return with(new Call(call.target(), call.programs(), Check.period("timeout", limit)));
    }

    abstract C with(Call other);

    /** The same with another folder to write. */
    abstract C into(Path other);

    abstract void addArguments(List<String> arguments);

    /** The tool's name, such as {@code pg_dump}. */
    public final String tool() {
        return tool;
    }

    /** The folder that is written, or read by {@code pg_restore}. */
    public final Path folder() {
        return folder;
    }

    /** The command line, the program first; no secret is in it. */
    public final List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add(program(tool));
        addArguments(arguments);
        return List.copyOf(arguments);
    }

    /** The command with its environment, ready to be started. Its environment may hold the password. */
    public final ProcessBuilder processBuilder() {
        return builder(arguments());
    }

    final ProcessBuilder builder(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(arguments);
        if (call.target() != null) {
            call.target().into(builder.environment());
        }
        return builder;
    }

    /** Another program of the same folder. */
    final String program(String name) {
        return call.programs() == null ? name : call.programs().resolve(name).toString();
    }

    final Call call() {
        return call;
    }

    final void addConnection(List<String> arguments) {
        arguments.add("--no-password");
        arguments.add("--dbname=" + Objects.requireNonNull(call.target()).connection());
    }

    /** The command line. */
    @Override
    public final String toString() {
        return String.join(" ", arguments());
    }
}
