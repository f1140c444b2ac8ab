package dev.evalstore.organization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Repositories;
import dev.evalstore.Retry;
import dev.evalstore.account.NewUser;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.SubmissionVisibility;
import dev.evalstore.exchange.UpdateBenchmarkDefinition;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever a user's end writes beside the user is locked before the user, as everybody else locks it. So an end that meets a
 * transaction which holds such a row, and then asks for the user, waits for it: it neither ends in a deadlock nor is sent again.
 */
class UserLockOrderTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Database db;
    private UUID ada;
    private UUID bob;
    private UUID acme;

    @BeforeAll
    static void open() {
        db = Database.open(database.config().retry(Retry.NONE).build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void anOrganizationOfAda() {
        database.admin("delete from evalstore.community_verifications; delete from evalstore.submissions;"
                + " delete from evalstore.definition_versions; delete from evalstore.benchmark_definitions;"
                + " delete from evalstore.organizations; delete from evalstore.users");
        ada = user("ada");
        bob = user("bob");
        acme = db.organizations()
                .create(NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE), ada)
                .id();
    }

    private static UUID user(String name) {
        return db.users().create(NewUser.of(name + "@x", name)).id();
    }

    /** The end of bob begins between the two steps of another transaction and must not harm either. */
    private void meets(Consumer<Repositories> first, Consumer<Repositories> then, Consumer<Repositories> end)
            throws Exception {
        CompletableFuture<Void> late = new CompletableFuture<>();
        db.useTransaction(tx -> {
            first.accept(tx);
            late.completeAsync(() -> {
                end.accept(db);
                return null;
            });
            database.awaitBlocked();
            then.accept(tx);
        });
        late.get(1, TimeUnit.MINUTES);
    }

    @Test
    void an_organization_that_the_user_verified() throws Exception {
        db.organizations().verify(acme, bob);
        meets(
                rooms -> rooms.organizations().update(acme, UpdateOrganization.NOTHING.name("New")),
                rooms -> rooms.organizations().addMember(acme, bob),
                rooms -> rooms.users().delete(bob));
        assertThat(db.organizations().get(acme).verifiedBy()).isNull();
        assertThat(db.users().find(bob)).isEmpty();
    }

    @Test
    void an_organization_that_is_verified_meanwhile() throws Exception {
        meets(
                rooms -> rooms.organizations().verify(acme, bob),
                rooms -> rooms.organizations().addMember(acme, bob),
                rooms -> rooms.users().delete(bob));
        assertThat(db.organizations().get(acme).verifiedBy()).isNull();
        assertThat(db.users().find(bob)).isEmpty();
    }

    @Test
    void a_definition_that_the_user_created() throws Exception {
        for (boolean isOwn : List.of(true, false)) {
            UUID definition = isOwn ? definition("own", bob, ada) : definition("other", ada, bob);
            meets(
                    rooms -> rooms.exchange()
                            .definitions()
                            .update(definition, UpdateBenchmarkDefinition.NOTHING.name("Another")),
                    rooms -> rooms.exchange().definitions().addMaintainer(definition, bob),
                    rooms -> rooms.users().delete(bob));
            bob = user("bob");
            assertThat(db.exchange()
                            .definitions()
                            .maintainers(definition, 10, null)
                            .items())
                    .isEmpty();
        }
    }

    @Test
    void an_organization_that_invited_the_user() throws Exception {
        String secret = db.users()
                .tokens()
                .invite(acme, "BOB@x", Duration.ofHours(1), null)
                .secret();
        meets(
                rooms -> assertThat(rooms.users().tokens().redeemInvitation(secret))
                        .isPresent(),
                rooms -> rooms.organizations().addMember(acme, bob),
                rooms -> rooms.users().anonymize(bob));
        assertThat(database.value("select count(*) from evalstore.user_tokens")).isEqualTo("0");
    }

    @Test
    void a_community_verification_that_the_user_reviewed() throws Exception {
        UUID verification = report(submission(ada), ada, bob);
        meets(
                rooms -> rooms.exchange().communityVerifications().flag(verification),
                rooms -> rooms.organizations().addMember(acme, bob),
                rooms -> rooms.users().delete(bob));
        assertThat(db.exchange()
                        .communityVerifications()
                        .get(verification, Viewer.PLATFORM)
                        .reviewedBy())
                .isNull();
        assertThat(db.users().find(bob)).isEmpty();
    }

    @Test
    void a_submission_of_the_user() throws Exception {
        UUID submission = submission(bob);
        meets(
                rooms -> rooms.exchange().submissions().changeVisibility(submission, SubmissionVisibility.PRIVATE),
                rooms -> rooms.organizations().addMember(acme, bob),
                rooms -> rooms.users().delete(bob));
        assertThat(db.exchange().submissions().get(submission, Viewer.PLATFORM).submittedBy())
                .isNull();
        assertThat(db.users().find(bob)).isEmpty();
    }

    private UUID submission(UUID submitter) {
        UUID definition = definition("submitted", ada, ada);
        UUID version =
                db.exchange().definitions().latest(definition).orElseThrow().id();
        return UUID.fromString(database.value("""
                insert into evalstore.submissions (definition_id, version_id, model_provider, model_name,
                    subject_provider, subject_name, subject_version, subject_key, submitted_by, submitter_label,
                    aggregate_score, board_score, reported_score, execution_id, content_hash, started_at, completed_at)
                values ('%s', '%s', 'p', 'm', 'p', 'm', '', gen_random_uuid(), '%s', 'somebody', 0, 0, 0, 'e',
                    repeat('0', 64), now(), now())
                returning id""".formatted(definition, version, submitter)));
    }

    private static UUID report(UUID submission, UUID verifier, UUID reviewer) {
        return UUID.fromString(database.value("""
                insert into evalstore.community_verifications (submission_id, verifier_id, reproduced,
                    environment_description, review, reviewed_at, reviewed_by)
                values ('%s', '%s', true, 'A laptop.', 'approved', now(), '%s')
                returning id""".formatted(submission, verifier, reviewer)));
    }

    private static UUID definition(String slug, UUID creator, UUID author) {
        NewBenchmarkDefinition made = NewBenchmarkDefinition.of(
                slug, "A name", "A description that is long enough", DefinitionCategory.SAFETY, "MIT");
        PrimaryMetric accuracy = PrimaryMetric.of("accuracy", "Share of right answers", "ratio");
        NewDefinitionVersion first = NewDefinitionVersion.of("The first version", accuracy);
        return db.exchange()
                .definitions()
                .create(made.createdBy(creator), "1.0.0", first.createdBy(author))
                .id();
    }
}
