package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.MainClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which events there are stands once, in the declarations of the tables. That each is appended once by its write, and by no other, is
 * proved by {@code UnknownOutcomeTest}, which runs every write.
 */
class EmittedEventsTest {
    private static final Path PAGE = Path.of("../docs/events.md");
    private static final Pattern CODE = Pattern.compile("`([A-Za-z_./]+)`");

    @Test
    void the_page_lists_the_events_that_the_tables_declare() throws IOException {
        List<String> documented = new ArrayList<>();
        rows("event", "appended by").forEach(cells -> documented.addAll(words(cells[1])));
        assertThat(documented).doesNotHaveDuplicates();
        Set<String> declared = new TreeSet<>();
        declared().forEach(emits -> declared.addAll(emits.types().values()));
        assertThat(new TreeSet<>(documented)).isEqualTo(declared);
    }

    @Test
    void the_page_lists_the_fields_of_payloads_in_order() throws IOException {
        Map<String, List<String>> documented = new TreeMap<>();
        rows("aggregate", "id", "payload")
                .forEach(cells -> documented.put(words(cells[1]).get(0), words(cells[3])));
        Map<String, List<String>> declared = new TreeMap<>();
        declared().forEach(emits -> declared.put(emits.aggregateType(), emits.fields()));
        assertThat(documented).isEqualTo(declared);
    }

    /** A type belongs to one aggregate, and a verb that tells is one of the table's own. */
    @Test
    void no_two_tables_declare_one_aggregate() {
        List<String> aggregates = declared().map(Emits::aggregateType).toList();
        assertThat(aggregates).isNotEmpty().doesNotHaveDuplicates();
    }

    private static Stream<Emits<?>> declared() {
        return MainClasses.constants(Table.class).stream()
                .map(constant -> ((Table<?>) constant.value()).emitter())
                .filter(Emits.class::isInstance)
                .<Emits<?>>map(emitter -> (Emits<?>) emitter)
                .distinct();
    }

    /** The rows of the table with this head; there may be several. */
    private static Stream<String[]> rows(String... head) throws IOException {
        String pattern = "\\| *" + String.join(" *\\| *", head) + " *\\|";
        List<String[]> rows = new ArrayList<>();
        boolean isInside = false;
        for (String line : Files.readAllLines(PAGE)) {
            boolean isHead = line.matches(pattern);
            isInside = isHead || isInside && line.startsWith("|");
            if (isInside && !isHead && !line.startsWith("|--")) {
                rows.add(line.split("\\|"));
            }
        }
        return rows.stream();
    }

    private static List<String> words(String cell) {
        return CODE.matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
