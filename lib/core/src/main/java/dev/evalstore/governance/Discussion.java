package dev.evalstore.governance;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A proposal that is locked to be reviewed, discussed or amended. Whoever writes a review, a comment or an amendment locks the
 * proposal before: so none of them is stored when the proposal has left the status that admits it. Lock order: proposal, then
 * review, comment or amendment, then user.
 *
 * @param active whether the user who acts is active; null for an unknown user, who is left to the foreign key, and for nobody
 */
record Discussion(
        UUID proposal,
        String status,
        boolean isClosed,
        boolean hasDefinition,
        @Nullable UUID createdBy,
        @Nullable Boolean active) {
    /** Foreign keys of votes and reviews do not wait for it. */
    private static final String LOCK = """
            /* proposals.lock_discussion */ select p.id, p.status, p.discussion_closed, p.created_by,
                p.proposed_definition is not null as has_definition,
                (select u.active from evalstore.users u where u.id = ?) as active
            from evalstore.proposals p where p.id = ?
            for no key update of p""";

    private static final List<String> DISCUSSED = List.of("under_review", "voting");

    /**
     * Locks the proposal.
     *
     * @param user who acts, or null
     * @param verb what is refused to an inactive user
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the user is inactive
     */
    static Discussion lock(Jdbc tx, UUID proposal, @Nullable UUID user, String verb) {
        Discussion locked = tx.change(Sql.of(LOCK, user, proposal), Discussion::map)
                .orElseThrow(() -> new NotFoundException("proposal", proposal));
        if (Boolean.FALSE.equals(locked.active())) {
            throw new ConflictException("user " + user + " is not active: cannot " + verb);
        }
        return locked;
    }

    /** The proposal is under review, or voted on. */
    Discussion requireDiscussed(String verb) {
        if (!DISCUSSED.contains(status)) {
            throw refused("is " + status, verb);
        }
        return this;
    }

    /** The same, and its discussion is not closed. */
    Discussion requireOpen(String verb) {
        requireDiscussed(verb);
        if (isClosed) {
            throw refused("has a closed discussion", verb);
        }
        return this;
    }

    /** The proposal is under review, and proposes a definition. What is voted on does not change. */
    Discussion requireAmendable(String verb) {
        if (!status.equals("under_review")) {
            throw refused("is " + status, verb);
        }
        if (!hasDefinition) {
            throw refused("proposes no definition", verb);
        }
        return this;
    }

    private ConflictException refused(String state, String verb) {
        return new ConflictException("proposal " + proposal + " " + state + ": cannot " + verb);
    }

    private static Discussion map(Row row) throws SQLException {
        return new Discussion(
                row.uuid("id"),
                row.text("status"),
                row.bool("discussion_closed"),
                row.bool("has_definition"),
                row.uuidOrNull("created_by"),
                row.boolOrNull("active"));
    }
}
