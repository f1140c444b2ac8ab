package dev.evalstore.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * MLflow itself, in a Python process that answers a line for each line: it times what it does, so that neither its start nor the
 * pipe is counted. Its client is given the server's URL, and so uses its SQL store without a server of MLflow's in between.
 */
final class MlflowPeer implements AutoCloseable {
    static final String SCHEMA = "mlflow_itself";

    private static final String SCRIPT = "mlflow_peer.py";

    private final Process process;
    private final Path script;
    private final BufferedReader answers;
    private final Writer commands;
    private final String project;

    private MlflowPeer(Process process, Path script) throws IOException {
        this.process = process;
        this.script = script;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.project = answer();
    }

    /** Starts MLflow by the Python that {@code python} names; null, and said so, where that has no MLflow. */
    static @Nullable MlflowPeer start(Lab lab) throws Exception {
        String named = lab.settings().text("python");
        String python = named == null ? "python3" : named;
        Path script = Files.createTempFile("mlflow_peer", ".py");
        try (InputStream text = Objects.requireNonNull(MlflowPeer.class.getResourceAsStream("/" + SCRIPT))) {
            Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
        }
        lab.execute("drop schema if exists " + SCHEMA + " cascade", "create schema " + SCHEMA);
        Process process = null;
        try {
            ProcessBuilder builder = new ProcessBuilder(python, script.toString())
                    .directory(Objects.requireNonNull(script.getParent()).toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("MLFLOW_PEER_URL", lab.server().url());
            builder.environment().put("MLFLOW_PEER_SCHEMA", SCHEMA);
            process = builder.start();
            return new MlflowPeer(process, script);
        } catch (IOException e) {
            if (process != null) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(script);
            lab.report()
                    .progress("SKIPPED: MLflow itself, which \"" + python + "\" does not have (" + e.getMessage()
                            + "); pip install mlflow psycopg2-binary, and name that Python by python=…");
            return null;
        }
    }

    /** The number of its project. */
    String project() {
        return project;
    }

    /** What it answers to a command. */
    String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return answer();
    }

    private String answer() throws IOException {
        String answer = answers.readLine();
        if (answer == null || !answer.startsWith("ok")) {
            throw new IOException(answer == null ? "it ended" : answer);
        }
        return answer.substring(2).strip();
    }

    /** The seconds that it took to carry out a command. */
    double seconds(String command) throws IOException {
        return Double.parseDouble(ask(command));
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(script);
    }
}
