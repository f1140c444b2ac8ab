package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which proposals to list. Conditions add up. Immutable. */
public final class ProposalFilter extends Conditions<ProposalFilter> {
    /** Every proposal. */
    public static final ProposalFilter ALL = new ProposalFilter(Sql.NONE);

    private static final String ACCEPTS_VOTES = """
            and status = 'voting' and voting_starts_at <= statement_timestamp()
                and voting_ends_at > statement_timestamp()""";

    private static final String DUE = """
            and status = 'voting' and voting_ends_at <= statement_timestamp()""";

    /** None of a user who has voted. */
    private static final String NOT_VOTED = """
            and not exists (select from evalstore.votes v where v.proposal_id = proposals.id and v.user_id = ?)""";

    private ProposalFilter(Sql sql) {
        super(sql, ProposalFilter::new);
    }

    /** Only those of this kind. */
    public ProposalFilter kind(ProposalKind kind) {
        return and("and kind = ?", Objects.requireNonNull(kind, "kind"));
    }

    /** Only those in this status. */
    public ProposalFilter status(ProposalStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only closed ones with this outcome. */
    public ProposalFilter outcome(ProposalOutcome outcome) {
        return and("and outcome = ?", Objects.requireNonNull(outcome, "outcome"));
    }

    /** Only those about this definition, or that created it. */
    public ProposalFilter definition(UUID id) {
        return and("and definition_id = ?", Objects.requireNonNull(id, "definition"));
    }

    /** Only those of this user. */
    public ProposalFilter createdBy(UUID user) {
        return and("and created_by = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only those that accept votes now, by the server's clock. */
    public ProposalFilter acceptsVotes() {
        return and(ACCEPTS_VOTES);
    }

    /** Only those whose voting has ended and is not closed yet. */
    public ProposalFilter due() {
        return and(DUE);
    }

    /** Only those on which this user has not voted. */
    public ProposalFilter notVotedBy(UUID user) {
        return and(NOT_VOTED, Objects.requireNonNull(user, "user"));
    }

    /** Only those whose effect was applied, or only others. */
    public ProposalFilter implemented(boolean implemented) {
        return and(implemented ? "and implemented_at is not null" : "and implemented_at is null");
    }

    /** Only those whose voting ends from the one time on and before the other; null leaves that side open. */
    public ProposalFilter votingEnds(@Nullable Instant from, @Nullable Instant to) {
        return between("and voting_ends_at >= ?", from, "and voting_ends_at < ?", to);
    }

    /** Only those created from the one time on and before the other; null leaves that side open. */
    public ProposalFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
