package dev.evalstore.governance;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link ProposalRepository} that only read. */
public sealed class ProposalReads extends TableRows<Proposal, ProposalFilter> permits ProposalRepository {
    static final Table<Proposal> TABLE = ProposalRows.TABLE;

    ProposalReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The user's vote on the proposal; empty when there is none. */
    public Optional<Vote> findVote(UUID id, UUID user) {
        return ProposalRows.VOTES.find(
                jdbc, List.of(Objects.requireNonNull(id, "id"), Objects.requireNonNull(user, "user")));
    }

    /**
     * A page of the votes on a proposal that the filter admits, first given last first. Empty when there are none.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<Vote> votes(UUID id, VoteFilter filter, int limit, @Nullable Cursor after) {
        return Voting.ofProposal(jdbc, id, filter, limit, after);
    }

    /** How many votes on a proposal the filter admits. Counts them. */
    public long countVotes(UUID id, VoteFilter filter) {
        return Voting.count(jdbc, id, filter);
    }

    /**
     * A page of a user's votes, on any proposal, that the filter admits, first given last first. Empty when there are none.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<Vote> votesOf(UUID user, VoteFilter filter, int limit, @Nullable Cursor after) {
        return Voting.ofUser(jdbc, user, filter, limit, after);
    }
}
