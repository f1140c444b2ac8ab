package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The journals of all clients and all their lives, read back. */
final class Journals {
    static final String SUFFIX = ".journal";

    private final List<Line> lines;

    Journals(List<Line> lines) {
        this.lines = List.copyOf(lines);
    }

    /**
     * One line.
     *
     * @param client the client and its life, such as {@code state.3}
     * @param millis when, by this machine's clock
     * @param status what became of it
     * @param room whose it was
     * @param what was done
     * @param name tells it from all others of its kind, or {@code -}
     * @param detail anything else
     */
    record Line(String client, long millis, Status status, String room, String what, String name, String detail) {}

    /** Reads all that are in a folder, but for last lines that were cut off. */
    static Journals read(Path folder) {
        List<Line> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
                String name = file.getFileName().toString().replace(SUFFIX, "");
                String text = Files.readString(file);
                text.substring(0, text.lastIndexOf('\n') + 1)
                        .lines()
                        .forEach(line -> lines.add(line(name, line.split("\t", -1))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Journals(lines);
    }

    private static Line line(String client, String[] parts) {
        return new Line(
                client, Long.parseLong(parts[0]), Status.valueOf(parts[1]), parts[2], parts[3], parts[4], parts[5]);
    }

    List<Line> lines() {
        return lines;
    }

    List<Line> of(String room, String what) {
        return lines.stream()
                .filter(line -> line.room().equals(room) && line.what().equals(what))
                .toList();
    }

    /** The last word on everything that was tried, by name; {@link Status#TRY} where there was none. */
    Map<String, Status> outcomes(String room, String what) {
        Map<String, Status> outcomes = new LinkedHashMap<>();
        of(room, what).forEach(line -> outcomes.put(line.name(), line.status()));
        return outcomes;
    }

    /** How often each kind of operation was acknowledged. */
    Map<String, Integer> acknowledged() {
        Map<String, Integer> counts = new HashMap<>();
        lines.stream()
                .filter(line -> line.status() == Status.OK)
                .forEach(line -> counts.merge(line.room() + "." + line.what(), 1, Integer::sum));
        return counts;
    }

    /** The same journals with one more line, or without some: what a checker must notice. */
    Journals with(Line line) {
        List<Line> more = new ArrayList<>(lines);
        more.add(line);
        return new Journals(more);
    }

    Journals without(Predicate<Line> which) {
        return new Journals(lines.stream().filter(which.negate()).toList());
    }
}
