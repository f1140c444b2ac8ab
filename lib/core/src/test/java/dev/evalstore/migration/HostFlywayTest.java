package dev.evalstore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.testkit.Catalogue;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host that migrates its own tables with Flyway and its defaults, on the same class path and database. */
class HostFlywayTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private Database owner;

    @BeforeEach
    void open() {
        database.admin("grant create, usage on schema public to evalstore_owner");
        owner = Database.open(database.owner().build());
    }

    @AfterEach
    void drop() {
        owner.close();
        database.admin("drop schema if exists evalstore cascade; drop schema public cascade; create schema public");
    }

    /** The location {@code classpath:db/migration} and the schema {@code public} are Flyway's defaults. */
    private static Flyway host() {
        var config = database.owner().build();
        return Flyway.configure()
                .dataSource(config.url(), config.user(), config.password())
                .load();
    }

    @Test
    void the_hosts_flyway_sees_its_own_script_alone() {
        assertThat(host().info().all()).extracting(MigrationInfo::getScript).containsExactly("V1__host.sql");
    }

    @Test
    void the_host_and_the_library_migrate_in_any_order() {
        assertThat(owner.migrate()).isPositive();
        List<String> migrated = Catalogue.of(database, "evalstore");
        assertThat(host().migrate().migrationsExecuted).isEqualTo(1);
        assertThat(host().validateWithResult().validationSuccessful).isTrue();
        assertThat(Catalogue.of(database, "evalstore")).isEqualTo(migrated);
        assertThat(owner.migrate()).isZero();
        owner.validate();

        owner.revertTo(0);
        assertThat(database.value("select count(*) from public.host_orders")).isEqualTo("0");
        assertThat(host().migrate().migrationsExecuted).isZero();
        assertThat(owner.migrate()).isPositive();
        owner.validate();
        assertThat(host().validateWithResult().validationSuccessful).isTrue();
    }
}
