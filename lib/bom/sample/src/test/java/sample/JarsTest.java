package sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Each artifact that the BOM names, as it lies in the repository. */
class JarsTest {
    private static final Path REPOSITORY = Path.of(System.getProperty("published"), "dev", "evalstore");
    private static final String VERSION = "0.1.0-SNAPSHOT";

    /** Stand in every class with tests. Its name tells less: that of a statistical test ends so, too. */
    private static final List<String> TESTS =
            List.of("Lorg/junit/jupiter/api/Test;", "Lorg/junit/jupiter/params/ParameterizedTest;");

    record Artifact(String name, boolean isJar) {
        Path file(String suffix) {
            return REPOSITORY.resolve(name).resolve(VERSION).resolve(name + "-" + VERSION + suffix);
        }
    }

    static List<Artifact> artifacts() throws Exception {
        Artifact bom = new Artifact("evalstore-bom", false);
        List<Artifact> artifacts = new ArrayList<>(List.of(bom));
        for (Element dependency : elements(document(bom), "dependency")) {
            artifacts.add(new Artifact(text(dependency, "artifactId"), !text(dependency, "type").equals("pom")));
        }
        return artifacts;
    }

    static Stream<Artifact> jars() throws Exception {
        return artifacts().stream().filter(Artifact::isJar);
    }

    @ParameterizedTest
    @MethodSource("artifacts")
    void a_pom_has_what_maven_central_asks_for_and_stands_alone(Artifact artifact) throws Exception {
        Document pom = document(artifact);
        for (String field : List.of("name", "description", "url", "licenses", "developers", "scm")) {
            assertThat(child(pom.getDocumentElement(), field)).as(field).isNotBlank();
        }
        for (String leftover : List.of("parent", "build", "properties", "modules", "repositories")) {
            assertThat(child(pom.getDocumentElement(), leftover)).as(leftover).isEmpty();
        }
        assertThat(elements(pom, "scope")).noneMatch(scope -> scope.getTextContent().equals("test"));
        assertThat(Files.readString(artifact.file(".pom")).replace("${project.version}", VERSION))
                .doesNotContain("${");
        assertThat(elements(pom, "dependency")).allSatisfy(dependency -> assertThat(text(dependency, "version"))
                .isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("jars")
    void a_jar_says_what_it_is_and_under_which_licence(Artifact artifact) throws IOException {
        try (JarFile jar = new JarFile(artifact.file(".jar").toFile())) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Implementation-Title")).startsWith("evalstore");
            assertThat(manifest.getValue("Implementation-Version")).isEqualTo(VERSION);
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
            assertThat(text(jar, "META-INF/NOTICE")).startsWith("evalstore");
            for (JarEntry entry : jar.stream().toList()) {
                assertThat(entry.getName()).doesNotContain("simplelogger", "/testkit/");
                if (entry.getName().endsWith(".class")) {
                    assertThat(TESTS).as(entry.getName()).noneMatch(text(jar, entry.getName())::contains);
                }
            }
        }
        var module = ModuleFinder.of(artifact.file(".jar")).findAll().iterator().next().descriptor();
        assertThat(module.name()).startsWith("dev.evalstore");
        assertThat(module.packages()).allMatch(name -> name.startsWith("dev.evalstore"));
    }

    private static String text(JarFile jar, String name) throws IOException {
        try (var in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static Document document(Artifact artifact) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(artifact.file(".pom").toFile());
    }

    private static String child(Element parent, String name) {
        for (var node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return node.getTextContent();
            }
        }
        return "";
    }

    private static String text(Element parent, String name) {
        return child(parent, name).trim();
    }

    private static List<Element> elements(Document document, String name) {
        List<Element> elements = new ArrayList<>();
        var nodes = document.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
