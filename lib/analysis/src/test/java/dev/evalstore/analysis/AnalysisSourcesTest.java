package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Rules about what class files do not show. */
class AnalysisSourcesTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final int MAX_LINES = 300;

    /** A longer file needs a reason, which stands here; 500 lines at most. */
    private static final Map<String, String> REASONS = Map.of();

    @Test
    void a_file_is_short_or_has_a_reason() throws IOException {
        Map<String, Integer> lengths = new TreeMap<>();
        for (Path file : files()) {
            lengths.put(
                    file.getFileName().toString().replace(".java", ""),
                    Files.readAllLines(file).size());
        }
        lengths.values().removeIf(lines -> lines <= MAX_LINES);
        assertThat(lengths).containsOnlyKeys(REASONS.keySet());
        assertThat(lengths.values()).allMatch(lines -> lines <= 500);
    }

    @Test
    void every_package_says_what_it_is_and_where_nulls_are() throws IOException {
        for (Path folder : files().stream().map(Path::getParent).distinct().toList()) {
            assertThat(folder.resolve("package-info.java"))
                    .content()
                    .startsWith("/**")
                    .contains("@NullMarked");
        }
    }

    @Test
    void whatever_is_public_has_javadoc() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> silent = new ArrayList<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files()));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                if (!unit.getPackageName().toString().endsWith(".internal")) {
                    unit.getTypeDecls().forEach(type -> check(docs, unit, type, silent));
                }
            }
        }
        assertThat(silent).isEmpty();
    }

    /** A type, and the methods of a class or interface; what a record or an enum has of its own says its name. */
    private static void check(DocTrees docs, CompilationUnitTree unit, Tree tree, List<String> silent) {
        if (!(tree instanceof ClassTree type) || !type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
            return;
        }
        TreePath path = TreePath.getPath(unit, type);
        if (docs.getDocComment(path) == null) {
            silent.add(type.getSimpleName().toString());
        }
        if (type.getKind() != Tree.Kind.CLASS && type.getKind() != Tree.Kind.INTERFACE) {
            return;
        }
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree method
                    && isSeen(type, method)
                    && docs.getDocComment(new TreePath(path, method)) == null) {
                silent.add(type.getSimpleName() + "." + method.getName());
            }
        }
    }

    private static boolean isSeen(ClassTree type, MethodTree method) {
        boolean isPublic =
                method.getModifiers().getFlags().contains(Modifier.PUBLIC) || type.getKind() == Tree.Kind.INTERFACE;
        return isPublic
                && method.getModifiers().getAnnotations().stream()
                        .noneMatch(annotation ->
                                annotation.getAnnotationType().toString().equals("Override"));
    }

    @Test
    void the_jar_has_a_name_as_a_module() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<Automatic-Module-Name>dev.evalstore.analysis</Automatic-Module-Name>");
    }

    @Test
    void no_source_locks_by_a_monitor() throws IOException {
        for (Path file : files()) {
            assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern("\\bsynchronized\\s*\\(");
        }
    }

    /** Classes of Unicode and edges of words change with the JDK; a blank is that of ASCII. */
    @Test
    void no_pattern_asks_the_jdk_for_a_kind_of_character() throws IOException {
        for (Path file : files()) {
            assertThat(Files.readString(file))
                    .as(file.toString())
                    .doesNotContainPattern("[^\\\\]\\\\\\\\[pPbBXN]|\\(\\?[a-z]*[iuU]|UNICODE_C|CASE_INSENSITIVE");
        }
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
