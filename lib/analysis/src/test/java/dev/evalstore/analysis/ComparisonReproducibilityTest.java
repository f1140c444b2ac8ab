package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.benchmark.NewEvaluation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same rows give the same bytes, whoever computes. */
class ComparisonReproducibilityTest {
    private static ComparisonWorld world;
    private static List<UUID> members;
    private static List<String> here;

    @BeforeAll
    static void compare() throws Exception {
        world = new ComparisonWorld();
        members = List.of(fill("ä", 0.62), fill("b", 0.6), fill("c", 0.5));
        here = ComparisonMain.lines(world.db, members.get(0), members.get(1), members.get(2));
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void twice_in_one_jvm() throws Exception {
        assertThat(ComparisonMain.lines(world.db, members.get(2), members.get(0), members.get(1)))
                .isEqualTo(here);
        assertThat(here.get(1)).contains("\"tests\":[\"MCNEMAR\",\"MCNEMAR_MID_P\"]");
    }

    @Test
    void in_another_time_zone_locale_and_encoding_interpreted() throws Exception {
        assertThat(run(
                        Path.of(System.getProperty("java.home")),
                        "-Duser.timezone=Pacific/Chatham",
                        "-Duser.language=ar",
                        "-Duser.country=EG",
                        "-Duser.variant=",
                        "-Djava.locale.providers=CLDR",
                        "-Duser.extensions=u-nu-arab",
                        "-Dfile.encoding=ISO-8859-1",
                        "-XX:TieredStopAtLevel=1"))
                .isEqualTo(here);
    }

    @Test
    void without_the_processors_own_logarithms() throws Exception {
        assertThat(run(
                        Path.of(System.getProperty("java.home")),
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-UseLibmIntrinsic",
                        "-Duser.language=tr",
                        "-Duser.country=TR"))
                .isEqualTo(here);
    }

    @Test
    void on_jdk_25() throws Exception {
        Path home = OtherJdk.home("comparisons");
        assertThat(run(home, "-Duser.timezone=UTC", "-Duser.language=de")).isEqualTo(here);
    }

    private static UUID fill(String name, double level) {
        UUID id = world.experiment(name);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        List<NewEvaluation> answers = new ArrayList<>();
        for (int item = 0; item < 300; item++) {
            double score = Math.pow(random.nextDouble(), 1 / level - 1);
            answers.add(ComparisonWorld.answer("frage " + (char) ('ä' + item % 50) + item, 0)
                    .score(score)
                    .metrics(Json.of(Map.of("exact", score > 0.5 ? 1 : 0)))
                    .experiment(id));
        }
        world.db.evaluations().createAll(answers);
        return id;
    }

    private static List<String> run(Path home, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve("java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ComparisonMain.class.getName()));
        command.add(world.server.url());
        members.forEach(member -> command.add(member.toString()));
        Path errors = Files.createTempFile("comparison", ".log");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
            return output.lines().toList();
        } finally {
            process.destroyForcibly();
            Files.delete(errors);
        }
    }
}
