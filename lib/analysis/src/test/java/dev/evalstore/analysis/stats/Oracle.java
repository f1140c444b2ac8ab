package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What SciPy and statsmodels say. Tests that need it are skipped, loudly, where it is not. */
final class Oracle {
    private Oracle() {}

    /** All cases of a kind; there is at least one. */
    static List<JsonNode> cases(String kind) {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println("SKIPPED: the statistics of SciPy and statsmodels; set EVALSTORE_DATA to their folder");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of the statistics");
        JsonNode cases = new ObjectMapper()
                .readTree(Path.of(data, "oracle", "statistics.json").toFile())
                .get("cases");
        List<JsonNode> found = StreamSupport.stream(cases.spliterator(), false)
                .filter(one -> one.get("kind").asString().equals(kind))
                .toList();
        assertThat(found).isNotEmpty();
        return found;
    }

    static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    /** Equal to 1e-9 of what is expected; zeros to 1e-15. */
    static void same(String what, double actual, JsonNode expected) {
        near(what, actual, expected.asDouble(), 1e-9);
    }

    /** Equal to so much of what is expected, however small that is; a zero to 1e-15. */
    static void near(String what, double actual, double expected, double relative) {
        double allowed = expected == 0 ? 1e-15 : relative * Math.abs(expected);
        assertThat(actual).as(what).isCloseTo(expected, Offset.offset(allowed));
    }
}
