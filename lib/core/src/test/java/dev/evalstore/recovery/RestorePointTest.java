package dev.evalstore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Lsn;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RestorePointTest {
    private static final String LONGEST = "ü".repeat(31) + "x";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private static RestorePoint point(String name) {
        return database.db().recovery().restorePoint(name);
    }

    @Test
    void the_refusal_names_the_grant_and_the_grant_is_enough() {
        assertThatThrownBy(() -> point("before")).isInstanceOfSatisfying(DatabaseException.class, e -> {
            assertThat(e.sqlState()).isEqualTo("42501");
            String message = String.valueOf(e.getMessage());
            int grant = message.indexOf("grant execute");
            assertThat(grant).as(message).isPositive();
            database.admin(message.substring(grant));
        });

        Lsn before = Lsn.of(database.value("select pg_current_wal_lsn()::text"));
        RestorePoint first = point(LONGEST);
        RestorePoint second = point("it's a \"name\"");

        assertThat(first.name()).isEqualTo(LONGEST);
        assertThat(first.lsn()).isGreaterThan(before).isLessThan(second.lsn());
        assertThat(first.createdAt()).isBeforeOrEqualTo(second.createdAt());
    }

    @Test
    void a_name_that_no_file_could_name_is_refused_before_the_server_is_asked() {
        for (String bad : new String[] {" ", LONGEST + "x", "a\nb", "a\u0000b", "\u007f"}) {
            assertThatThrownBy(() -> point(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("name ");
        }
    }

    @Test
    void a_server_whose_log_has_too_little_in_it_refuses_and_says_why() {
        try (OwnServer minimal = OwnServer.start(Map.of("wal_level", "minimal", "max_wal_senders", "0"), data -> {});
                Database db = Database.open(minimal.asTestServer()
                        .as("postgres", "postgres")
                        .poolSize(1)
                        .build())) {
            assertThatThrownBy(() -> db.recovery().restorePoint("p"))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("wal_level is replica or logical");
            assertThat(db.recovery().report().findings())
                    .extracting(RecoveryFinding::kind)
                    .contains(RecoveryFinding.Kind.WAL_LEVEL);
        }
    }
}
