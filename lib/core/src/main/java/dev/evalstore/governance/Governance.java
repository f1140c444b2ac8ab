package dev.evalstore.governance;

import dev.evalstore.exchange.Exchange;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.function.Function;

/** Governance: how members decide about changes of the exchange. */
public final class Governance extends GovernanceReads {
    private final Function<Jdbc, Exchange> exchange;

    /**
     * Called by {@code Repositories} alone.
     *
     * @param exchange what is decided is applied to
     */
    public Governance(Jdbc jdbc, Function<Jdbc, Exchange> exchange) {
        super(jdbc);
        this.exchange = exchange;
    }

    /** Proposals of changes, and the votes on them. */
    @Override
    public ProposalRepository proposals() {
        return new ProposalRepository(jdbc, exchange);
    }

    /** Reviews of proposals, and the comments in them. */
    @Override
    public ReviewRepository reviews() {
        return new ReviewRepository(jdbc);
    }

    /** Amendments: changes of what a proposal proposes. */
    @Override
    public AmendmentRepository amendments() {
        return new AmendmentRepository(jdbc);
    }
}
