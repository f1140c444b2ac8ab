package dev.evalstore.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs a program to its end. A server refuses to be root, so root runs it in a user namespace where it is not. */
final class Command {
    private static final List<String> NOT_ROOT = List.of("unshare", "-U");

    private Command() {}

    static String run(List<String> command, Path folder, Map<String, String> environment, String failure) {
        return run(command, folder, environment, "", failure);
    }

    /**
     * Runs a program, which must end with 0.
     *
     * @param failure what the exception says if the program fails
     * @return what it printed, to either stream
     */
    static String run(
            List<String> command, Path folder, Map<String, String> environment, String input, String failure) {
        List<String> whole = new ArrayList<>(Programs.isRoot() ? NOT_ROOT : List.of());
        whole.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(whole).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        // What they say is read here, and by people.
        builder.environment().put("LC_MESSAGES", "C");
        String output = "";
        try {
            Process process = builder.start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading, and its output says why.
            }
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new ServerFailedException(
                        failure, output.isBlank() ? whole.get(0) + " ended with " + code : output + hint(output));
            }
            return output;
        } catch (IOException e) {
            throw new ServerFailedException(failure, output + e.getMessage() + hint(String.valueOf(e.getMessage())), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailedException(failure, "interrupted", e);
        }
    }

    private static String hint(String output) {
        return Programs.isRoot() && output.contains("unshare")
                ? "\nPostgreSQL does not run as root, and user namespaces (unshare -U) are not allowed here: start this"
                        + " process as another user"
                : "";
    }
}
