package dev.evalstore.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The statements that the engine makes for each kind. */
class KindsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    static Stream<String> texts() {
        List<Kind> kinds = Kinds.ALL.stream().map(Leases::kind).toList();
        return Stream.concat(
                Kinds.ALL.stream().flatMap(kind -> kind.texts().stream()),
                Stream.of(
                        Kinds.CANCELLED,
                        Gates.all("evalstore").text(),
                        RescueSql.DECLARE_STALE,
                        RescueSql.collect(kinds, kind -> false),
                        RescueSql.collect(kinds, Kind::isEverAsked),
                        RescueSql.leave(kinds, kind -> false),
                        RescueSql.leave(kinds, Kind::isEverAsked)));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void the_server_takes_every_statement(String text) throws SQLException {
        assertThat(text).doesNotContain("{", "}");
        try (Connection connection = database.connection();
                PreparedStatement statement = connection.prepareStatement(text)) {
            // Parses and describes without executing.
            assertThat(statement.getParameterMetaData().getParameterCount()).isNotNegative();
        }
    }

    /** Whoever takes gates of several kinds does so in this order: jobs first. */
    @Test
    void gates_are_taken_in_the_order_of_the_kinds() {
        assertThat(Kinds.ALL).containsExactly(Kinds.JOBS, Kinds.CONFIGS, Kinds.VERIFICATIONS);
        List<Object> all = Gates.all("evalstore").args();
        List<Object> own = Gates.ofWorker("evalstore", Kinds.ALL, 7).args();
        assertThat(all).hasSize(24);
        assertThat(own).hasSize(6);
        assertThat(all.subList(0, 8)).containsSubsequence(own.subList(0, 2));
        assertThat(all.subList(8, 16)).containsSubsequence(own.subList(2, 4));
        assertThat(all.subList(16, 24)).containsSubsequence(own.subList(4, 6));
    }
}
