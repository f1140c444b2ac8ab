package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.MainClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Which writes are audited stands once, in the declarations of the tables. That each of them leaves its entry, and no other write
 * does, is proved by {@code UnknownOutcomeTest}, which runs every write on behalf of an actor.
 */
class AuditedWritesTest {
    private static final Path PAGE = Path.of("../docs/accounts-and-audit.md");
    private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");

    @Test
    void the_page_lists_what_the_tables_declare() throws IOException {
        assertThat(documented()).isEqualTo(declared());
    }

    /** The verbs of each entity. */
    private static Map<String, Set<String>> declared() {
        Map<String, Set<String>> verbs = new TreeMap<>();
        for (MainClasses.Constant constant : MainClasses.constants(Table.class)) {
            Table<?> table = (Table<?>) constant.value();
            if (!table.auditedVerbs().isEmpty()) {
                verbs.computeIfAbsent(table.auditedAs(), entity -> new TreeSet<>())
                        .addAll(table.auditedVerbs());
            }
        }
        return verbs;
    }

    /** The rows below {@code | entity | verbs |}. */
    private static Map<String, Set<String>> documented() throws IOException {
        Map<String, Set<String>> verbs = new TreeMap<>();
        Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.matches("\\| *entity *\\| *verbs *\\|"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .forEach(line -> {
                    String[] cells = line.split("\\|");
                    verbs.put(words(cells[1]).iterator().next(), words(cells[2]));
                });
        return verbs;
    }

    private static Set<String> words(String cell) {
        return CODE.matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
