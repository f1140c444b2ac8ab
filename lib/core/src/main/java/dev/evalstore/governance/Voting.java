package dev.evalstore.governance;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Votes on proposals, and what closes them. Whoever writes a vote or moves a proposal first locks the proposal, and asks for
 * the time in a later statement. So a vote in the window is counted before the proposal is closed, whatever it waits for
 * then, and one that has waited until the window's end is refused. Lock order: the proposal, the vote, then the user.
 */
final class Voting {
    private static final Table<Proposal> TABLE = ProposalRows.TABLE;
    private static final Table<Vote> VOTES = ProposalRows.VOTES;

    private static final Keyset<Vote> OF_PROPOSAL =
            Keyset.newestFirst("votes", "created_at", "user_id", Vote::createdAt, Vote::userId);
    private static final Keyset<Vote> OF_USER =
            Keyset.newestFirst("votes_of", "created_at", "proposal_id", Vote::createdAt, Vote::proposalId);

    /** Foreign keys of votes, reviews and amendments do not wait for it. */
    private static final String LOCK = """
            and id = ? for no key update""";

    /** Null for an unknown user. */
    private static final String MOMENT = """
            /* proposals.moment */ select statement_timestamp() as now,
                (select u.active from evalstore.users u where u.id = ?) as active""";

    /** With the time that was compared with the window. */
    private static final String CHANGE = """
            /* votes.change */ update evalstore.votes
            set choice = ?, power = ?, reasoning = ?, updated_at = ?
            where proposal_id = ? and user_id = ?
            returning {columns}""";

    /** Whoever votes or comments in an open transaction keeps one proposal open, and not those behind it. */
    private static final String LOCK_DUE = """
            /* proposals.lock_due */ select id from evalstore.proposals
            where status = 'voting' and voting_ends_at <= statement_timestamp()
            order by voting_ends_at, id limit 1
            for no key update skip locked""";

    private static final String COUNT = """
            /* votes.count */ select count(*) as n from evalstore.votes where proposal_id = ?""";

    private Voting() {}

    /** What a proposal that is locked must be compared with. */
    record Moment(Instant now, @Nullable Boolean active) {
        static Moment map(Row row) throws SQLException {
            return new Moment(row.instant("now"), row.boolOrNull("active"));
        }
    }

    static Proposal lock(Jdbc tx, UUID id) {
        return tx.change(TABLE.selectAll("lock").and(LOCK, id), TABLE.mapper()).orElseThrow(() -> TABLE.notFound(id));
    }

    /**
     * The server's time.
     *
     * @param user who acts, or null; an unknown one is left to the foreign key
     * @throws ConflictException if the user is inactive
     */
    static Instant now(Jdbc tx, @Nullable UUID user, String verb) {
        Moment moment = tx.one(Sql.of(MOMENT, user), Moment::map);
        if (Boolean.FALSE.equals(moment.active())) {
            throw new ConflictException("user " + user + " is not active: cannot " + verb);
        }
        return moment.now();
    }

    static ConflictException refused(Proposal proposal, String verb) {
        return refused(proposal, "is " + proposal.status().name().toLowerCase(Locale.ROOT), verb);
    }

    static ConflictException refused(Proposal proposal, String state, String verb) {
        return new ConflictException("proposal " + proposal.id() + " " + state + ": cannot " + verb);
    }

    static Proposal vote(Jdbc tx, NewVote vote) {
        UUID id = vote.proposalId();
        Proposal locked = lock(tx, id);
        Instant now = now(tx, vote.userId(), "vote");
        requireWindow(locked, now, "vote");
        List<UUID> key = List.of(id, vote.userId());
        Vote before = VOTES.find(tx, key).orElse(null);
        if (before == null) {
            Vote created = VOTES.create(
                    tx,
                    new Columns()
                            .set("proposal_id", id)
                            .set("user_id", vote.userId())
                            .set("choice", vote.choice())
                            .set("power", vote.power())
                            .set("reasoning", vote.reasoning())
                            .set("created_at", now)
                            .set("updated_at", now));
            GovernanceMarks.mark(tx, vote.userId());
            return count(tx, id, null, created);
        }
        boolean isSame = before.choice() == vote.choice()
                && before.power() == vote.power()
                && Objects.equals(before.reasoning(), vote.reasoning());
        return isSame ? locked : count(tx, id, before, change(tx, key, vote, now));
    }

    private static Vote change(Jdbc tx, List<UUID> key, NewVote vote, Instant now) {
        Sql change = Sql.of(
                VOTES.text(CHANGE),
                vote.choice(),
                vote.power(),
                vote.reasoning(),
                now,
                vote.proposalId(),
                vote.userId());
        return VOTES.write(tx, "change", key, change);
    }

    static boolean withdrawVote(Jdbc tx, UUID id, UUID user) {
        Proposal locked = lock(tx, id);
        requireWindow(locked, now(tx, null, "withdraw a vote"), "withdraw a vote");
        List<UUID> key = List.of(id, user);
        Optional<Vote> vote = VOTES.find(tx, key);
        if (vote.isEmpty()) {
            return false;
        }
        VOTES.delete(tx, key, "withdraw");
        GovernanceMarks.mark(tx, user);
        count(tx, id, vote.get(), null);
        return true;
    }

    private static void requireWindow(Proposal locked, Instant now, String verb) {
        if (locked.status() != ProposalStatus.VOTING) {
            throw refused(locked, verb);
        }
        if (now.isBefore(Objects.requireNonNull(locked.votingStartsAt()))) {
            throw refused(locked, "is not voted on yet", verb);
        }
        if (hasEnded(locked, now)) {
            throw refused(locked, "is not voted on any more", verb);
        }
    }

    private static boolean hasEnded(Proposal locked, Instant now) {
        return !now.isBefore(Objects.requireNonNull(locked.votingEndsAt()));
    }

    private static Proposal count(Jdbc tx, UUID id, @Nullable Vote before, @Nullable Vote after) {
        Columns counts = new Columns()
                .expression("votes_for", "votes_for + ?", change(VoteChoice.APPROVE, before, after))
                .expression("votes_against", "votes_against + ?", change(VoteChoice.REJECT, before, after))
                .expression("votes_abstain", "votes_abstain + ?", change(VoteChoice.ABSTAIN, before, after));
        return TABLE.update(tx, id, "count_votes", counts);
    }

    private static long change(VoteChoice counted, @Nullable Vote before, @Nullable Vote after) {
        return power(counted, after) - power(counted, before);
    }

    private static long power(VoteChoice counted, @Nullable Vote vote) {
        return vote != null && vote.choice() == counted ? vote.power() : 0;
    }

    static Proposal open(Jdbc tx, UUID id, UnaryOperator<Instant> startsAt, UnaryOperator<Instant> endsAt) {
        Proposal locked = lock(tx, id);
        Instant now = now(tx, null, "open voting");
        if (locked.status() != ProposalStatus.UNDER_REVIEW) {
            throw refused(locked, "open voting");
        }
        Instant asked = startsAt.apply(now);
        Instant start = asked.isBefore(now) ? now : asked;
        Instant end = endsAt.apply(now);
        if (!end.isAfter(now)) {
            throw new IllegalArgumentException("votingEndsAt must be after now, by the server's clock");
        }
        Columns values = new Columns()
                .set("status", ProposalStatus.VOTING)
                .set("voting_starts_at", start)
                .set("voting_ends_at", end);
        return TABLE.move(tx, id, "open_voting", "status = 'under_review'", values);
    }

    static Proposal withdraw(Jdbc tx, UUID id) {
        Proposal locked = lock(tx, id);
        Instant now = now(tx, null, "withdraw");
        if (locked.status() == ProposalStatus.VOTING && hasEnded(locked, now)) {
            throw refused(locked, "is not voted on any more", "withdraw");
        }
        return TABLE.move(
                tx,
                id,
                "withdraw",
                "status in ('draft', 'under_review', 'voting')",
                new Columns().set("status", ProposalStatus.WITHDRAWN));
    }

    /** Closed by this call, or before. */
    static Proposal close(Jdbc tx, UUID id) {
        Proposal locked = lock(tx, id);
        if (locked.outcome() != null) {
            return locked;
        }
        Instant now = now(tx, null, "close");
        if (locked.status() != ProposalStatus.VOTING) {
            throw refused(locked, "close");
        }
        if (!hasEnded(locked, now)) {
            throw refused(locked, "is voted on", "close");
        }
        return close(tx, locked);
    }

    private static Proposal close(Jdbc tx, Proposal locked) {
        ProposalOutcome outcome = outcome(
                locked.votesFor(), locked.votesAgainst(), locked.votesAbstain(), locked.quorum(), locked.threshold());
        boolean isApproved = outcome == ProposalOutcome.APPROVED;
        Columns values = new Columns()
                .set("status", isApproved ? ProposalStatus.APPROVED : ProposalStatus.REJECTED)
                .set("outcome", outcome);
        return TABLE.move(tx, locked.id(), isApproved ? "approve" : "reject", "status = 'voting'", values);
    }

    /** Turnout, then the share of those for it; what {@code proposals_outcome_by_votes} demands. */
    static ProposalOutcome outcome(
            long votesFor, long votesAgainst, long votesAbstain, long quorum, BigDecimal threshold) {
        long decided = votesFor + votesAgainst;
        if (decided + votesAbstain < quorum) {
            return ProposalOutcome.QUORUM_NOT_MET;
        }
        BigDecimal needed = threshold.multiply(BigDecimal.valueOf(decided));
        return decided > 0 && BigDecimal.valueOf(votesFor).compareTo(needed) >= 0
                ? ProposalOutcome.APPROVED
                : ProposalOutcome.REJECTED;
    }

    /** Closes the voting that ended first among those that nobody has locked; false where there is none. */
    static boolean closeDue(Jdbc tx) {
        Optional<UUID> due = tx.change(Sql.of(LOCK_DUE), row -> row.uuid("id"));
        due.ifPresent(id -> close(tx, lock(tx, id)));
        return due.isPresent();
    }

    static Page<Vote> ofProposal(Jdbc jdbc, UUID proposal, VoteFilter filter, int limit, @Nullable Cursor after) {
        Sql votes = VOTES.selectAll("list")
                .and("and proposal_id = ?", Objects.requireNonNull(proposal, "proposal"))
                .and(Objects.requireNonNull(filter, "filter"));
        return OF_PROPOSAL.read(jdbc, votes, VOTES.mapper(), limit, after);
    }

    static Page<Vote> ofUser(Jdbc jdbc, UUID user, VoteFilter filter, int limit, @Nullable Cursor after) {
        Sql votes = VOTES.selectAll("list_of_user")
                .and("and user_id = ?", Objects.requireNonNull(user, "user"))
                .and(Objects.requireNonNull(filter, "filter"));
        return OF_USER.read(jdbc, votes, VOTES.mapper(), limit, after);
    }

    static long count(Jdbc jdbc, UUID proposal, VoteFilter filter) {
        Sql count = Sql.of(COUNT, Objects.requireNonNull(proposal, "proposal"))
                .and(Objects.requireNonNull(filter, "filter"));
        return jdbc.one(count, row -> row.bigint("n"));
    }
}
