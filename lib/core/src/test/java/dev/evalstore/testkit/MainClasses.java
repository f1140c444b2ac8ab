package dev.evalstore.testkit;

import dev.evalstore.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The library's own classes and their constants, for tests that must not forget one. */
public final class MainClasses {
    private MainClasses() {}

    /** A static field's value, and where it stands. */
    public record Constant(Field field, Object value) {
        @Override
        public String toString() {
            return field.getDeclaringClass().getSimpleName() + "." + field.getName();
        }
    }

    /** The folder of the library's class files. */
    public static Path root() {
        try {
            return Path.of(Database.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every class of the library, nested ones too. */
    public static List<Class<?>> all() {
        Path root = root();
        try (Stream<Path> files = Files.walk(root)) {
            List<Class<?>> classes = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String name = root.relativize(file).toString();
                if (name.endsWith(".class") && !name.endsWith("package-info.class")) {
                    classes.add(Class.forName(name.substring(0, name.length() - 6)
                            .replace('/', '.')
                            .replace('\\', '.')));
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every static final field of the type, private ones too. */
    public static List<Constant> constants(Class<?> type) {
        List<Constant> constants = new ArrayList<>();
        for (Class<?> owner : all()) {
            for (Field field : owner.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (Modifier.isStatic(modifiers) && Modifier.isFinal(modifiers) && field.getType() == type) {
                    try {
                        field.setAccessible(true);
                        constants.add(new Constant(field, field.get(null)));
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }
        return constants;
    }
}
