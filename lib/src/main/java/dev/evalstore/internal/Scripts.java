package dev.evalstore.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The migration scripts that the jar carries, with the schema's name filled in. */
final class Scripts {
    static final String FOLDER = "db/migration/evalstore";
    private static final String UNDO_FOLDER = "db/undo/evalstore";

    private final String schema;
    private final Map<Integer, Script> up;
    private final Map<Integer, Script> down;

    /** One file. */
    private record Script(String name, String text) {
        int version() {
            return Integer.parseInt(name.substring(1, name.indexOf("__")));
        }

        String description() {
            return name.substring(name.indexOf("__") + 2, name.length() - ".sql".length())
                    .replace('_', ' ');
        }
    }

    Scripts(String schema) {
        this.schema = schema;
        this.up = read(FOLDER);
        this.down = read(UNDO_FOLDER);
    }

    int latest() {
        return up.keySet().stream().max(Integer::compare).orElse(0);
    }

    Map<Integer, String> descriptions() {
        Map<Integer, String> descriptions = new TreeMap<>();
        up.forEach((version, script) -> descriptions.put(version, script.description()));
        return descriptions;
    }

    String undo(int version) {
        Script script = down.get(version);
        if (script == null) {
            throw new IllegalArgumentException("migration " + version + " has no undo script");
        }
        return filled(script);
    }

    String all() {
        return up.values().stream()
                .map(script -> "-- " + script.name() + "\n" + filled(script))
                .collect(Collectors.joining("\n"));
    }

    private String filled(Script script) {
        return script.text().replace("${schema}", schema);
    }

    private static Map<Integer, Script> read(String folder) {
        URL url = Scripts.class.getClassLoader().getResource(folder);
        if (url == null) {
            throw new IllegalStateException("the jar has lost its " + folder);
        }
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return read(jar.getPath(folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<Integer, Script> read(Path folder) throws IOException {
        Map<Integer, Script> scripts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Script script = new Script(file.getFileName().toString(), Files.readString(file));
                scripts.put(script.version(), script);
            }
        }
        return scripts;
    }
}
