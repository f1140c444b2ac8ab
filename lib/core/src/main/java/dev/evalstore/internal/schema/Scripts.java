package dev.evalstore.internal.schema;

import dev.evalstore.DatabaseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The migration scripts that the jar carries, read once, with the schema's name filled in. */
public final class Scripts {
    private static final String UP_PREFIX = "dev/evalstore/migration/V";
    private static final String UNDO_PREFIX = "dev/evalstore/undo/U";
    private static final String SUFFIX = ".sql";

    private static final Map<Integer, Script> UP = read(UP_PREFIX);
    private static final Map<Integer, Script> DOWN = read(UNDO_PREFIX);

    private final String schema;

    Scripts(String schema) {
        // A name that PostgreSQL reserves, such as "order", must be quoted.
        this.schema = schema.equals(DatabaseOptions.DEFAULT_SCHEMA) ? schema : '"' + schema + '"';
    }

    /** The text of a migration as it stands in its file, with {@code ${schema}} for the schema. */
    public static String text(int version) {
        return Objects.requireNonNull(UP.get(version), "migration").text();
    }

    /** The migrations up to the version, the first one first. */
    static List<String> texts(int to) {
        return UP.values().stream()
                .filter(script -> script.version() <= to)
                .map(Script::text)
                .toList();
    }

    /** The migrations' texts by the names of their files. */
    static Map<String, String> files() {
        return UP.values().stream().collect(Collectors.toMap(Script::fileName, Script::text));
    }

    /** Stands for the placeholder {@code ${schema}} in every script. */
    String schema() {
        return schema;
    }

    int latest() {
        return UP.keySet().stream().max(Integer::compare).orElse(0);
    }

    Map<Integer, String> descriptions() {
        Map<Integer, String> descriptions = new TreeMap<>();
        UP.forEach((version, script) -> descriptions.put(version, script.description()));
        return descriptions;
    }

    String up(int version) {
        return filled(Objects.requireNonNull(UP.get(version), "migration"));
    }

    String undo(int version) {
        Script script = DOWN.get(version);
        if (script == null) {
            throw new IllegalArgumentException("migration " + version + " has no undo script");
        }
        return filled(script);
    }

    String all() {
        return UP.values().stream()
                .map(script -> "-- " + script.fileName() + "\n" + filled(script))
                .collect(Collectors.joining("\n"));
    }

    private String filled(Script script) {
        return script.text().replace("${schema}", schema);
    }

    private static Map<Integer, Script> read(String folderAndPrefix) {
        Map<Integer, Script> scripts = new TreeMap<>();
        for (String name : ScriptNames.ALL) {
            Script script = new Script(name, text(folderAndPrefix + name + SUFFIX));
            scripts.put(script.version(), script);
        }
        return scripts;
    }

    private static String text(String path) {
        try (InputStream script = Scripts.class.getResourceAsStream("/" + path)) {
            if (script == null) {
                throw new IllegalStateException("the jar lacks its script " + path);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A migration and its undo script.
     *
     * @param name without what its file's name begins and ends with
     */
    private record Script(String name, String text) {
        String fileName() {
            return "V" + name + SUFFIX;
        }

        int version() {
            return Integer.parseInt(name.substring(0, name.indexOf("__")));
        }

        String description() {
            return name.substring(name.indexOf("__") + 2).replace('_', ' ');
        }
    }
}
