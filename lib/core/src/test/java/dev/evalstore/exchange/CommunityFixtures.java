package dev.evalstore.exchange;

import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Submissions that stand in the table as if they had been submitted, and users around them. */
final class CommunityFixtures {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final TestDatabase database;
    private final Database db;
    private final UUID definition;
    private final UUID version;

    CommunityFixtures(TestDatabase database) {
        this.database = database;
        this.db = database.db();
        definition = ExchangeFixtures.create(db, "d" + NEXT.incrementAndGet()).id();
        version = db.exchange().definitions().latest(definition).orElseThrow().id();
    }

    UUID user() {
        return ExchangeFixtures.user(db, "user" + NEXT.incrementAndGet());
    }

    UUID admin() {
        UUID user = user();
        database.admin("update evalstore.users set role = 'admin' where id = '" + user + "'");
        return user;
    }

    void deactivate(UUID user) {
        database.admin("update evalstore.users set active = false where id = '" + user + "'");
    }

    /** A live public one, of nobody's organization. */
    UUID submission(UUID submitter) {
        return submission(submitter, null, SubmissionVisibility.PUBLIC);
    }

    UUID submission(UUID submitter, @Nullable UUID organization, SubmissionVisibility visibility) {
        UUID id = UUID.randomUUID();
        int number = NEXT.incrementAndGet();
        database.admin("""
                insert into evalstore.submissions (id, definition_id, version_id, model_provider, model_name,
                    subject_provider, subject_name, subject_version, subject_key, submitted_by, submitter_label,
                    organization_id, aggregate_score, board_score, reported_score, execution_id, content_hash,
                    started_at, completed_at, visibility)
                values ('%s', '%s', '%s', 'p', 'm%5$d', 'p', 'm%5$d', '', '%8$s', '%4$s', 'somebody', %6$s,
                    0.5, -0.5, 0.5, 'e%5$d', repeat('0', 64), now(), now(), '%7$s')""".formatted(
                        id,
                        definition,
                        version,
                        submitter,
                        number,
                        organization == null ? "null" : "'" + organization + "'",
                        visibility.name().toLowerCase(Locale.ROOT),
                        ModelSubject.of("p", "m" + number).key()));
        return id;
    }

    void delete(UUID submission) {
        database.admin("update evalstore.submissions set deleted_at = now() where id = '" + submission + "'");
    }

    void level(UUID submission, VerificationLevel level) {
        database.admin("update evalstore.submissions set verification_level = '"
                + level.name().toLowerCase(Locale.ROOT) + "', verified_at = "
                + (level == VerificationLevel.UNVERIFIED ? "null" : "now()") + " where id = '" + submission + "'");
    }

    VerificationLevel level(UUID submission) {
        return VerificationLevel.valueOf(database.value(
                "select upper(verification_level) from evalstore.submissions where id = '" + submission + "'"));
    }

    CommunityVerification verification(UUID submission) {
        return verification(submission, user());
    }

    CommunityVerification verification(UUID submission, UUID verifier) {
        return db.exchange()
                .communityVerifications()
                .create(NewCommunityVerification.of(submission, verifier, true, "A laptop."));
    }

    /** So many votes of new users. */
    CommunityVerification vote(UUID verification, VoteDirection direction, int times) {
        CommunityVerificationRepository all = db.exchange().communityVerifications();
        for (int i = 0; i < times; i++) {
            all.vote(verification, user(), direction);
        }
        return all.get(verification, Viewer.PLATFORM);
    }
}
