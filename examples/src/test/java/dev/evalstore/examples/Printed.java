package dev.evalstore.examples;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** What an example prints, caught. */
final class Printed {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    PrintStream stream() {
        return stream;
    }

    /** Everything, byte by byte. */
    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The lines as a terminal shows them: what a carriage return overwrote is gone. */
    List<String> lines() {
        return Arrays.stream(bytes.toString(StandardCharsets.UTF_8).split(System.lineSeparator(), -1))
                .map(line -> line.substring(line.lastIndexOf('\r') + 1).stripTrailing())
                .toList();
    }
}
