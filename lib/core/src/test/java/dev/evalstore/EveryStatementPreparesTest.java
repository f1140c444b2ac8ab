package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every statement that is a constant of a class, and what the {@code Table}s make, is parsed and described by the server
 * against the migrated schema. Statements that stand inside a method are run by the repositories' tests, of which the build
 * demands that they reach every method.
 */
class EveryStatementPreparesTest {
    private static final Pattern STATEMENT = Pattern.compile(
            "\\A\\s*(/\\*.*?\\*/\\s*)?(select|insert|update|delete|with|merge|lock|set|notify)\\s.*", Pattern.DOTALL);
    private static final Pattern COPY =
            Pattern.compile("\\A\\s*copy\\s+(\\S+)\\s*\\(([^)]*)\\)\\s+from stdin.*", Pattern.DOTALL);

    /** Constants that begin like a statement and are only a part of one, or have a gap that is filled in later. */
    private static final Set<String> PIECES = Set.of(
            "CheckpointReads.CHECKPOINT",
            "CheckpointReads.PAST",
            "CheckpointReads.PRESENT",
            "CheckpointSql.COMES_BACK",
            "StateSql.INCREMENT",
            "StateSql.INSERT_WITH_OPTIONS",
            "StateSql.PUT",
            "StateSql.PUT_ALL",
            "StateSql.PUT_ALL_BARE",
            "StateSql.SWEEP",
            "StateSql.UPDATE",
            "JobClaims.WIDE",
            "JobCreation.RETURN",
            "JobInspection.LIVE",
            "JobInspection.UNCLAIMABLE",
            "JobOutcomes.LOST",
            "Leases.CLAIM",
            "Leases.CLAIM_PLAIN",
            "Leases.PROMOTE",
            "ResultRepository.MEETING");

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
                    Matcher copy = COPY.matcher(text);
                    if (copy.matches()) {
                        // COPY does not prepare; that its table has these columns is what can be wrong.
                        found.add(new Found(
                                constant.toString(),
                                "select " + copy.group(2) + " from " + copy.group(1) + " where false"));
                    } else if (STATEMENT.matcher(text).matches()) {
                        found.add(new Found(constant.toString(), text));
                    }
                });
        for (Constant constant : MainClasses.constants(Table.class)) {
            found.add(new Found(
                    constant.toString(), ((Table<?>) constant.value()).select().text()));
        }
        return found;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("statements")
    void the_server_takes_it(Found found) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement statement = connection.prepareStatement(found.sql())) {
            // Parses and describes without executing.
            statement.getParameterMetaData();
            assertThat(PIECES).doesNotContain(found.where());
        } catch (SQLException e) {
            assertThat(PIECES).as(found.where() + ": " + e.getMessage()).contains(found.where());
        }
    }

    @Test
    void the_search_finds_the_statements_that_are_known_to_be_there() {
        assertThat(statements())
                .extracting(Found::where)
                .contains(
                        "EvaluationRepository.SUMMARY",
                        "EvaluationRepository.INSERT_ALL",
                        "EvaluationRepository.COPY_ALL",
                        "BenchmarkRepository.TABLE");
    }

    @Test
    void a_statement_that_the_schema_does_not_know_would_be_found() throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement statement = connection.prepareStatement("select nothing from evalstore.benchmarks")) {
            org.assertj.core.api.Assertions.assertThatThrownBy(statement::getParameterMetaData)
                    .isInstanceOf(SQLException.class);
        }
    }
}
