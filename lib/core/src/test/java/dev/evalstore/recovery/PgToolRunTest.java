package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.recovery.PgToolException.Reason;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Programs that behave as the test says stand in for PostgreSQL's. */
class PgToolRunTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String PASSWORD = "dUmP-sEcReT";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @TempDir
    Path folder;

    private Path bin;
    private Path target;

    @BeforeEach
    void programs() throws IOException {
        bin = Files.createDirectory(folder.resolve("bin"));
        target = folder.resolve("dump");
        String all = database
                .query("select relname from pg_class where relnamespace = 'evalstore'::regnamespace"
                        + " and relkind in ('r', 'p')")
                .stream()
                .map(name -> "1; 1259 16400 TABLE evalstore " + name + " evalstore_owner")
                .collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("list"), all + "\n2; 0 1 TABLE DATA evalstore x evalstore_owner\n");
        program("pg_dump", "echo dumped");
        listing();
    }

    private void listing() throws IOException {
        program(
                "pg_restore",
                "for a in \"$@\"; do case \"$a\" in --file=*) cat '" + folder.resolve("list")
                        + "' > \"${a#--file=}\";; esac; done");
    }

    private void program(String name, String body) throws IOException {
        program(name, database.value("show server_version"), body);
    }

    private void program(String name, String version, String body) throws IOException {
        Path file = bin.resolve(name);
        Files.writeString(
                file,
                "#!/bin/sh\nif [ \"$1\" = --version ]; then echo '" + name + " (PostgreSQL) " + version
                        + "'; exit 0; fi\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private DatabaseConfig config() {
        return database.config().password(PASSWORD).build();
    }

    private PgDump dump() {
        return PgDump.of(config(), target).programs(bin).timeout(PATIENCE);
    }

    private PgToolResult run(PgCommand<?> command) {
        return database.db().recovery().run(command);
    }

    private void fails(PgCommand<?> command, Reason reason) {
        assertThatThrownBy(() -> run(command)).isInstanceOfSatisfying(PgToolException.class, e -> {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                assertThat(cause.toString()).doesNotContain(PASSWORD);
            }
            assertThat(e.output()).doesNotContain(PASSWORD).hasSizeLessThanOrEqualTo(1 << 16);
        });
    }

    private List<String> made() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("dump"))
                    .toList();
        }
    }

    @Test
    void a_dump_that_lists_every_table_gets_its_name() throws IOException {
        PgToolResult result = run(dump());

        assertThat(result.folder()).isEqualTo(target);
        assertThat(result.tables())
                .isEqualTo(Files.readAllLines(folder.resolve("list")).size() - 1);
        assertThat(result.output()).isEqualTo("dumped\n");
        assertThat(result).asString().doesNotContain("dumped");
        assertThat(made()).containsExactly("dump");
        fails(dump(), Reason.EXISTS);
    }

    @Test
    void folders_that_are_missing_are_made_for_nobody_but_the_owner() throws IOException {
        Path deep = folder.resolve("missing").resolve("a");
        run(PgDump.of(config(), deep).programs(bin));
        for (Path made : List.of(deep, deep.resolveSibling(""))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
        }
        fails(
                PgDump.of(config(), folder.resolve("list").resolve("b").resolve("a"))
                        .programs(bin),
                Reason.UNUSABLE);
    }

    @Test
    void a_dump_or_restore_of_another_schema_than_the_databases_is_refused() throws IOException {
        var other = database.db().withSchema("t_b").recovery();
        for (PgCommand<?> command : List.of(dump(), PgRestore.of(config(), target))) {
            assertThatThrownBy(() -> other.run(command))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("command", "evalstore", "t_b");
        }
        assertThat(made()).isEmpty();
    }

    @Test
    void a_dump_that_lacks_a_table_gets_no_name() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("list"));
        Files.write(folder.resolve("list"), lines.subList(1, lines.size()));
        fails(dump(), Reason.INCOMPLETE);
        Files.writeString(folder.resolve("list"), "");
        fails(dump(), Reason.INCOMPLETE);
        assertThat(made()).isEmpty();
    }

    @Test
    void a_part_of_a_call_that_broke_off_is_left_to_who_knows_of_it() throws IOException {
        Files.createDirectory(folder.resolve("dump.part"));
        fails(dump(), Reason.EXISTS);
        assertThat(made()).containsExactly("dump.part");
    }

    @Test
    void a_program_that_is_not_there_or_is_none_is_not_started() throws IOException {
        Files.delete(bin.resolve("pg_dump"));
        fails(dump(), Reason.NOT_STARTED);
        Files.createFile(bin.resolve("pg_dump"));
        fails(dump(), Reason.NOT_STARTED);
        fails(PgDump.of(config(), target).programs(Path.of("/nowhere")), Reason.NOT_STARTED);
    }

    @Test
    void versions_that_do_not_fit_are_refused_before_anything_is_done() throws IOException {
        program("pg_dump", "14.9 (Debian 14.9-1)", "touch '" + folder.resolve("dumped") + "'");
        fails(dump(), Reason.VERSION);
        program("pg_dump", "beta", "");
        fails(dump(), Reason.VERSION);
        program("pg_restore", "99.1", "");
        fails(PgRestore.of(config(), target).programs(bin), Reason.VERSION);
        program("pg_basebackup", "99.1", "");
        fails(PgBaseBackup.of(config(), target).programs(bin), Reason.VERSION);
        assertThat(made()).isEmpty();
    }

    @Test
    void a_dump_of_a_newer_server_is_refused() throws IOException {
        Files.writeString(folder.resolve("list"), ";     Dumped from database version: 99.1 (X)\n");
        fails(PgRestore.of(config(), target).programs(bin), Reason.VERSION);
    }

    @Test
    void a_program_that_fails_says_why_without_the_password() throws IOException {
        program("pg_dump", "echo \"no: $PGPASSWORD\"; echo reason >&2; exit 3");

        assertThatThrownBy(() -> run(dump())).isInstanceOfSatisfying(PgToolException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.FAILED);
            assertThat(e.getMessage()).contains("pg_dump", "exit code 3").doesNotContain("reason");
            assertThat(e.output()).isEqualTo("no: ***\nreason\n");
        });
        assertThat(made()).isEmpty();
    }

    @Test
    void a_program_that_prints_without_end_is_read_and_its_last_words_are_kept() throws IOException {
        program("pg_dump", "head -c 30000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1");

        assertThatThrownBy(() -> run(dump()))
                .isInstanceOfSatisfying(
                        PgToolException.class,
                        e -> assertThat(e.output()).hasSize(1 << 16).endsWith("x\nthe end\n"));
    }

    @Test
    void a_program_that_hangs_is_ended_with_its_jobs() throws IOException {
        program("pg_dump", "sh -c 'echo $$ > " + folder.resolve("job") + "; sleep 600' & wait");

        fails(dump().timeout(Duration.ofSeconds(2)), Reason.TIMED_OUT);

        long job = Long.parseLong(Files.readString(folder.resolve("job")).strip());
        await().atMost(PATIENCE)
                .until(() ->
                        ProcessHandle.of(job).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(made()).isEmpty();
    }

    /** While it runs every user of the machine sees its arguments. */
    @Test
    void the_list_of_processes_shows_no_password_and_an_interrupt_ends_the_program() throws Exception {
        program("pg_dump", "echo \"$PGPASSWORD\" > '" + folder.resolve("given") + "'; sleep 600");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                run(dump());
            } catch (RuntimeException e) {
                thrown.set(e);
            }
        });
        thread.start();
        await().atMost(PATIENCE)
                .until(() -> Files.exists(folder.resolve("given"))
                        && Files.size(folder.resolve("given")) > PASSWORD.length());

        assertThat(Files.readString(folder.resolve("given")).strip()).isEqualTo(PASSWORD);
        List<String> seen = ProcessHandle.current()
                .descendants()
                .map(process -> process.info().commandLine().orElse("")
                        + String.join(" ", process.info().arguments().orElse(new String[0])))
                .toList();
        assertThat(seen).anyMatch(line -> line.contains("pg_dump")).noneMatch(line -> line.contains(PASSWORD));
        thread.interrupt();
        thread.join(PATIENCE.toMillis());
        assertThat(thrown.get())
                .isInstanceOfSatisfying(
                        PgToolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
        assertThat(made()).isEmpty();
    }

    @Test
    void a_restore_that_brings_fewer_tables_than_the_dump_has_is_not_whole() throws IOException {
        Files.writeString(folder.resolve("list"), "1; 1259 1 TABLE evalstore not_there evalstore_owner\n");
        fails(PgRestore.of(config(), target).programs(bin), Reason.INCOMPLETE);
    }

    @Test
    void a_base_backup_that_does_not_verify_gets_no_name() throws IOException {
        program("pg_basebackup", "exit 0");
        program("pg_verifybackup", "echo checksum mismatch; exit 1");
        fails(PgBaseBackup.of(config(), target).programs(bin), Reason.FAILED);
        assertThat(made()).isEmpty();
        program("pg_verifybackup", "exit 0");
        assertThat(run(PgBaseBackup.of(config(), target).programs(bin)).folder())
                .isEqualTo(target);
    }
}
