package dev.evalstore.governance;

import static dev.evalstore.governance.ReviewFixtures.conflict;
import static dev.evalstore.governance.ReviewFixtures.notFound;
import static dev.evalstore.governance.ReviewFixtures.refused;
import static dev.evalstore.governance.ReviewFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.Page;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Comments in reviews: threads of replies, what settles them, and what closes the discussion. */
class ReviewCommentRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ReviewCommentRepository comments = db.governance().reviews().comments();
    private final ReviewFixtures rows = new ReviewFixtures(database);
    private UUID ada;
    private UUID bob;
    private UUID proposal;
    private UUID review;

    @BeforeEach
    void aReviewByBob() {
        ada = rows.user();
        bob = rows.user();
        proposal = rows.proposal(ada);
        review = db.governance().reviews().create(proposal, bob).id();
    }

    private NewReviewComment by(UUID user, String content) {
        return NewReviewComment.of(review, user, content);
    }

    @Test
    void a_comment_reads_back_as_it_was_stored() {
        ReviewComment plain = comments.create(by(bob, "The whole is fine."));
        assertThat(plain.kind()).isEqualTo(ReviewCommentKind.COMMENT);
        assertThat(plain.depth()).isZero();
        assertThat(plain.path()).isNull();
        assertThat(plain.createdBy()).isEqualTo(bob);
        ReviewComment full =
                comments.create(by(bob, "Twice.").kind(ReviewCommentKind.ISSUE).lines("prompts/sum.txt", 3, 7));
        assertThat(full.reviewId()).isEqualTo(review);
        assertThat(full.kind()).isEqualTo(ReviewCommentKind.ISSUE);
        assertThat(full.path()).isEqualTo("prompts/sum.txt");
        assertThat(full.lineFrom()).isEqualTo(3);
        assertThat(full.lineTo()).isEqualTo(7);
        assertThat(full.parentId()).isNull();
        assertThat(comments.get(full.id())).isEqualTo(full);
        assertThat(comments.create(by(bob, "Here.").path("tags")).lineFrom()).isNull();
        assertThat(full.toString()).doesNotContain("Twice");
        assertThat(by(bob, "Twice.").toString()).doesNotContain("Twice");
    }

    @Test
    void replies_stand_below_their_parents_and_are_listed_by_them() {
        ReviewComment root = comments.create(by(bob, "Why?"));
        ReviewComment reply = comments.create(by(ada, "Because.").replyTo(root.id()));
        ReviewComment deeper = comments.create(by(bob, "I see.").replyTo(reply.id()));
        ReviewComment second = comments.create(by(ada, "And more.").replyTo(root.id()));
        assertThat(List.of(root, reply, deeper, second))
                .extracting(ReviewComment::depth)
                .containsExactly(0, 1, 2, 1);

        ReviewCommentFilter here = ReviewCommentFilter.ALL.review(review);
        assertThat(comments.list(here).items()).containsExactly(second, deeper, reply, root);
        assertThat(comments.list(here.topLevel()).items()).containsExactly(root);
        assertThat(comments.list(ReviewCommentFilter.ALL.repliesTo(root.id())).items())
                .containsExactly(second, reply);
        assertThat(comments.list(ReviewCommentFilter.ALL.repliesTo(UUID.randomUUID()))
                        .items())
                .isEmpty();
        Page<ReviewComment> page = comments.list(here, 3, null);
        assertThat(comments.list(here, 3, page.next()).items()).containsExactly(root);
    }

    @Test
    void filters_show_what_they_name() {
        ReviewComment question =
                comments.create(by(bob, "Why?").kind(ReviewCommentKind.QUESTION).path("tags"));
        ReviewComment praise = comments.create(by(ada, "Good.").kind(ReviewCommentKind.PRAISE));
        comments.resolve(question.id(), ada);
        ReviewCommentFilter here = ReviewCommentFilter.ALL.proposal(proposal);
        assertThat(comments.count(here)).isEqualTo(2);
        assertThat(ids(here.kind(ReviewCommentKind.QUESTION))).containsExactly(question.id());
        assertThat(ids(here.resolved(true))).containsExactly(question.id());
        assertThat(ids(here.resolved(false))).containsExactly(praise.id());
        assertThat(ids(here.path("tags"))).containsExactly(question.id());
        assertThat(ids(ReviewCommentFilter.ALL.createdBy(ada))).containsExactly(praise.id());
        assertThat(ids(here.created(null, Instant.EPOCH))).isEmpty();
        assertThat(ids(ReviewCommentFilter.ALL.proposal(rows.proposal(ada)))).isEmpty();
    }

    private List<UUID> ids(ReviewCommentFilter filter) {
        return comments.list(filter).items().stream().map(ReviewComment::id).toList();
    }

    /** A reply in another review would be in no thread. */
    @Test
    void a_reply_belongs_to_the_review_of_its_parent() {
        ReviewComment root = comments.create(by(bob, "Why?"));
        UUID another = db.governance().reviews().create(proposal, rows.user()).id();
        violates(
                "review_comments_parent_fk",
                () -> comments.create(
                        NewReviewComment.of(another, ada, "Because.").replyTo(root.id())));
        violates(
                "review_comments_parent_fk",
                () -> comments.create(by(ada, "To nobody.").replyTo(UUID.randomUUID())));
    }

    @Test
    void replies_nest_fifty_deep_and_go_with_the_comment_above_them() {
        ReviewComment last = comments.create(by(bob, "0"));
        UUID root = last.id();
        for (int i = 1; i <= 50; i++) {
            last = comments.create(by(bob, "Reply " + i).replyTo(last.id()));
        }
        UUID deepest = last.id();
        violates(
                "review_comments_depth_range",
                () -> comments.create(by(bob, "Too deep").replyTo(deepest)));
        ReviewComment beside = comments.create(by(bob, "Beside"));

        assertThat(comments.delete(root)).isTrue();

        assertThat(comments.list(ReviewCommentFilter.ALL.review(review)).items())
                .containsExactly(beside);
        assertThat(comments.delete(root)).isFalse();
    }

    @Test
    void a_text_is_changed_and_the_rest_stays() {
        ReviewComment before = comments.create(by(bob, "Why?").path("tags"));
        ReviewComment after = comments.update(before.id(), "Why so?");
        assertThat(after.content()).isEqualTo("Why so?");
        assertThat(after.path()).isEqualTo("tags");
        assertThat(after.createdAt()).isEqualTo(before.createdAt());
        notFound(() -> comments.update(UUID.randomUUID(), "x"));
    }

    @Test
    void a_comment_is_resolved_once_and_opened_again_once() {
        UUID id = comments.create(by(bob, "Why?")).id();
        conflict("is open: cannot unresolve", () -> comments.unresolve(id));
        ReviewComment resolved = comments.resolve(id, ada);
        assertThat(resolved.resolvedBy()).isEqualTo(ada);
        assertThat(resolved.resolvedAt()).isNotNull();
        conflict("is resolved: cannot resolve", () -> comments.resolve(id, bob));
        ReviewComment open = comments.unresolve(id);
        assertThat(open.resolvedBy()).isNull();
        assertThat(open.resolvedAt()).isNull();
        violates("review_comments_resolved_by_fk", () -> comments.resolve(id, UUID.randomUUID()));
        notFound(() -> comments.resolve(UUID.randomUUID(), ada));
        notFound(() -> comments.unresolve(UUID.randomUUID()));
        rows.deactivate(ada);
        conflict("is not active: cannot resolve a comment", () -> comments.resolve(id, ada));
    }

    @Test
    void comments_are_written_while_the_proposal_is_under_review_or_voted_on() {
        UUID id = comments.create(by(bob, "Why?")).id();
        for (String status : ReviewFixtures.STATUSES) {
            rows.status(proposal, status);
            if (status.equals("under_review") || status.equals("voting")) {
                comments.update(comments.create(by(ada, "More.")).id(), "And more.");
                continue;
            }
            conflict("is " + status + ": cannot comment", () -> comments.create(by(ada, "Late.")));
            conflict("is " + status + ": cannot comment", () -> comments.update(id, "Late."));
            comments.resolve(id, ada);
            comments.unresolve(id);
        }
        assertThat(comments.delete(id)).isTrue();
    }

    @Test
    void a_closed_discussion_takes_no_comment_until_it_is_reopened() {
        UUID id = comments.create(by(bob, "Why?")).id();
        assertThat(db.governance().proposals().closeDiscussion(proposal).discussionClosed())
                .isTrue();
        conflict("has a closed discussion: cannot comment", () -> comments.create(by(ada, "More.")));
        conflict(
                "has a closed discussion: cannot comment",
                () -> comments.create(by(ada, "No.").replyTo(id)));
        conflict("has a closed discussion: cannot comment", () -> comments.update(id, "Why, then?"));
        comments.resolve(id, ada);
        conflict("has a closed discussion", () -> db.governance().proposals().closeDiscussion(proposal));

        db.governance().proposals().reopenDiscussion(proposal);
        comments.create(by(ada, "More."));
        conflict("has an open discussion", () -> db.governance().proposals().reopenDiscussion(proposal));
        assertThat(rows.events(proposal)).endsWith("proposal.discussion_closed", "proposal.discussion_reopened");
        notFound(() -> db.governance().proposals().closeDiscussion(UUID.randomUUID()));
    }

    /** The comment comes before the discussion is closed, or is refused. */
    @Test
    void a_comment_waits_for_the_closing_of_the_discussion_and_is_refused() throws Exception {
        CompletableFuture<ReviewComment> late = new CompletableFuture<>();
        db.useTransaction(tx -> {
            tx.governance().proposals().closeDiscussion(proposal);
            late.completeAsync(() -> comments.create(by(ada, "Just in time?")));
            database.awaitBlocked();
        });
        conflict("has a closed discussion: cannot comment", () -> {
            try {
                late.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
        assertThat(comments.count(ReviewCommentFilter.ALL.review(review))).isZero();
    }

    @Test
    void an_inactive_or_unknown_user_writes_none() {
        violates("review_comments_created_by_fk", () -> comments.create(by(UUID.randomUUID(), "x")));
        rows.deactivate(bob);
        conflict("is not active: cannot comment", () -> comments.create(by(bob, "x")));
        notFound(() -> comments.create(NewReviewComment.of(UUID.randomUUID(), ada, "x")));
    }

    /** Comments hang on a review. */
    @Test
    void every_change_leaves_an_entry_and_no_event() {
        int before = rows.events(proposal).size() + rows.events(review).size();
        ReviewCommentRepository by =
                db.actingAs(Actor.SYSTEM).governance().reviews().comments();
        UUID id = by.create(by(bob, "Why?")).id();
        by.update(id, "Why so?");
        by.resolve(id, ada);
        by.unresolve(id);
        by.delete(id);
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("review_comment", id.toString()))
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("delete", "unresolve", "resolve", "update", "create");
        assertThat(rows.events(id)).isEmpty();
        assertThat(rows.events(proposal).size() + rows.events(review).size()).isEqualTo(before);
    }

    @Test
    void bad_input_is_refused_by_the_name_of_the_field() {
        UUID id = comments.create(by(bob, "x".repeat(20_000))).id();
        NewReviewComment plain = by(bob, "x");
        for (String bad : List.of("", " ", "x".repeat(20_001), "\0", "\ud83d")) {
            refused("content", () -> by(bob, bad));
            refused("content", () -> comments.update(id, bad));
        }
        for (String bad : List.of("", " ", "x".repeat(1_001), "\0", "\ud83d")) {
            refused("path", () -> plain.path(bad));
        }
        refused("lineFrom", () -> plain.lines("p", 0, 1));
        refused("lineTo", () -> plain.lines("p", 2, 1));
        refused(
                "lineFrom",
                () -> new NewReviewComment(review, bob, "x", ReviewCommentKind.COMMENT, null, "p", 1, null));
        refused("lineFrom", () -> new NewReviewComment(review, bob, "x", ReviewCommentKind.COMMENT, null, null, 1, 1));
        comments.create(plain.lines("x".repeat(1_000), 1, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "review_comments_parent_another            | parent_id = id, depth = 1",
                "review_comments_depth_range               | depth = 1",
                "review_comments_kind_valid                | kind = 'odd'",
                "review_comments_content_length            | content = ' '",
                "review_comments_path_length               | path = ''",
                "review_comments_lines_range               | path = 'p', line_from = 0, line_to = 1",
                "review_comments_lines_range               | path = 'p', line_from = 2, line_to = 1",
                "review_comments_lines_when_path           | path = 'p', line_from = 1",
                "review_comments_lines_when_path           | line_from = 1, line_to = 1",
                "review_comments_resolved_by_when_resolved | resolved_by = created_by",
                "review_comments_review_fk                 | review_id = gen_random_uuid()"
            })
    void the_table_refuses_what_is_no_comment(String constraint, String change) throws SQLException {
        UUID id = comments.create(by(bob, "Why?")).id();
        assertThat(rows.violated("update evalstore.review_comments set " + change + " where id = '" + id + "'"))
                .isEqualTo(constraint);
    }
}
