package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.User;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link Json} takes, PostgreSQL stores, and what PostgreSQL has stored, {@link Json} reads. */
class JsonStorageTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final Database db = database.db();

    /** Either both take a number or neither does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e131071", "1e131072", "-9.9e131071", "10e131071", "0.1e131072", "0.1e131073", "0.001e131074",
                "0.001e131075", "1e-16383", "1e-16384", "1.0e-16382", "1.0e-16383", "0e131072", "0.0e-16383",
                "1e400", "5e-324", "100e-16385", "000.5e1", "1e+0000000000131071", "1e-0000000000016383"
            })
    void the_range_of_numbers_is_the_servers(String number) {
        boolean isStored;
        try {
            db.jdbc.find(
                    Sql.of("/* json_storage.length */ select length((?::jsonb)::text) as n", number),
                    row -> row.integer("n"));
            isStored = true;
        } catch (DatabaseException e) {
            isStored = false;
        }
        boolean isTaken;
        try {
            Json.parse(number);
            isTaken = true;
        } catch (IllegalArgumentException e) {
            isTaken = false;
        }
        assertThat(isTaken).as("taken here as stored there").isEqualTo(isStored);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 498, 499, 500, 999})
    void a_user_whose_metadata_nests_deep_is_created_changed_and_deleted_by_an_actor(int depth) {
        Database acting = db.actingAs(Actor.service("test"));
        Json deep = Json.parse("[".repeat(depth) + "]".repeat(depth));
        User user = acting.users()
                .create(NewUser.of("deep" + depth + "@x", "deep" + depth).metadata(deep));
        assertThat(user.metadata()).isNotNull();
        acting.users().update(user.id(), UpdateUser.NOTHING.metadata(Patch.set(Json.of("other"))));
        acting.users().update(user.id(), UpdateUser.NOTHING.metadata(Patch.set(deep)));
        acting.users().softDelete(user.id());
        assertThat(acting.users().delete(user.id())).isTrue();
        var entries = db.audit()
                .list(AuditFilter.ALL.entity("user", user.id().toString()), 10, null)
                .items();
        assertThat(entries)
                .extracting(entry -> entry.action())
                .containsExactly("delete", "soft_delete", "update", "update", "create");
        assertThat(entries.get(0).changes().asMap().get("metadata")).isInstanceOf(Map.class);
    }

    @Test
    void numbers_in_an_audit_entry_keep_all_their_digits() {
        Database acting = db.actingAs(Actor.service("test"));
        Json exact = Json.parse("{\"n\": [1e400, 1234567890123456789.5, 1e400, 0.1000000000000000055]}");
        User user = acting.users().create(NewUser.of("exact@x", "exact").metadata(exact));
        acting.users().update(user.id(), UpdateUser.NOTHING.metadata(Patch.set(Json.parse("{\"n\": [1e400]}"))));
        assertThat(acting.users().delete(user.id())).isTrue();
        for (String action : List.of("create", "update")) {
            var entry = db.audit()
                    .list(AuditFilter.ALL.entity("user", user.id().toString()).action(action), 1, null)
                    .items()
                    .get(0);
            assertThat(entry.changes().text()).contains("1234567890123456789.5", "0.1000000000000000055");
        }
    }

    @Test
    void what_the_server_has_stored_otherwise_is_read_or_refused_by_the_type() {
        Json deep = db.jdbc
                .find(
                        Sql.of("/* json_storage.deep */ select (repeat('[', 3000) || repeat(']', 3000))::jsonb as j"),
                        row -> row.json("j"))
                .orElseThrow();
        assertThatThrownBy(() -> deep.as(List.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.util.List");
        Json long1 = db.jdbc
                .find(
                        Sql.of("/* json_storage.number */ select '{\"n\": -1.5e131071}'::jsonb as j"),
                        row -> row.json("j"))
                .orElseThrow();
        assertThat(long1.asMap().get("n")).isInstanceOf(java.math.BigInteger.class);
    }
}
