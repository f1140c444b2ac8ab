package dev.evalstore.analysis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Retry;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testing.faults.TcpProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;

/** Exports that are broken off by the network, by the reader, and by the end of the process. */
class ExportBreaksTest {
    private static final EvaluationExport ALL = EvaluationExport.of(EvaluationFilter.ALL);
    private static ExportWorld world;
    private static TcpProxy proxy;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        world = new ExportWorld();
        world.fill(5_500);
        proxy = TcpProxy.to("localhost", java.net.URI.create(world.server.url()).getPort());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        world.close();
    }

    private static Database throughProxy() {
        String url = world.server.url().replaceFirst(":[0-9]+/", ":" + proxy.port() + "/");
        return Database.open(DatabaseConfig.builder(url).poolSize(1).build());
    }

    /** Loses the connection while the fourth thousand of rows is on its way. */
    private static void breaksOff(Database db, Operation operation) {
        db.evaluations().count(EvaluationFilter.ALL);
        proxy.loseAt(7, TcpProxy.Way.TO_CLIENT, false);
        assertThatThrownBy(() -> operation.run(db)).isInstanceOf(DatabaseException.class);
        assertThat(proxy.hasLost()).isTrue();
    }

    @FunctionalInterface
    private interface Operation {
        void run(Database db) throws IOException;
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void a_file_has_its_name_only_when_it_is_whole(ExportFormat format) throws IOException {
        Path file = folder.resolve("export");
        try (Database db = throughProxy()) {
            breaksOff(db, broken -> ALL.toFile(broken, file, format));
            assertThat(folder).isEmptyDirectory();

            assertThat(ALL.toFile(db, file, format)).isEqualTo(new ExportSummary(5_500, false));
            byte[] whole = Files.readAllBytes(file);
            assertThat(ExportWorld.read(whole, format)).hasSize(5_500);
            assertThat(new String(whole, StandardCharsets.UTF_8))
                    .doesNotContain("end of export")
                    .doesNotContain("\"end\"");

            breaksOff(db, broken -> ALL.maximum(5_000).toFile(broken, file, format));
            assertThat(Files.readAllBytes(file)).isEqualTo(whole);
            ALL.maximum(1).columns("id").toFile(db, file, format);
            assertThat(ExportWorld.read(Files.readAllBytes(file), format)).hasSize(1);
            assertThat(folder).isDirectoryContaining(file::equals);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void a_stream_that_breaks_off_has_no_end(ExportFormat format) {
        try (Database db = throughProxy()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            breaksOff(db, broken -> ALL.toStream(broken, out, format));

            byte[] part = out.toByteArray();
            assertThat(part).hasSizeGreaterThan(100_000);
            if (format == ExportFormat.JSON) {
                assertThatThrownBy(() -> ExportWorld.MAPPER.readTree(part)).isInstanceOf(JacksonException.class);
            } else {
                assertThat(new String(part, StandardCharsets.UTF_8))
                        .doesNotContain("end of export")
                        .doesNotContain("\"end\"");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.evalstore.analysis.export.ExportWorld#formats")
    void the_exception_of_the_stream_is_thrown_as_it_is_and_ends_the_reading(ExportFormat format) {
        IOException full = new IOException("no space left");
        FailingStream out = new FailingStream(full);
        assertThatThrownBy(() -> ALL.toStream(world.db, out, format)).isSameAs(full);
        assertThat(out.closed).isFalse();
        assertThat(out.calls).as("nothing is written behind a gap").isEqualTo(2);
        assertThat(world.db.evaluations().count(EvaluationFilter.ALL)).isEqualTo(5_500);
    }

    @Test
    void a_transaction_of_the_caller_goes_on_after_a_stream_that_failed() {
        world.db.useTransaction(tx -> {
            FailingStream out = new FailingStream(new IOException("no space left"));
            assertThatThrownBy(() -> ALL.feedback().toStream(tx, out, ExportFormat.NDJSON))
                    .isInstanceOf(IOException.class);
            assertThat(tx.evaluations().count(EvaluationFilter.ALL)).isEqualTo(5_500);
        });
    }

    @Test
    void a_stream_is_flushed_and_stays_open() throws IOException {
        FailingStream out = new FailingStream(null);
        ALL.maximum(1).toStream(world.db, out, ExportFormat.CSV);
        assertThat(out.closed).isFalse();
        assertThat(out.flushed).isTrue();
    }

    @Test
    void a_process_that_is_killed_leaves_the_file_as_it_was() throws Exception {
        Path file = Files.writeString(folder.resolve("export.csv"), "as it was");
        proxy.delay(Duration.ofMillis(50));
        String url = world.server.url().replaceFirst(":[0-9]+/", ":" + proxy.port() + "/");
        try (ChildJvm child = ChildJvm.start(Child.class, List.of("-Xmx64m"), url, file.toString())) {
            child.await("begins");
            long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (partSize() == 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            child.kill();
            assertThat(child.drain()).doesNotContain("ended");
        } finally {
            proxy.delay(Duration.ZERO);
        }
        assertThat(partSize()).isPositive();
        assertThat(file).hasContent("as it was");
    }

    private long partSize() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(".part"))
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        }
    }

    /** Exports all rows to the file, over and over. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            try (Database db = Database.open(
                    DatabaseConfig.builder(args[0]).retry(Retry.NONE).build())) {
                System.out.println("begins");
                ALL.toFile(db, Path.of(args[1]), ExportFormat.CSV);
                System.out.println("ended");
            }
        }
    }

    @Test
    void a_place_that_takes_no_file_is_refused_before_anything_is_read() {
        assertThatThrownBy(() -> ALL.toFile(world.db, folder, ExportFormat.CSV))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("file");
        assertThatThrownBy(() -> ALL.toFile(world.db, Path.of("/"), ExportFormat.CSV))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("file");
        assertThatThrownBy(() -> ALL.toFile(world.db, folder.resolve("no/such.csv"), ExportFormat.CSV))
                .isInstanceOf(IOException.class);
    }

    /** Takes one piece; the second one fails, where it is to. */
    private static final class FailingStream extends OutputStream {
        private final IOException failure;
        private int calls;
        private boolean closed;
        private boolean flushed;

        FailingStream(IOException failure) {
            this.failure = failure;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (++calls > 1 && failure != null) {
                throw failure;
            }
        }

        @Override
        public void flush() {
            flushed = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
