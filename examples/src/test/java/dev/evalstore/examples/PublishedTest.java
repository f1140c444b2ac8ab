package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is a module, and is not kept from publication, is in the BOM; lib/bom/sample looks at the jars. */
class PublishedTest {
    private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(evalstore.*?)</artifactId>");

    @Test
    void the_bom_names_every_published_artifact_and_nothing_else() throws IOException {
        Path root = Path.of("..");
        Set<String> published = new TreeSet<>();
        var modules = MODULE.matcher(Files.readString(root.resolve("pom.xml")));
        while (modules.find()) {
            String own = own(root.resolve(modules.group(1)).resolve("pom.xml"));
            if (!own.contains("<maven.deploy.skip>true<")) {
                assertThat(own).as(modules.group(1)).contains("<name>evalstore", "<description>");
                published.add(artifacts(own.substring(0, own.indexOf("</artifactId>") + "</artifactId>".length()))
                        .iterator()
                        .next());
            }
        }
        String bom = own(root.resolve("lib/bom/pom.xml"));
        assertThat(published).hasSizeGreaterThan(8).isEqualTo(artifacts(bom));
    }

    /** A POM without what it says of its parent. */
    private static String own(Path pom) throws IOException {
        String text = Files.readString(pom);
        return text.substring(text.indexOf("</parent>"));
    }

    private static Set<String> artifacts(String pom) {
        Set<String> artifacts = new TreeSet<>();
        var found = ARTIFACT.matcher(pom);
        while (found.find()) {
            artifacts.add(found.group(1));
        }
        return artifacts;
    }
}
