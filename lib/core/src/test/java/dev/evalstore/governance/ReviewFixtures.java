package dev.evalstore.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.NotFoundException;
import dev.evalstore.account.NewUser;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.governance.NewProposal.Subject;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Proposals in whichever status, and users around them. */
final class ReviewFixtures {
    static final List<String> STATUSES =
            List.of("draft", "under_review", "voting", "approved", "rejected", "withdrawn");

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final TestDatabase database;
    private final Database db;

    ReviewFixtures(TestDatabase database) {
        this.database = database;
        this.db = database.db();
    }

    UUID user() {
        String name = "user" + NEXT.incrementAndGet();
        return db.users().create(NewUser.of(name + "@example.org", name)).id();
    }

    void deactivate(UUID user) {
        database.admin("update evalstore.users set active = false where id = '" + user + "'");
    }

    /** Under review; of a definition that is new. */
    UUID proposal(@Nullable UUID creator) {
        NewBenchmarkDefinition definition = NewBenchmarkDefinition.of(
                        "sums-" + NEXT.incrementAndGet(),
                        "Sums",
                        "Adds numbers.",
                        DefinitionCategory.ACCURACY,
                        "Apache-2.0")
                .tags("maths");
        NewDefinitionVersion first = NewDefinitionVersion.of(
                "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"));
        return submitted(Subject.newBenchmark(ProposedDefinition.of(definition, "1.0.0", first)), creator);
    }

    /** Under review; of no definition. */
    UUID policy(@Nullable UUID creator) {
        return submitted(Subject.policyChange(), creator);
    }

    private UUID submitted(Subject subject, @Nullable UUID creator) {
        NewProposal proposal = NewProposal.of("A title", "A description.", "A rationale.", subject, 1);
        ProposalRepository proposals = db.governance().proposals();
        UUID id = proposals
                .create(creator == null ? proposal : proposal.createdBy(creator))
                .id();
        return proposals.submitForReview(id).id();
    }

    /** As if it had come there, with what the table demands of it. */
    void status(UUID proposal, String status) {
        database.admin("""
                update evalstore.proposals set status = '%1$s',
                    voting_starts_at = case when '%1$s' in ('voting', 'approved', 'rejected') then timestamptz '2026-01-01Z' end,
                    voting_ends_at = case when '%1$s' in ('voting', 'approved', 'rejected') then timestamptz '2100-01-01Z' end,
                    votes_for = case when '%1$s' = 'approved' then 1 else 0 end,
                    outcome = case '%1$s' when 'approved' then 'approved' when 'rejected' then 'quorum_not_met' end
                where id = '%2$s'""".formatted(status, proposal));
    }

    void closeDiscussion(UUID proposal) {
        database.admin("update evalstore.proposals set discussion_closed = true where id = '" + proposal + "'");
    }

    /** The constraint by which the table refuses a statement, or none. */
    String violated(String sql) throws SQLException {
        try (Connection connection = TestServer.get().admin(database.name());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.rollback();
            return "none";
        } catch (PSQLException e) {
            return String.valueOf(
                    Objects.requireNonNull(e.getServerErrorMessage()).getConstraint());
        }
    }

    /** The types of the events of an aggregate, in order. */
    List<String> events(UUID aggregate) {
        return database.query("select event_type from evalstore.domain_events where aggregate_id = '" + aggregate
                + "' order by position");
    }

    static void conflict(String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ConflictException.class).hasMessageContaining(text);
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
