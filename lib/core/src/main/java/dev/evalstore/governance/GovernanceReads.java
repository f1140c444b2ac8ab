package dev.evalstore.governance;

import dev.evalstore.internal.jdbc.Jdbc;

/** What of the room {@link Governance} only reads. */
public sealed class GovernanceReads permits Governance {
    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public GovernanceReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Proposals of changes, and the votes on them. */
    public ProposalReads proposals() {
        return new ProposalReads(jdbc);
    }

    /** Reviews of proposals, and the comments in them. */
    public ReviewReads reviews() {
        return new ReviewReads(jdbc);
    }

    /** Amendments: changes of what a proposal proposes. */
    public AmendmentReads amendments() {
        return new AmendmentReads(jdbc);
    }
}
