package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.Sources;
import dev.evalstore.testkit.Sources.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How SQL stands in the sources: whole, in text blocks, as constants, under a name, and each package beside the tables that are
 * its own. {@link EveryStatementPreparesTest} holds the constants against the schema.
 */
class SqlTextTest {
    /** What begins like a statement, with or without its name. */
    static final Pattern STATEMENT = Pattern.compile(
            "\\A\\s*(/\\*.*?\\*/\\s*)?(select|insert into|update|delete from|with|merge into|copy|lock table|notify)\\s.*",
            Pattern.DOTALL);

    /** {@code /* table.verb *}{@code /}. */
    static final Pattern NAMED = Pattern.compile("\\A\\s*/\\* ([a-z_]+(?:\\.[a-z_]+)+) \\*/");

    /** What is unmistakably a part of one. */
    private static final Pattern PART = Pattern.compile(
            "\\b(evalstore\\.[a-z_{]|select .*\\bfrom\\b|insert into |delete from |order by |returning |on conflict |for update\\b"
                    + "|where [a-z_.]+ (=|<|>|is|in|not|between)|[a-z_]+ = \\?|statement_timestamp\\(|values \\()"
                    + "|\\A\\s*(and|or) [a-z_.]+ (=|<|>|is|in)\\b",
            Pattern.DOTALL);

    /** A table that a text names. */
    private static final Pattern TABLE = Pattern.compile("\\bevalstore\\.([a-z_]+)");

    /** Where texts are composed by {@code +}, and why. */
    private static final Map<String, String> COMPOSERS = Map.of(
            "Table", "it makes the statements that every table has in common",
            "Columns", "it pairs columns and values",
            "Keyset", "it adds order and cursor",
            "Execution", "a setting takes no parameters");

    /** Where a statement stands inside a method, and why. */
    private static final Map<String, String> INSIDE = Map.of();

    /** The packages that may name a hot table, by the beginning of the table's name; the longest beginning decides. */
    private static final Map<String, Set<String>> OWNERS = new TreeMap<>(Map.of(
            "job_",
            Set.of("dev.evalstore.job"),
            "jobs",
            Set.of("dev.evalstore.job"),
            "config_",
            Set.of("dev.evalstore.matrix"),
            "verification_",
            Set.of("dev.evalstore.exchange"),
            // Whether a lease is anybody's follows from its worker, and the engine decides it for every kind of work.
            "workers",
            Set.of("dev.evalstore.worker", "dev.evalstore.internal.queue"),
            // The maintenance looks for namespaces with work in every set of tables.
            "state_",
            Set.of("dev.evalstore.state", "dev.evalstore.internal.maintenance"),
            "state_lock",
            Set.of("dev.evalstore.lock")));

    static {
        // A restored store is repaired, and looked through, as a whole.
        OWNERS.replaceAll((table, owners) -> Stream.concat(owners.stream(), Stream.of("dev.evalstore.backup"))
                .collect(Collectors.toSet()));
    }

    /** Texts that name another package's hot table, by class and table, and why. */
    private static final Map<String, String> GUESTS = Map.of(
            "JobRows workers", "a row shows its worker's id, and the lease holds the worker's generation",
            "ConfigRows workers", "a row shows its worker's id, and the lease holds the worker's generation",
            "VerificationRows workers", "a row shows its worker's id, and the lease holds the worker's generation",
            "VerificationOutcomes workers", "a verification that has ended keeps its worker's id",
            "JobInspection workers", "a job waits for no worker that could do it");

    @Test
    void no_statement_is_joined_from_pieces_by_plus() {
        assertThat(joined(Sources.texts()))
                .filteredOn(text -> !COMPOSERS.containsKey(text.owner()))
                .extracting(Text::toString)
                .isEmpty();
    }

    private static List<Text> joined(List<Text> texts) {
        return texts.stream()
                .filter(text -> text.isJoined() && PART.matcher(text.text()).find())
                .toList();
    }

    @Test
    void every_statement_is_a_constant() {
        assertThat(inside(Sources.texts()))
                .filteredOn(text -> !INSIDE.containsKey(text.owner()))
                .extracting(Text::toString)
                .isEmpty();
    }

    private static List<Text> inside(List<Text> texts) {
        return texts.stream()
                .filter(text ->
                        !text.isConstant() && STATEMENT.matcher(text.text()).matches() && isSql(text))
                .toList();
    }

    /** A message may begin with a verb too. */
    private static boolean isSql(Text text) {
        return text.text().startsWith("/*") || PART.matcher(text.text()).find();
    }

    @Test
    void no_package_names_another_packages_hot_table() {
        assertThat(trespasses(Sources.texts())).isEmpty();
    }

    private static List<String> trespasses(List<Text> texts) {
        return texts.stream()
                .flatMap(text -> TABLE.matcher(text.text())
                        .results()
                        .map(found -> found.group(1))
                        .distinct()
                        .filter(table -> isForeign(text, table))
                        .map(table -> text.where() + " " + text.owner() + " names " + table))
                .sorted()
                .toList();
    }

    private static boolean isForeign(Text text, String table) {
        Set<String> owners = null;
        for (Map.Entry<String, Set<String>> entry : OWNERS.entrySet()) {
            if (table.startsWith(entry.getKey())) {
                owners = entry.getValue();
            }
        }
        return owners != null
                && !owners.contains(text.file().packageName())
                && !GUESTS.containsKey(text.owner() + " " + table);
    }

    /** A name belongs to one statement: what statistics and failures name must be findable. */
    @Test
    void no_two_statements_have_one_name() {
        Map<String, String> first = new TreeMap<>();
        List<String> twice = Sources.texts().stream()
                .flatMap(text -> {
                    Matcher matcher = NAMED.matcher(text.text());
                    String before = matcher.find() ? first.putIfAbsent(matcher.group(1), text.where()) : null;
                    return before == null
                            ? Stream.empty()
                            : Stream.of(matcher.group(1) + ": " + before + ", " + text.where());
                })
                .toList();
        assertThat(twice).isEmpty();
    }

    @Test
    void what_the_rules_forbid_would_be_found(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Bad.java"), """
                package dev.evalstore.matrix;
                class Bad {
                    private static final String JOINED = "/* a.b */ select id from " + "evalstore.models";
                    private static final String FOREIGN = \"""
                            /* a.c */ select id
                            from evalstore.job_leases\""";
                    private static final String OWN = "/* a.d */ delete from evalstore.config_leases where lane = ?";
                    String local(boolean late, int n) {
                        String inside = "update evalstore.models set name = ?";
                        String message = "update " + n + " is refused: " + late;
                        return late ? inside + " and status = ?" : message;
                    }
                }
                """);
        List<Text> texts = Sources.parse(folder).stream()
                .flatMap(file -> Sources.texts(file).stream())
                .toList();
        assertThat(joined(texts)).extracting(Text::where).containsExactly("Bad.java:3", "Bad.java:11");
        assertThat(inside(texts)).extracting(Text::where).containsExactly("Bad.java:9");
        assertThat(trespasses(texts)).containsExactly("Bad.java:4 Bad names job_leases");
    }
}
