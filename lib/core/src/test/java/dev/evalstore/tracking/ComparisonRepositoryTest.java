package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Retry;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventFilter;
import dev.evalstore.exchange.NewCaseResult;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ComparisonRepositoryTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ComparisonRepository comparisons = db.tracking().comparisons();
    private final ComparedUnits units = new ComparedUnits(db);
    private final UUID first = units.experiment();
    private final UUID second = units.experiment();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.comparisons");
    }

    private static NewComparison.Setup setup(ComparisonUnit unit) {
        return new NewComparison.Setup(
                unit, "score", Pairing.ITEM_AND_REPEAT, "paired t", Json.parse("{\"alpha\": 0.05}"));
    }

    private static NewComparison.Outcome outcome() {
        return NewComparison.Outcome.of(90, Json.parse("{\"pairs\": [{\"p\": 0.0125}]}"))
                .excluded("absent", 7)
                .excluded("missing", 3)
                .winner(1)
                .pValue(0.0125)
                .effect(-0.5);
    }

    private static NewComparison of(ComparisonUnit unit, UUID... ids) {
        List<ComparisonMember> members = IntStream.range(0, ids.length)
                .mapToObj(i -> ComparisonMember.of(ids[i], "label " + i))
                .toList();
        return NewComparison.of(
                "GPT-4 against Claude", setup(unit), members, outcome(), new NewComparison.Provenance("1.0.0", HASH));
    }

    private NewComparison compared() {
        return of(ComparisonUnit.EXPERIMENT, first, second);
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    private static void violates(String constraint, String sql) {
        assertThatThrownBy(() -> database.admin(sql)).hasMessageContaining(constraint);
    }

    @Test
    void a_comparison_is_stored_as_it_is_given() {
        UUID user = new RatedAnswers(database).user();
        StoredComparison stored =
                comparisons.create(compared().description("All of MMLU.").createdBy(user));

        assertThat(comparisons.get(stored.id())).isEqualTo(stored);
        assertThat(comparisons.find(stored.id())).contains(stored);
        assertThat(stored.name()).isEqualTo("GPT-4 against Claude");
        assertThat(stored.description()).isEqualTo("All of MMLU.");
        assertThat(stored.unit()).isEqualTo(ComparisonUnit.EXPERIMENT);
        assertThat(stored.metric()).isEqualTo("score");
        assertThat(stored.pairing()).isEqualTo(Pairing.ITEM_AND_REPEAT);
        assertThat(stored.method()).isEqualTo("paired t");
        assertThat(stored.options().canonical()).isEqualTo("{\"alpha\":0.05}");
        assertThat(stored.sampleSize()).isEqualTo(90);
        assertThat(stored.excluded()).isEqualTo(10);
        assertThat(stored.excludedReasons()).isEqualTo(Map.of("absent", 7, "missing", 3));
        assertThat(stored.results().canonical()).isEqualTo("{\"pairs\":[{\"p\":0.0125}]}");
        assertThat(stored.winner()).isEqualTo(1);
        assertThat(stored.winningMember()).contains(ComparisonMember.of(second, "label 1"));
        assertThat(stored.pValue()).isEqualTo(0.0125);
        assertThat(stored.effect()).isEqualTo(-0.5);
        assertThat(stored.engineVersion()).isEqualTo("1.0.0");
        assertThat(stored.inputHash()).isEqualTo(HASH);
        assertThat(stored.members())
                .containsExactly(ComparisonMember.of(first, "label 0"), ComparisonMember.of(second, "label 1"));
        assertThat(stored.createdBy()).isEqualTo(user);
        assertThat(stored.toString()).doesNotContain("MMLU").doesNotContain("label");
        assertThat(compared().description("secret").toString()).doesNotContain("secret");
        assertThat(comparisons.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void nobody_needs_to_win() {
        NewComparison even = NewComparison.of(
                "even",
                setup(ComparisonUnit.EXPERIMENT),
                compared().members(),
                NewComparison.Outcome.of(0, Json.EMPTY),
                compared().provenance());
        StoredComparison stored = comparisons.create(even);
        assertThat(stored.winner()).isNull();
        assertThat(stored.winningMember()).isEmpty();
        assertThat(stored.pValue()).isNull();
        assertThat(stored.effect()).isNull();
        assertThat(stored.excluded()).isZero();
        assertThat(stored.excludedReasons()).isEmpty();
    }

    @Test
    void members_may_be_model_versions_or_submissions() {
        StoredComparison versions =
                comparisons.create(of(ComparisonUnit.MODEL_VERSION, units.modelVersion(), units.modelVersion()));
        var version = units.definitionVersion();
        UUID one = units.submission(version, NewCaseResult.of("a", true, 1), NewCaseResult.of("b", true, 1));
        UUID other = units.submission(version, NewCaseResult.of("a", false, 0), NewCaseResult.of("b", true, 1));
        StoredComparison submissions = comparisons.create(of(ComparisonUnit.SUBMISSION, one, other));

        assertThat(comparisons.list(ComparisonFilter.ALL.submission(other), 9).items())
                .containsExactly(submissions);
        assertThat(comparisons
                        .list(
                                ComparisonFilter.ALL.modelVersion(
                                        versions.members().get(0).id()),
                                9)
                        .items())
                .containsExactly(versions);
        assertThat(comparisons
                        .list(ComparisonFilter.ALL.unit(ComparisonUnit.MODEL_VERSION), 9)
                        .items())
                .containsExactly(versions);
    }

    @Test
    void a_member_that_is_not_there_is_not_found_and_nothing_is_stored() {
        UUID nobody = UUID.randomUUID();
        for (ComparisonUnit unit : ComparisonUnit.values()) {
            assertThatThrownBy(() -> comparisons.create(of(unit, nobody, UUID.randomUUID())))
                    .isInstanceOfSatisfying(
                            NotFoundException.class, e -> assertThat(e.id()).isEqualTo(nobody.toString()));
        }
        db.tracking().experiments().delete(second);
        assertThatThrownBy(() -> comparisons.create(compared())).isInstanceOf(NotFoundException.class);
        var version = units.definitionVersion();
        UUID one = units.submission(version, NewCaseResult.of("a", true, 1), NewCaseResult.of("b", true, 1));
        UUID gone = units.submission(version, NewCaseResult.of("a", false, 0), NewCaseResult.of("b", true, 1));
        db.exchange().submissions().softDelete(gone);
        assertThatThrownBy(() -> comparisons.create(of(ComparisonUnit.SUBMISSION, one, gone)))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.entity()).isEqualTo("submission"));
        assertThat(comparisons.count(ComparisonFilter.ALL)).isZero();
        assertThatThrownBy(() -> comparisons.create(
                        of(ComparisonUnit.EXPERIMENT, first, units.experiment()).createdBy(nobody)))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("comparisons_created_by_fk"));
    }

    @Test
    void a_winner_is_a_member() {
        refused(
                "winner",
                () -> NewComparison.of(
                        "n",
                        setup(ComparisonUnit.EXPERIMENT),
                        compared().members(),
                        outcome().winner(2),
                        compared().provenance()));
        UUID id = comparisons.create(compared()).id();
        violates("comparisons_winner_fk", "update evalstore.comparisons set winner = 2 where id = '" + id + "'");
        violates(
                "comparisons_winner_fk",
                "delete from evalstore.comparison_members where position = 1 and comparison_id = '" + id + "'");
    }

    @Test
    void the_server_too_refuses_what_a_comparison_is_not() {
        UUID id = comparisons.create(compared()).id();
        String of = " where id = '" + id + "'";
        String ofMember = " where comparison_id = '" + id + "'";
        violates("comparisons_p_value_range", "update evalstore.comparisons set p_value = 1.5" + of);
        violates("comparisons_p_value_range", "update evalstore.comparisons set p_value = 'NaN'" + of);
        violates("comparisons_effect_range", "update evalstore.comparisons set effect = 'NaN'" + of);
        violates("comparisons_input_hash_format", "update evalstore.comparisons set input_hash = 'x'" + of);
        violates("comparisons_unit_valid", "update evalstore.comparisons set unit = 'model'" + of);
        violates("comparison_members_comparison_fk", "update evalstore.comparisons set unit = 'submission'" + of);
        violates(
                "comparison_members_of_unit",
                "update evalstore.comparison_members set model_version_id = experiment_id" + ofMember);
        violates(
                "idx_comparison_members_experiment_id",
                "update evalstore.comparison_members set experiment_id = '" + first + "'" + ofMember);
        violates(
                "comparison_members_position_range",
                "update evalstore.comparison_members set position = 100 where position = 0 and comparison_id = '" + id
                        + "'");
    }

    @Test
    void a_member_that_is_removed_leaves_its_label() {
        UUID one = units.modelVersion();
        StoredComparison versions = comparisons.create(of(ComparisonUnit.MODEL_VERSION, units.modelVersion(), one));
        StoredComparison experiments = comparisons.create(compared());

        assertThat(db.catalog().modelVersions().delete(one)).isTrue();
        assertThat(db.tracking().experiments().delete(first)).isTrue();

        StoredComparison left = comparisons.get(versions.id());
        assertThat(left.winningMember()).contains(new ComparisonMember(null, "label 1"));
        assertThat(comparisons.get(experiments.id()).members())
                .containsExactly(new ComparisonMember(null, "label 0"), ComparisonMember.of(second, "label 1"));
        assertThat(comparisons.count(ComparisonFilter.ALL.experiment(first))).isZero();
        assertThat(comparisons.delete(experiments.id())).isTrue();
    }

    @Test
    void a_member_is_not_removed_while_its_comparison_is_stored() throws Exception {
        CompletableFuture<Boolean> deletion = new CompletableFuture<>();
        StoredComparison stored = db.inTransaction(tx -> {
            StoredComparison created = tx.tracking().comparisons().create(compared());
            deletion.completeAsync(() -> db.tracking().experiments().delete(second));
            database.awaitBlocked();
            return created;
        });
        assertThat(deletion.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(comparisons.get(stored.id()).winningMember()).contains(new ComparisonMember(null, "label 1"));
    }

    @Test
    void a_member_that_is_being_deleted_is_waited_for_and_not_found() throws Exception {
        CompletableFuture<StoredComparison> creation = new CompletableFuture<>();
        db.inTransaction(tx -> {
            assertThat(tx.tracking().experiments().delete(second)).isTrue();
            creation.completeAsync(() -> comparisons.create(compared()));
            database.awaitBlocked();
            return true;
        });
        assertThatThrownBy(() -> creation.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(NotFoundException.class);
        assertThat(comparisons.count(ComparisonFilter.ALL)).isZero();
    }

    /** Who removes the creator writes what the creator created, and who stores a comparison locks that before the creator. */
    @Test
    void creators_who_are_removed_while_they_compare_deadlock_with_nobody() throws Exception {
        try (Database once = Database.open(database.config().retry(Retry.NONE).build())) {
            for (int round = 0; round < 10; round++) {
                UUID user = new RatedAnswers(database).user();
                UUID mine = once.tracking()
                        .experiments()
                        .create(NewExperiment.of("mine", ExperimentKind.EVALUATION)
                                .createdBy(user))
                        .id();
                NewComparison given =
                        of(ComparisonUnit.EXPERIMENT, mine, second).createdBy(user);
                Threads.together(4, i -> () -> {
                    if (i == 0) {
                        return once.users().delete(user);
                    }
                    try {
                        return once.tracking().comparisons().create(given) != null;
                    } catch (ConstraintViolationException e) {
                        assertThat(e.constraint()).isEqualTo("comparisons_created_by_fk");
                        return false;
                    }
                });
                assertThat(comparisons
                                .list(ComparisonFilter.ALL.experiment(mine), 9)
                                .items())
                        .allMatch(stored -> stored.createdBy() == null);
            }
        }
    }

    @Test
    void a_submission_that_was_compared_is_not_removed_from_the_table() {
        var version = units.definitionVersion();
        UUID one = units.submission(version, NewCaseResult.of("a", true, 1), NewCaseResult.of("b", true, 1));
        UUID other = units.submission(version, NewCaseResult.of("a", false, 0), NewCaseResult.of("b", true, 1));
        StoredComparison stored = comparisons.create(of(ComparisonUnit.SUBMISSION, one, other));
        violates(
                "comparison_members_submission_fk",
                "delete from evalstore.leaderboard_entries where submission_id = '" + one
                        + "'; delete from evalstore.submissions where id = '" + one + "'");
        db.exchange().submissions().softDelete(one);
        assertThat(comparisons.get(stored.id())).isEqualTo(stored);
    }

    @Test
    void a_removed_user_leaves_what_was_stored() {
        UUID user = new RatedAnswers(database).user();
        StoredComparison stored = comparisons.create(compared().createdBy(user));
        assertThat(db.users().delete(user)).isTrue();
        assertThat(comparisons.get(stored.id()).createdBy()).isNull();
    }

    @Test
    void lists_are_filtered_and_paged_newest_first() {
        UUID user = new RatedAnswers(database).user();
        StoredComparison one = comparisons.create(compared().createdBy(user));
        NewComparison other = NewComparison.of(
                "other",
                new NewComparison.Setup(ComparisonUnit.EXPERIMENT, "metrics.f1", Pairing.ITEM, "mcnemar", Json.EMPTY),
                of(ComparisonUnit.EXPERIMENT, second, units.experiment()).members(),
                NewComparison.Outcome.of(5, Json.EMPTY),
                new NewComparison.Provenance("1.0.1", "f".repeat(64)));
        StoredComparison two = comparisons.create(other);

        Page<StoredComparison> page = comparisons.list(ComparisonFilter.ALL, 1);
        assertThat(page.items()).containsExactly(two);
        assertThat(comparisons.list(ComparisonFilter.ALL, 1, page.next()).items())
                .containsExactly(one);
        assertThat(comparisons.count(ComparisonFilter.ALL)).isEqualTo(2);
        only(one, ComparisonFilter.ALL.name("GPT-4 against Claude"));
        only(two, ComparisonFilter.ALL.metric("metrics.f1"));
        only(one, ComparisonFilter.ALL.experiment(first));
        only(one, ComparisonFilter.ALL.inputHash(HASH));
        only(one, ComparisonFilter.ALL.decided(true));
        only(two, ComparisonFilter.ALL.decided(false));
        only(one, ComparisonFilter.ALL.createdBy(user));
        only(one, ComparisonFilter.ALL.created(one.createdAt(), two.createdAt()));
        assertThat(comparisons.list(ComparisonFilter.ALL.experiment(second), 9).items())
                .containsExactly(two, one);
        assertThat(comparisons.count(ComparisonFilter.ALL.created(Instant.parse("2100-01-01T00:00:00Z"), null)))
                .isZero();
        refused("inputHash", () -> ComparisonFilter.ALL.inputHash("x"));
        refused("name", () -> ComparisonFilter.ALL.name(" "));
    }

    private void only(StoredComparison expected, ComparisonFilter filter) {
        assertThat(comparisons.list(filter, 9).items()).containsExactly(expected);
    }

    @Test
    void a_deleted_comparison_is_gone_with_its_members() {
        UUID id = comparisons.create(compared()).id();
        assertThat(comparisons.delete(id)).isTrue();
        assertThat(comparisons.delete(id)).isFalse();
        assertThat(comparisons.find(id)).isEmpty();
        assertThat(database.value("select count(*)::text from evalstore.comparison_members"))
                .isEqualTo("0");
    }

    @Test
    void each_change_appends_one_event_and_leaves_an_audit_entry() {
        Database acting = db.actingAs(Actor.SYSTEM);
        StoredComparison stored = acting.tracking().comparisons().create(compared());
        acting.tracking().comparisons().delete(stored.id());

        List<DomainEvent> events = db.events()
                .list(EventFilter.ALL.aggregate("comparison", stored.id().toString()), 9)
                .items();
        assertThat(events)
                .extracting(DomainEvent::eventType)
                .containsExactlyInAnyOrder("comparison.created", "comparison.deleted");
        assertThat(events)
                .allSatisfy(event -> assertThat(event.payload().asMap())
                        .containsEntry("metric", "score")
                        .containsEntry("unit", "EXPERIMENT")
                        .containsEntry("winner", 1)
                        .containsEntry("inputHash", HASH));
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("comparison", stored.id().toString()), 9)
                        .items())
                .extracting(AuditEntry::action)
                .containsExactlyInAnyOrder("create", "delete");
    }

    @Test
    void in_a_transaction_that_rolls_back_nothing_is_stored() {
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.tracking().comparisons().create(compared());
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(comparisons.count(ComparisonFilter.ALL)).isZero();
    }

    @Test
    void bad_input_is_refused_by_its_name() {
        refused("members size", () -> of(ComparisonUnit.EXPERIMENT, first));
        refused("members must name each unit once", () -> of(ComparisonUnit.EXPERIMENT, first, first));
        refused(
                "members size",
                () -> of(
                        ComparisonUnit.EXPERIMENT,
                        IntStream.range(0, 101).mapToObj(i -> UUID.randomUUID()).toArray(UUID[]::new)));
        refused("label", () -> ComparisonMember.of(first, "x".repeat(201)));
        refused("description", () -> compared().description("x".repeat(20_001)));
        refused(
                "name",
                () -> NewComparison.of(
                        "a\0b",
                        compared().setup(),
                        compared().members(),
                        outcome(),
                        compared().provenance()));
        refused(
                "metric",
                () -> new NewComparison.Setup(
                        ComparisonUnit.EXPERIMENT, "m".repeat(251), Pairing.ITEM, "t", Json.EMPTY));
        refused("method", () -> new NewComparison.Setup(ComparisonUnit.EXPERIMENT, "m", Pairing.ITEM, "", Json.EMPTY));
        refused(
                "options",
                () -> new NewComparison.Setup(ComparisonUnit.EXPERIMENT, "m", Pairing.ITEM, "t", Json.parse("[]")));
        refused("results", () -> NewComparison.Outcome.of(1, Json.parse("1")));
        refused("results", () -> NewComparison.Outcome.of(1, Json.of(Map.of("x", "x".repeat(10_000_000)))));
        refused("sampleSize", () -> NewComparison.Outcome.of(-1, Json.EMPTY));
        refused("excluded", () -> outcome().excluded("absent", -1));
        refused("excluded", () -> outcome().excluded("", 1));
        refused("excluded", () -> outcome().excluded("more", Integer.MAX_VALUE));
        refused("pValue", () -> outcome().pValue(Double.NaN));
        refused("pValue", () -> outcome().pValue(-0.1));
        refused("effect", () -> outcome().effect(Double.POSITIVE_INFINITY));
        refused("engineVersion", () -> new NewComparison.Provenance(" ", HASH));
        refused("inputHash", () -> new NewComparison.Provenance("1", HASH.toUpperCase(Locale.ROOT)));
        assertThatThrownBy(() -> NewComparison.of(
                        "n",
                        compared().setup(),
                        List.of(new ComparisonMember(null, "a"), ComparisonMember.of(first, "b")),
                        outcome(),
                        compared().provenance()))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("members");
    }
}
