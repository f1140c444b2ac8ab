package dev.evalstore.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.SchemaException;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @Test
    void a_server_before_15_is_named_with_what_is_needed() {
        assertThatCode(new Server(150_000, "15.0", "UTF8")::require).doesNotThrowAnyException();
        assertThatThrownBy(new Server(140_023, "14.23 (Debian 14.23-1)", "UTF8")::require)
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("PostgreSQL 15 or newer is needed")
                .hasMessageContaining("14.23");
        assertThatThrownBy(new Server(90_624, "9.6.24", "LATIN1")::require)
                .hasMessageContaining("9.6.24")
                .hasMessageContaining("LATIN1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "LATIN1", "EUC_JP"})
    void a_database_that_is_not_UTF8_is_refused_before_anything_is_made(String encoding) {
        TestServer server = TestServer.get();
        String name = database.name() + "_" + encoding.toLowerCase(Locale.ROOT);
        server.execute(
                "postgres",
                "create database " + name + " owner evalstore_owner encoding '" + encoding
                        + "' locale 'C' template template0");
        try (Database db = Database.open(server.as("evalstore_owner", name).build())) {
            for (Runnable call : List.<Runnable>of(db::migrate, db::validate, () -> db.revertTo(0))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(SchemaException.class)
                        .hasMessageContaining("UTF8 is needed")
                        .hasMessageContaining(encoding);
            }
            assertThat(server.query(name, "select nspname from pg_namespace where nspname = 'evalstore'"))
                    .isEmpty();
        } finally {
            server.drop(name);
        }
    }
}
