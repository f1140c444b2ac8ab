package dev.evalstore.recovery;

import dev.evalstore.internal.PrivateFiles;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.recovery.PgToolException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs commands with their checks: of versions before, of the result after. What is not whole never has its final name. */
final class PgTools {
    private static final String SERVER = """
            /* recovery.server_version */ select current_setting('server_version_num')::int / 10000 as major""";

    /** Tables of extensions are made by the extensions. */
    private static final String TABLES = """
            /* recovery.tables */ select c.relname::text as name from pg_class c
            where c.relnamespace = to_regnamespace(?) and c.relkind in ('r', 'p') and not exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')""";

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (([0-9]+)[^ \\n]*)");
    private static final Pattern DUMPED_FROM = Pattern.compile("; +Dumped from database version: ([0-9]+).*");

    /** The first with incremental backups. */
    private static final int INCREMENTAL = 17;

    private final Jdbc jdbc;

    PgTools(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** A program's version. */
    private record Version(String text, int major) {}

    /** What a command makes, and how it is seen that it is whole. */
    @FunctionalInterface
    private interface Made {
        int tables(Path folder);
    }

    PgToolResult run(PgCommand<?> command) {
        long start = System.nanoTime();
        if (command instanceof PgDump dump) {
            requireOwn(dump.schema());
        }
        if (command instanceof PgRestore restore) {
            requireOwn(restore.schema());
        }
        Version version = version(command, command.tool());
        int server = jdbc.one(Sql.of(SERVER), row -> row.integer("major"));
        if (command instanceof PgDump dump) {
            require(version.major() >= server, version, server, "an older one cannot read this server's catalogue");
            Set<String> before = tables(dump.schema());
            return written(dump, version, start, folder -> {
                Set<String> dumped = listed(dump, folder, dump.schema(), Integer.MAX_VALUE);
                // A month may come or go meanwhile.
                Set<String> expected = tables(dump.schema());
                expected.retainAll(before);
                return complete(dump, expected, dumped);
            });
        }
        if (command instanceof PgRestore restore) {
            require(version.major() <= server, version, server, "a newer one sets what this server does not know");
            Set<String> dumped = listed(restore, restore.folder(), restore.schema(), server);
            String output = PgProcess.run(restore.processBuilder(), restore.call());
            int tables = complete(restore, dumped, tables(restore.schema()));
            return new PgToolResult(restore.folder(), version.text(), since(start), tables, output);
        }
        if (command instanceof PgBaseBackup backup) {
            require(version.major() == server, version, server, "only the same major version can verify the copy");
            require(
                    !backup.isIncremental() || server >= INCREMENTAL,
                    version,
                    server,
                    "incremental backups begin with 17");
        }
        return written(command, version, start, folder -> verified(command, folder));
    }

    private void requireOwn(String schema) {
        String own = jdbc.options().schema();
        if (!schema.equals(own)) {
            throw new IllegalArgumentException("command is of the schema " + schema + ", and this Database of " + own
                    + ": use one schema in both");
        }
    }

    private static void require(boolean fits, Version tool, int server, String why) {
        if (!fits) {
            throw new PgToolException(
                    Reason.VERSION,
                    "the tool is of version " + tool.text() + " and the server of " + server + ": " + why,
                    null,
                    null);
        }
    }

    private static Version version(PgCommand<?> command, String tool) {
        String said = PgProcess.run(
                command.builder(List.of(command.program(tool), "--version")),
                new PgCommand.Call(command.call().target(), null, Duration.ofMinutes(1)));
        Matcher found = VERSION.matcher(said);
        if (!found.find() || found.group(2).length() > 4) {
            throw new PgToolException(Reason.VERSION, tool + " does not tell its version", said, null);
        }
        return new Version(found.group(1), Integer.parseInt(found.group(2)));
    }

    /** Writes beside the final name, looks at the result, and renames it. */
    private PgToolResult written(PgCommand<?> command, Version version, long start, Made made) {
        Path folder = command.folder();
        Path part = folder.resolveSibling(folder.getFileName() + ".part");
        claim(folder, part);
        try {
            String output = PgProcess.run(command.into(part).processBuilder(), command.call());
            int tables = made.tables(part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            return new PgToolResult(folder, version.text(), since(start), tables, output);
        } catch (IOException e) {
            throw unusable(folder, "cannot be given its name", e);
        } finally {
            delete(part);
        }
    }

    /** Makes the part's folder, which one call alone can; all of these tools write into one that is empty. */
    private static void claim(Path folder, Path part) {
        try {
            if (Files.exists(folder)) {
                throw new FileAlreadyExistsException(folder.toString());
            }
            PrivateFiles.createFolders(Objects.requireNonNull(part.getParent()));
            // A server starts in no folder that others may read.
            PrivateFiles.createFolder(part);
        } catch (FileAlreadyExistsException e) {
            throw new PgToolException(Reason.EXISTS, Path.of(e.getFile()).getFileName() + " is there already", null, e);
        } catch (IOException e) {
            throw unusable(folder, "cannot be made", e);
        }
    }

    private int verified(PgCommand<?> command, Path folder) {
        List<String> verify = List.of(command.program("pg_verifybackup"), "--exit-on-error", folder.toString());
        PgProcess.run(command.builder(verify), command.call());
        return 0;
    }

    /** The tables of the schema in a dump, by the dump's own list. */
    private static Set<String> listed(PgCommand<?> command, Path folder, String schema, int server) {
        Pattern table = Pattern.compile("[0-9]+; [0-9]+ [0-9]+ TABLE " + schema + " (\\S+) .*");
        try {
            Path list = Files.createTempFile("evalstore-dump", ".list");
            try {
                PgProcess.run(
                        command.builder(
                                List.of(command.program("pg_restore"), "--list", "--file=" + list, folder.toString())),
                        command.call());
                Set<String> found = new TreeSet<>();
                try (Stream<String> lines = Files.lines(list)) {
                    for (String line : (Iterable<String>) lines::iterator) {
                        Matcher from = DUMPED_FROM.matcher(line);
                        if (from.matches() && Integer.parseInt(from.group(1)) > server) {
                            throw new PgToolException(
                                    Reason.VERSION,
                                    "the dump is of a server of version " + from.group(1) + " and this one of "
                                            + server,
                                    null,
                                    null);
                        }
                        Matcher matcher = table.matcher(line);
                        if (matcher.matches()) {
                            found.add(matcher.group(1));
                        }
                    }
                }
                return found;
            } finally {
                Files.deleteIfExists(list);
            }
        } catch (IOException | UncheckedIOException e) {
            throw unusable(folder, "its list cannot be read", e);
        }
    }

    private static PgToolException unusable(Path folder, String what, Exception e) {
        return new PgToolException(Reason.UNUSABLE, folder + ": " + what + ": " + e.getMessage(), null, e);
    }

    private Set<String> tables(String schema) {
        return jdbc.list(Sql.of(TABLES, schema), row -> row.text("name")).stream()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static int complete(PgCommand<?> command, Set<String> expected, Set<String> found) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(found);
        if (expected.isEmpty() || !missing.isEmpty()) {
            String which = expected.isEmpty()
                    ? "there is no table of the schema"
                    : missing.size() + " tables are missing, such as "
                            + missing.iterator().next();
            throw new PgToolException(Reason.INCOMPLETE, command.tool() + ": " + which, null, null);
        }
        return found.size();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // What is left has the name of a part.
        }
    }
}
