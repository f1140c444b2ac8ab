package dev.evalstore.testkit;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The library's own sources, parsed: for rules about what class files no longer show. */
public final class Sources {
    private static final Path MAIN = Path.of("src/main/java");

    private Sources() {}

    /** A parsed file. */
    public record File(Path path, CompilationUnitTree unit, Trees trees) {
        /** The package, such as {@code dev.evalstore.job}. */
        public String packageName() {
            return unit.getPackageName().toString();
        }

        /** The file and line where the tree begins. */
        public String at(Tree tree) {
            return path.getFileName() + ":"
                    + unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
        }

        /** The top-level type that the file is named after, with its body. */
        public @Nullable ClassTree type() {
            String name = path.getFileName().toString().replace(".java", "");
            for (Tree declared : unit.getTypeDecls()) {
                if (declared instanceof ClassTree type && type.getSimpleName().contentEquals(name)) {
                    return type;
                }
            }
            return null;
        }
    }

    /**
     * A text of the source: one literal, or literals and values that {@code +} joins, with {@code ?} for each value.
     *
     * @param where file and line
     * @param owner the innermost class
     * @param isConstant whether a static final field's initializer contains it
     * @param isJoined whether {@code +} joins it
     */
    public record Text(File file, String where, String owner, String text, boolean isConstant, boolean isJoined) {
        @Override
        public String toString() {
            return where + " " + text.strip().replaceAll("\\s+", " ");
        }
    }

    /** Every file of the library. */
    public static List<File> main() {
        return parse(MAIN);
    }

    /** Every file below the folder. */
    public static List<File> parse(Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> walk = Files.walk(folder);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> paths = walk.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            // Otherwise the parser joins literals that stand side by side before anybody sees the plus.
            List<String> options = List.of("-proc:none", "-XDallowStringFolding=false");
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(paths));
            Trees trees = Trees.instance(task);
            List<File> files = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                files.add(new File(Path.of(unit.getSourceFile().toUri()), unit, trees));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every text of the library; of texts that {@code +} joins, the whole. */
    public static List<Text> texts() {
        return main().stream().flatMap(file -> texts(file).stream()).toList();
    }

    /** Every text of the file. */
    public static List<Text> texts(File file) {
        List<Text> texts = new ArrayList<>();
        new TextScanner(file, texts).scan(file.unit(), null);
        return texts;
    }

    /** The parts that {@code +} joins, from left to right. */
    public static List<ExpressionTree> parts(ExpressionTree tree) {
        if (tree instanceof ParenthesizedTree inner) {
            return parts(inner.getExpression());
        }
        if (tree instanceof BinaryTree binary && binary.getKind() == Tree.Kind.PLUS) {
            return Stream.concat(parts(binary.getLeftOperand()).stream(), parts(binary.getRightOperand()).stream())
                    .toList();
        }
        return List.of(tree);
    }

    /** Collects texts, and knows where it stands. */
    private static final class TextScanner extends TreePathScanner<Void, Void> {
        private final File file;
        private final List<Text> texts;
        private String owner = "";
        private boolean constant;

        TextScanner(File file, List<Text> texts) {
            this.file = file;
            this.texts = texts;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            String outer = owner;
            boolean before = constant;
            owner = type.getSimpleName().toString();
            constant = false;
            super.visitClass(type, nothing);
            owner = outer;
            constant = before;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            boolean before = constant;
            constant = false;
            super.visitMethod(method, nothing);
            constant = before;
            return null;
        }

        @Override
        public Void visitVariable(VariableTree variable, Void nothing) {
            boolean before = constant;
            constant |= getCurrentPath().getParentPath().getLeaf() instanceof ClassTree
                    && variable.getModifiers().getFlags().containsAll(Set.of(Modifier.STATIC, Modifier.FINAL));
            super.visitVariable(variable, nothing);
            constant = before;
            return null;
        }

        @Override
        public Void visitBinary(BinaryTree binary, Void nothing) {
            List<ExpressionTree> parts = parts(binary);
            if (parts.stream().noneMatch(TextScanner::isText)) {
                return super.visitBinary(binary, nothing);
            }
            StringBuilder whole = new StringBuilder();
            for (ExpressionTree part : parts) {
                if (isText(part)) {
                    whole.append(((LiteralTree) part).getValue());
                } else {
                    whole.append('?');
                    scan(part, nothing);
                }
            }
            add(binary, whole.toString(), true);
            return null;
        }

        @Override
        public Void visitLiteral(LiteralTree literal, Void nothing) {
            if (isText(literal)) {
                add(literal, (String) literal.getValue(), false);
            }
            return null;
        }

        private static boolean isText(ExpressionTree tree) {
            return tree instanceof LiteralTree literal && literal.getValue() instanceof String;
        }

        private void add(Tree tree, String text, boolean joined) {
            texts.add(new Text(file, file.at(tree), owner, text, constant, joined));
        }
    }
}
