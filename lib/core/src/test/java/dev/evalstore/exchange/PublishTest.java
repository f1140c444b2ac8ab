package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.create;
import static dev.evalstore.exchange.ExchangeFixtures.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Retry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions under concurrent callers, and what closes a version for good. */
class PublishTest {
    private static final int CALLERS = 100;

    /** A table that refers to versions as that of submissions does, and has nothing else. */
    private static final String REFERENCE =
            "create table evalstore.references_in_test (definition_id uuid, version_id uuid,"
                    + " foreign key (definition_id, version_id) references evalstore.definition_versions (definition_id, id));"
                    + " grant select, insert on evalstore.references_in_test to public";

    @RegisterExtension
    static final TestDatabase database =
            TestDatabase.migrated(config -> config.poolSize(40).slowStatement(null));

    private final Database db = database.db();
    private final DefinitionRepository definitions = db.exchange().definitions();
    private UUID definition;

    @BeforeEach
    void draft() {
        database.admin(ExchangeFixtures.EMPTY + "; " + REFERENCE);
        definition = create(db, "mmlu").id();
    }

    @AfterEach
    void drop() {
        database.admin("drop table evalstore.references_in_test");
    }

    private DefinitionVersion first() {
        return definitions.version(definition, "1.0.0").orElseThrow();
    }

    @Test
    void a_hundred_callers_that_bump_at_once_get_a_hundred_numbers() throws Exception {
        List<DefinitionVersion> published = Threads.together(
                CALLERS,
                i -> () -> definitions.publish(definition, Bump.MINOR, version().cases(List.of(Cases.of("a")))));

        assertThat(published)
                .extracting(version -> version.semver().toString())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, CALLERS)
                        .mapToObj(i -> "1." + i + ".0")
                        .toList());
        List<DefinitionVersion> stored =
                definitions.history(definition, 1_000, null).items();
        assertThat(stored).hasSize(CALLERS + 1).containsAll(published);
        for (int i = 0; i < CALLERS; i++) {
            assertThat(stored.get(i).parentVersionId())
                    .isEqualTo(stored.get(i + 1).id());
        }
        assertThat(database.value("select count(*) from evalstore.test_cases")).isEqualTo(Integer.toString(CALLERS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0.0", "2.0.0-rc.1"})
    void of_callers_with_one_number_one_wins_and_the_others_hear_of_the_constraint(String number) throws Exception {
        List<Object> outcomes = Threads.together(20, i -> () -> {
            try {
                return definitions.publish(definition, number + "+build." + i, version());
            } catch (ConstraintViolationException e) {
                return String.valueOf(e.constraint());
            }
        });

        assertThat(outcomes).filteredOn(DefinitionVersion.class::isInstance).hasSize(1);
        assertThat(outcomes)
                .filteredOn(String.class::isInstance)
                .hasSize(19)
                .containsOnly("definition_versions_number_unique");
        assertThat(definitions.version(definition, number)).isPresent();
    }

    @Test
    void bumps_and_named_numbers_at_once_lose_nothing() throws Exception {
        List<Object> outcomes = Threads.together(40, i -> () -> {
            try {
                return i % 2 == 0
                        ? definitions.publish(definition, Bump.values()[i % 3], version())
                        : definitions.publish(definition, "1." + i % 4 + "." + i % 3, version());
            } catch (ConstraintViolationException e) {
                return String.valueOf(e.constraint());
            }
        });

        assertThat(outcomes.stream().filter(String.class::isInstance).distinct())
                .containsOnly("definition_versions_number_unique");
        List<Object> stored = new ArrayList<>(
                outcomes.stream().filter(DefinitionVersion.class::isInstance).toList());
        stored.add(first());
        assertThat(definitions.history(definition, 1_000, null).items())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        stored.stream().map(DefinitionVersion.class::cast).toList());
    }

    /** Whoever refers to the version waits for its editor: a lock that the foreign key does not conflict with would let it pass. */
    @Test
    void a_reference_to_a_version_waits_for_the_change_of_it() throws Exception {
        UUID version = first().id();
        CountDownLatch changed = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> editor = CompletableFuture.runAsync(() -> db.inTransaction(tx -> {
            tx.exchange().definitions().updateVersion(version, change());
            changed.countDown();
            await(goOn);
            return true;
        }));
        await(changed);
        CompletableFuture<Void> reference = CompletableFuture.runAsync(() -> refer(version, () -> {}));
        database.awaitBlocked();
        assertThat(reference).isNotDone();
        goOn.countDown();

        editor.get(1, TimeUnit.MINUTES);
        reference.get(1, TimeUnit.MINUTES);
        assertThat(first().secondaryMetrics()).isEqualTo(Json.of(List.of(1)));
    }

    @Test
    void a_change_of_a_version_waits_for_a_reference_to_it() throws Exception {
        UUID version = first().id();
        CountDownLatch referred = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> reference = CompletableFuture.runAsync(() -> refer(version, () -> {
            referred.countDown();
            await(goOn);
        }));
        await(referred);
        CompletableFuture<DefinitionVersion> editor =
                CompletableFuture.supplyAsync(() -> definitions.updateVersion(version, change()));
        database.awaitBlocked();
        assertThat(editor).isNotDone();
        goOn.countDown();

        reference.get(1, TimeUnit.MINUTES);
        assertThat(editor.get(1, TimeUnit.MINUTES)).isEqualTo(first());
    }

    @Test
    void a_move_of_the_definition_waits_for_the_change_of_its_version() throws Exception {
        UUID version = first().id();
        definitions.submitForReview(definition);
        CountDownLatch changed = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> editor = CompletableFuture.runAsync(() -> db.inTransaction(tx -> {
            tx.exchange().definitions().setSubcategories(version, List.of());
            changed.countDown();
            await(goOn);
            return true;
        }));
        await(changed);
        CompletableFuture<BenchmarkDefinition> move =
                CompletableFuture.supplyAsync(() -> definitions.activate(definition));
        database.awaitBlocked();
        assertThat(move).isNotDone();
        goOn.countDown();

        editor.get(1, TimeUnit.MINUTES);
        assertThat(move.get(1, TimeUnit.MINUTES).status()).isEqualTo(DefinitionStatus.ACTIVE);
    }

    @Test
    void a_change_that_waited_for_the_move_that_closes_the_version_is_refused() throws Exception {
        UUID version = first().id();
        definitions.submitForReview(definition);
        CountDownLatch moved = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> move = CompletableFuture.runAsync(() -> db.inTransaction(tx -> {
            tx.exchange().definitions().activate(definition);
            moved.countDown();
            await(goOn);
            return true;
        }));
        await(moved);
        CompletableFuture<Object> editor = CompletableFuture.supplyAsync(() -> {
            try {
                return definitions.updateVersion(version, change());
            } catch (ConflictException e) {
                return String.valueOf(e.getMessage());
            }
        });
        database.awaitBlocked();
        goOn.countDown();

        move.get(1, TimeUnit.MINUTES);
        assertThat(String.valueOf(editor.get(1, TimeUnit.MINUTES)))
                .contains("closed")
                .contains("active");
        assertThat(first().secondaryMetrics().text()).isEqualTo("[]");
    }

    /** Publishers refer to the version that an editor has locked, so both must take the definition first. */
    @Test
    void publishers_and_editors_of_one_definition_do_not_block_each_other_for_ever() throws Exception {
        UUID version = first().id();
        try (Database unforgiving =
                Database.open(database.config().retry(Retry.NONE).build())) {
            DefinitionRepository all = unforgiving.exchange().definitions();
            Threads.together(8, i -> () -> {
                for (int n = 0; n < 10; n++) {
                    if (i % 2 == 0) {
                        all.publish(definition, Bump.PATCH, version().parent(version));
                    } else {
                        all.updateVersion(version, change());
                    }
                }
                return true;
            });
        }
        assertThat(definitions.history(definition, 100, null).items()).hasSize(41);
    }

    private static UpdateDefinitionVersion change() {
        return UpdateDefinitionVersion.NOTHING.secondaryMetrics(Json.of(List.of(1)));
    }

    /** Refers to the version in a transaction that commits after the given. */
    private void refer(UUID version, Runnable before) {
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("insert into evalstore.references_in_test (definition_id, version_id) values ('"
                    + definition + "', '" + version + "')");
            before.run();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
