package dev.evalstore.bench;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.backup.BackupFile;
import dev.evalstore.backup.BackupManifest;
import dev.evalstore.backup.BackupTable;
import dev.evalstore.backup.ExportOptions;
import dev.evalstore.backup.ExportReport;
import dev.evalstore.recovery.PgDump;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.postgresql.PGConnection;

/**
 * {@code backup}: a store of {@code rows} evaluations is exported. {@code backup.export}
 * compares with {@code pg_dump} in directory format by one job, as it comes, and needs one of the server's major version: {@code
 * -Dpg.version} chooses the server. {@code backup.export_copy} compares with COPY of the same tables by the driver to files,
 * uncompressed and synced. {@code backup.restore} compares with COPY by the driver, from one uncompressed file, into the empty table
 * of a schema that was migrated before the clock runs: all its constraints and indexes are there.
 */
final class BackupBench {
    private static final String TARGET = "bench_restored";
    private static final String RAW = "bench_raw";
    private static final String DROP_RAW = "drop schema if exists " + RAW + " cascade";
    private static final String DROP_TARGET = "drop schema if exists " + TARGET + " cascade";
    private static final String TABLE = "evaluations";
    private static final Pattern MAJOR = Pattern.compile("\\D*(\\d+)");

    private static final int BUFFER = 64 * 1024;

    private BackupBench() {}

    static void run(Lab lab) throws Exception {
        int rows = lab.settings().number("rows", 1_000_000);
        int threads = lab.settings().number("threads", ExportOptions.DEFAULT.threads());
        fill(lab, rows);
        Path folder = Files.createTempDirectory("backup-bench");
        try {
            Map<String, Object> params = Map.of("rows", rows, "threads", threads);
            ExportOptions options = ExportOptions.DEFAULT.threads(threads);
            pgDump(lab, folder, options, params);
            copy(lab, folder, options, params);
            restore(lab, folder, options, params);
        } finally {
            remove(folder);
        }
    }

    private static void fill(Lab lab, int rows) throws Exception {
        lab.report().progress("making " + rows + " evaluations");
        lab.execute(
                "truncate evalstore.evaluations, evalstore.evaluation_feedback",
                "insert into evalstore.evaluations (provider, model, input, output, metrics, score, latency_ms)"
                        + " select 'openai', 'gpt-4', 'question ' || md5(i::text) || ' of ' || i,"
                        + " repeat('answer ', 10) || md5((i + 1)::text),"
                        + " jsonb_build_object('exact', i % 2, 'f1', random()), random(), (random() * 2000)::int"
                        + " from generate_series(1, " + rows + ") i",
                "vacuum (freeze, analyze) evalstore.evaluations",
                "checkpoint");
    }

    private static void pgDump(Lab lab, Path folder, ExportOptions options, Map<String, Object> params)
            throws Exception {
        Optional<Integer> dumps = majorOfPgDump();
        int server = major(String.valueOf(lab.db().health().serverVersion()));
        if (dumps.isEmpty() || dumps.get() != server) {
            lab.report()
                    .progress("SKIPPED backup.export: it needs a pg_dump of version " + server + ", and there is "
                            + dumps.map(found -> "one of " + found).orElse("none"));
            return;
        }
        long rows = lab.db().backup().export(folder, options).manifest().rows();
        lab.report().progress("backup.export, rows a second");
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> exported(lab, folder, options))
                .side("pg_dump", () -> dumped(lab, folder, rows))
                .medians();
        lab.report().values("backup.export", rates, "rows/s", params);
        lab.report().ratio("backup.export", rates, "evalstore", "pg_dump");
    }

    private static void copy(Lab lab, Path folder, ExportOptions options, Map<String, Object> params) throws Exception {
        lab.report().progress("backup.export_copy, rows a second");
        BackupManifest manifest = lab.db().backup().export(folder, options).manifest();
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> exported(lab, folder, options))
                .side("raw", () -> copied(lab, folder, manifest))
                .medians();
        lab.report().values("backup.export_copy", rates, "rows/s", params);
        lab.report().ratio("backup.export_copy", rates, "evalstore", "raw");
    }

    private static double exported(Lab lab, Path folder, ExportOptions options) throws IOException {
        Path to = folder.resolve("evalstore");
        long start = System.nanoTime();
        ExportReport report = lab.db().backup().export(to, options);
        double seconds = seconds(start);
        remove(to);
        return report.manifest().rows() / seconds;
    }

    private static double dumped(Lab lab, Path folder, long rows) throws Exception {
        Path to = folder.resolve("dump");
        DatabaseConfig config = DatabaseConfig.builder(lab.server().url()).build();
        ProcessBuilder dump = PgDump.of(config, to).jobs(1).processBuilder().inheritIO();
        long start = System.nanoTime();
        int code = dump.start().waitFor();
        double seconds = seconds(start);
        if (code != 0) {
            throw new IOException("pg_dump ended with " + code);
        }
        remove(to);
        return rows / seconds;
    }

    private static double copied(Lab lab, Path folder, BackupManifest manifest) throws Exception {
        Path to = Files.createDirectory(folder.resolve("raw"));
        long start = System.nanoTime();
        try (Connection connection = lab.pool().getConnection()) {
            connection.setAutoCommit(false);
            var copies = connection.unwrap(PGConnection.class).getCopyAPI();
            for (BackupTable table : manifest.tables()) {
                String columns = String.join(", ", table.columns());
                try (FileOutputStream out =
                        new FileOutputStream(to.resolve(table.name()).toFile())) {
                    copies.copyOut("copy (select " + columns + " from evalstore." + table.name() + ") to stdout", out);
                    out.getFD().sync();
                }
            }
            connection.rollback();
        }
        double seconds = seconds(start);
        remove(to);
        return manifest.rows() / seconds;
    }

    private static void restore(Lab lab, Path folder, ExportOptions options, Map<String, Object> params)
            throws Exception {
        lab.report().progress("backup.restore, rows a second");
        ExportReport backup = lab.db().backup().export(folder.resolve("restore"), options);
        BackupTable table = backup.manifest().table(TABLE).orElseThrow();
        Path plain = uncompressed(backup.path().resolve("data").resolve(TABLE), table, folder.resolve("plain"));
        lab.execute(DROP_RAW);
        lab.db().withSchema(RAW).migrate();
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> restored(lab, backup, table))
                .side("raw", () -> loaded(lab, plain, table))
                .medians();
        lab.execute(DROP_TARGET, DROP_RAW);
        lab.report().values("backup.restore", rates, "rows/s", params);
        lab.report().ratio("backup.restore", rates, "evalstore", "raw");
    }

    private static Path uncompressed(Path files, BackupTable table, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to)) {
            for (BackupFile file : table.files()) {
                try (InputStream in = new GZIPInputStream(Files.newInputStream(files.resolve(file.name())))) {
                    in.transferTo(out);
                }
            }
        }
        return to;
    }

    /** From the first look at the files to the commit, the schema's making included. */
    private static double restored(Lab lab, ExportReport backup, BackupTable table) throws Exception {
        lab.execute(DROP_TARGET, "checkpoint");
        long start = System.nanoTime();
        lab.db().withSchema(TARGET).backup().restore(backup.path());
        return table.rows() / seconds(start);
    }

    private static double loaded(Lab lab, Path plain, BackupTable table) throws Exception {
        lab.execute("truncate " + RAW + ".evaluations, " + RAW + ".evaluation_feedback", "checkpoint");
        long start = System.nanoTime();
        try (Connection connection = lab.pool().getConnection();
                InputStream in = Files.newInputStream(plain)) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "copy " + RAW + "." + TABLE + " (" + String.join(", ", table.columns()) + ") from stdin",
                            in,
                            BUFFER);
        }
        return table.rows() / seconds(start);
    }

    private static Optional<Integer> majorOfPgDump() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("pg_dump", "--version").start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(major(version)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static int major(String version) {
        Matcher matcher = MAJOR.matcher(version);
        if (!matcher.lookingAt()) {
            throw new IllegalStateException("no version");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
