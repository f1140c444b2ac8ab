package dev.evalstore.internal.schema;

import dev.evalstore.DatabaseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The migration scripts that the jar carries, read once, with the schema's name filled in. */
public final class Scripts {
    static final String FOLDER = "dev/evalstore/migration";
    private static final String UNDO_FOLDER = "dev/evalstore/undo";

    private static final Map<Integer, Script> UP = read(FOLDER);
    private static final Map<Integer, Script> DOWN = read(UNDO_FOLDER);

    private static final Pattern CREATED =
            Pattern.compile("create (?:unlogged )?(?:table|sequence) (?:if not exists )?\\$\\{schema}\\.([a-z0-9_]+)");

    private final String schema;

    Scripts(String schema) {
        // A name that PostgreSQL reserves, such as "order", must be quoted.
        this.schema = schema.equals(DatabaseOptions.DEFAULT_SCHEMA) ? schema : '"' + schema + '"';
    }

    /** The text of a migration as it stands in its file, with {@code ${schema}} for the schema. */
    public static String text(int version) {
        return Objects.requireNonNull(UP.get(version), "migration").text();
    }

    /** The names of the tables and sequences that the migrations make, also of those that a later one drops. */
    public static Set<String> tablesAndSequences() {
        return UP.values().stream()
                .flatMap(script -> CREATED.matcher(script.text()).results())
                .map(created -> created.group(1))
                .collect(Collectors.toSet());
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
                .map(script -> "-- " + script.name() + "\n" + filled(script))
                .collect(Collectors.joining("\n"));
    }

    private String filled(Script script) {
        return script.text().replace("${schema}", schema);
    }

    /** The folder may stand in several places of the class path, such as beside a test's classes. */
    private static Map<Integer, Script> read(String folder) {
        Map<Integer, Script> scripts = new TreeMap<>();
        try {
            for (URL url : Collections.list(Scripts.class.getClassLoader().getResources(folder))) {
                for (Script script : url.openConnection() instanceof JarURLConnection jar
                        ? read(jar, folder + "/")
                        : read(Path.of(url.toURI()))) {
                    scripts.put(script.version(), script);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        if (scripts.isEmpty()) {
            throw new IllegalStateException("the jar lacks the scripts of its folder " + folder);
        }
        return scripts;
    }

    /**
     * Works for a jar inside a jar too, which its class loader can open. A file system on a jar could be opened only
     * once.
     */
    private static List<Script> read(JarURLConnection connection, String folder) throws IOException {
        connection.setUseCaches(false);
        List<Script> scripts = new ArrayList<>();
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (name.startsWith(folder) && name.endsWith(".sql")) {
                    try (InputStream text = jar.getInputStream(entry)) {
                        scripts.add(new Script(
                                name.substring(folder.length()),
                                new String(text.readAllBytes(), StandardCharsets.UTF_8)));
                    }
                }
            }
        }
        return scripts;
    }

    private static List<Script> read(Path folder) throws IOException {
        List<Script> scripts = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.sql")) {
            for (Path file : files) {
                scripts.add(new Script(file.getFileName().toString(), Files.readString(file)));
            }
        }
        return scripts;
    }

    /** A script file. */
    private record Script(String name, String text) {
        int version() {
            return Integer.parseInt(name.substring(1, name.indexOf("__")));
        }

        String description() {
            return name.substring(name.indexOf("__") + 2, name.length() - ".sql".length())
                    .replace('_', ' ');
        }
    }
}
