package dev.evalstore.tracking;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Feedback: what people say of evaluations. The mean of an evaluation's ratings stands on the evaluation, as its {@code rating},
 * and is written in the commit of the feedback; null while nothing is rated.
 *
 * <p>Writers of feedback on one evaluation wait for each other, so that the mean is that of the stored ratings at every
 * commit. In a transaction at another isolation level than read committed they throw {@link IllegalStateException}. Feedback
 * goes with its evaluation. Of a user who is removed, it stays with nobody's name, and of one who is anonymized as it is:
 * {@link #withdraw} it where it must go. Audit entries tell that a comment or criteria changed, and repeat none of them.
 */
public final class FeedbackRepository extends FeedbackReads {
    /**
     * In a statement of its own, so that what follows sees what was committed before. Foreign keys of other feedback do not
     * wait for it. Without the isolation level, a mean could leave out what the lock waited for.
     */
    private static final String LOCK = """
            /* evaluations.lock_for_feedback */ select current_setting('transaction_isolation') as isolation,
                (select u.active from evalstore.users u where u.id = ?) as active
            from evalstore.evaluations e
            where e.id = ? and not exists (
                select from evalstore.experiments x where x.id = e.experiment_id and x.deleted_at is not null)
            for no key update of e""";

    /** The division of two exact numbers, which is the same in every language. */
    private static final String RATE = """
            /* evaluations.rate */ update evalstore.evaluations e set rating = f.mean
            from (
                select sum(rating)::float8 / nullif(count(rating), 0) as mean
                from evalstore.evaluation_feedback where evaluation_id = ?) f
            where e.id = ? and e.rating is distinct from f.mean""";

    FeedbackRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores feedback and returns it as stored. A user who has given feedback on the evaluation before changes it in place:
     * id and first time stay, and all else is as given now.
     *
     * @throws IllegalArgumentException if it has neither rating, thumbs, comment nor criteria
     * @throws NotFoundException if no evaluation has the id
     * @throws ConflictException if the user is not active
     * @throws ConstraintViolationException if no user has the id ({@code evaluation_feedback_user_fk})
     */
    public Feedback give(NewFeedback feedback) {
        Objects.requireNonNull(feedback, "feedback");
        if (feedback.rating() == null
                && feedback.thumbs() == null
                && feedback.comment() == null
                && feedback.criteria() == null) {
            throw new IllegalArgumentException("feedback must have a rating, thumbs, a comment or criteria");
        }
        Columns said = new Columns()
                .set("rating", feedback.rating())
                .set("thumbs", feedback.thumbs())
                .set("comment", feedback.comment())
                .set("criteria", feedback.criteria());
        UUID evaluation = feedback.evaluationId();
        UUID user = feedback.userId();
        return rating(evaluation, user, "give feedback", tx -> {
                    Feedback before = user == null
                            ? null
                            : findByUser(tx, evaluation, user).orElse(null);
                    if (before == null) {
                        Columns of =
                                new Columns().set("evaluation_id", evaluation).set("user_id", user);
                        return TABLE.create(tx, of.all(said));
                    }
                    return feedback.isSaidBy(before) ? before : TABLE.update(tx, before.id(), "change", said);
                })
                .orElseThrow(() -> new NotFoundException("evaluation", evaluation.toString()));
    }

    /**
     * Changes the given fields and returns the feedback as stored; also where the user who gave it is not active, as
     * {@link #withdraw} removes it. Whoever changes it need not be that user: the host decides who may, and texts of a user
     * who left may have to be cut.
     *
     * @throws NotFoundException if none has the id
     * @throws ConstraintViolationException if nothing would be left of it ({@code evaluation_feedback_given})
     */
    public Feedback change(UUID id, UpdateFeedback change) {
        Columns changes = Objects.requireNonNull(change, "change").changes();
        UUID evaluation = get(Objects.requireNonNull(id, "id")).evaluationId();
        return rating(evaluation, null, "change feedback", tx -> TABLE.update(tx, id, "change", changes))
                .orElseThrow(() -> TABLE.notFound(id));
    }

    /** Removes the feedback; false when none has the id. */
    public boolean withdraw(UUID id) {
        return find(Objects.requireNonNull(id, "id"))
                .flatMap(given ->
                        rating(given.evaluationId(), null, "withdraw feedback", tx -> TABLE.delete(tx, id, "withdraw")))
                .orElse(false);
    }

    /** Does the work under the evaluation's lock, and writes the mean that follows from it; empty where there is no evaluation. */
    private <R> Optional<R> rating(UUID evaluation, @Nullable UUID user, String verb, Function<Jdbc, R> work) {
        return jdbc.atomically(tx -> {
            if (!isLocked(tx, evaluation, user, verb)) {
                return Optional.empty();
            }
            R result = work.apply(tx);
            tx.update(Sql.of(RATE, evaluation, evaluation));
            return Optional.of(result);
        });
    }

    private static boolean isLocked(Jdbc tx, UUID evaluation, @Nullable UUID user, String verb) {
        return tx.change(Sql.of(LOCK, user, evaluation), row -> {
                    if (!row.text("isolation").equals("read committed")) {
                        throw new IllegalStateException("to " + verb
                                + " needs the isolation level read committed, and was asked for in "
                                + row.text("isolation"));
                    }
                    if (Boolean.FALSE.equals(row.boolOrNull("active"))) {
                        throw new ConflictException("user " + user + " is not active: cannot " + verb);
                    }
                    return true;
                })
                .orElse(false);
    }
}
