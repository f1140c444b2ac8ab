package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.event.Told;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.MainClasses;
import dev.evalstore.testkit.MainClasses.Constant;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every statement that is a constant of a class, and what the {@code Table}s make, is parsed and described by the server
 * against the migrated schema, and begins with its name. {@link SqlTextTest} holds that no statement stands elsewhere. What is
 * composed of several constants is run by the repositories' tests, of which the build demands that they reach every method;
 * {@code TestDatabase} fails a test class that ran a statement without a name.
 */
class EveryStatementPreparesTest {
    private static final Pattern COPY = Pattern.compile(
            "\\A\\s*(?:/\\*.*?\\*/\\s*)?copy\\s+(\\S+)\\s*\\(([^)]*)\\)\\s+from stdin.*", Pattern.DOTALL);

    /** A place that is filled in later: {@code {t}_leases}. */
    private static final Pattern GAP = Pattern.compile("\\{[a-z_]+\\}");

    /** Constants that begin like a statement and are only a part of one, and of what. */
    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("Gates.CLAIM_GATE", "sent before a claim, under the claim's name"),
            Map.entry("StateSql.SHARED", "sent before a write, under the write's name"),
            Map.entry("StateSql.EXCLUSIVE", "sent before a write, under the write's name"),
            Map.entry("RescueSql.DECLARE_STALE", "sent after the gates, under their name"),
            Map.entry("RescueSql.LEAVING", "the beginning of what takes a worker out"),
            Map.entry("RescueSql.STAYING", "the beginning of what releases what a worker holds"),
            Map.entry("Kinds.CANCELLED", "a part of the heartbeat for each kind of work"),
            Map.entry("OutcomeSql.SEQS_AND_TOKENS", "what an outcome is given"),
            Map.entry("JobInspection.LIVE", "a condition"),
            Map.entry("Moves.CLAIMED", "what a claim tells, within the claim"),
            Map.entry("JobCreation.CREATED", "what an enqueued job tells, within its insert"),
            Map.entry("JobCreation.CREATED_MANY", "what enqueued jobs tell, within their insert"),
            Map.entry("ConfigPopulation.CREATED", "what new configs tell, within their insert"),
            Map.entry("EventCursors.DRAWN", "a position, within the statements that need it"),
            Map.entry("EventCursors.NOW", "a position, within the insert of a subscription"),
            Map.entry("EventReading.READ", "what is wanted follows, then the end"),
            Map.entry("EventLags.WAITING", "what is wanted follows, then the end"),
            Map.entry("ParkedEvents.MATCHED", "the filter follows, then what is done"),
            Map.entry("DefinitionFigures.COMPUTED", "read, and a part of the refresh"),
            Map.entry("UserFigures.COMPUTED", "read, and a part of the refresh"),
            Map.entry("ModelFigures.COMPUTED", "read, and a part of the refresh"),
            Map.entry("Analytics.PER_MODEL", "the conditions follow, then the groups"),
            Map.entry("Analytics.PER_DAY", "the conditions follow, then the groups"),
            Map.entry("CostReads.TOTALS", "the conditions follow, then the groups"),
            Map.entry("FeedbackReads.STATS", "the conditions follow, then the newest"),
            Map.entry("StoreTables.LOCKED", "the table's name goes in"),
            Map.entry("StoreTables.VALUE", "the sequence's name goes in"),
            Map.entry("StoreTables.COPY", "the table, or a query of it, goes in"),
            Map.entry("StoreTables.COPY_BINARY", "the table, or a query of it, goes in"),
            Map.entry("SubmissionQueries.BEST", "the viewer's rights follow, then the end"),
            Map.entry("ResultReads.MEETING", "the conditions of the service level follow"));

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** A statement and where it was found. */
    record Found(String where, String sql) {
        @Override
        public String toString() {
            return where;
        }
    }

    static List<Found> statements() {
        List<Found> found = new ArrayList<>();
        Stream.concat(MainClasses.constants(String.class).stream(), MainClasses.constants(Sql.class).stream())
                .forEach(constant -> {
                    String text = constant.value() instanceof Sql sql ? sql.text() : String.valueOf(constant.value());
                    if (SqlTextTest.STATEMENT.matcher(text).matches()
                            && !GAP.matcher(text).find()) {
                        found.add(new Found(constant.toString(), text));
                    }
                });
        for (Constant constant : MainClasses.constants(Told.class)) {
            Told told = (Told) constant.value();
            found.add(new Found(constant.toString(), told.quiet()));
            found.add(new Found(constant.toString(), told.telling()));
        }
        for (Constant constant : MainClasses.constants(Table.class)) {
            found.add(new Found(
                    constant.toString(),
                    ((Table<?>) constant.value()).select("list").text()));
        }
        return found;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("statements")
    void the_server_takes_it_and_it_has_a_name(Found found) {
        boolean isNamed = SqlTextTest.NAMED.matcher(found.sql()).find();
        if (PARTS.containsKey(found.where())) {
            assertThat(isNamed && problem(found.sql()) == null)
                    .as(found.where() + " is a whole statement")
                    .isFalse();
        } else {
            assertThat(problem(found.sql())).isNull();
            assertThat(isNamed).as("begins with its name: " + found.sql()).isTrue();
        }
    }

    /** Why the server does not take it, or null where it does. */
    private static @Nullable String problem(String sql) {
        // COPY does not prepare; that its table has these columns is what can be wrong.
        Matcher copy = COPY.matcher(sql);
        String prepared = copy.matches() ? "select " + copy.group(2) + " from " + copy.group(1) : sql;
        try (Connection connection = database.connection();
                PreparedStatement statement = connection.prepareStatement(prepared)) {
            // Parses and describes without executing.
            statement.getParameterMetaData();
            return null;
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    @Test
    void the_search_finds_the_statements_that_are_known_to_be_there() {
        assertThat(statements())
                .extracting(Found::where)
                .contains(
                        "EvaluationReads.SUMMARY",
                        "EvaluationRepository.CREATE_ALL",
                        "EvaluationRepository.COPY_ALL",
                        "BenchmarkReads.TABLE");
    }

    @Test
    void a_statement_that_the_schema_does_not_know_would_be_found() {
        assertThat(problem("select nothing from evalstore.benchmarks")).contains("nothing");
        assertThat(problem("copy evalstore.benchmarks (id, nothing) from stdin"))
                .contains("nothing");
        assertThat(problem("select id from evalstore.benchmarks")).isNull();
    }

    @Test
    void no_part_is_out_of_date() {
        assertThat(statements()).extracting(Found::where).containsAll(PARTS.keySet());
    }
}
