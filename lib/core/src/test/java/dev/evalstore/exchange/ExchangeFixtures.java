package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.NotFoundException;
import dev.evalstore.account.NewUser;
import dev.evalstore.testkit.TestDatabase;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the exchange's tests share. */
final class ExchangeFixtures {
    static final String EMPTY =
            "truncate evalstore.submissions cascade; delete from evalstore.definition_versions; delete from evalstore.benchmark_definitions;"
                    + " delete from evalstore.organizations; delete from evalstore.users";

    private ExchangeFixtures() {}

    static NewBenchmarkDefinition definition(String slug) {
        return NewBenchmarkDefinition.of(
                slug, "Name of " + slug, "Measures something.", DefinitionCategory.ACCURACY, "Apache-2.0");
    }

    static NewDefinitionVersion version() {
        return NewDefinitionVersion.of(
                "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"));
    }

    /** A draft with version 1.0.0, without cases. */
    static BenchmarkDefinition create(Database db, String slug) {
        return db.exchange().definitions().create(definition(slug), "1.0.0", version());
    }

    static UUID user(Database db, String name) {
        return db.users().create(NewUser.of(name + "@example.org", name)).id();
    }

    static UUID organization(TestDatabase database, String slug) {
        UUID id = UUID.randomUUID();
        database.admin("insert into evalstore.organizations (id, slug, name, type) values ('" + id + "', '" + slug
                + "', '" + slug + "', 'enterprise')");
        return id;
    }

    static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    static void violates(String constraint, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo(constraint));
    }

    static void notFound(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NotFoundException.class);
    }
}
