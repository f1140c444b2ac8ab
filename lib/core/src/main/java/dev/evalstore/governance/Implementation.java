package dev.evalstore.governance;

import dev.evalstore.Json;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Applies what was approved to the exchange, in the commit that says so. Lock order: the proposal, then the definition. */
final class Implementation {
    private static final Table<Proposal> TABLE = ProposalRows.TABLE;
    private static final int MAX_REASON = 1_000;

    private Implementation() {}

    static Proposal apply(Jdbc tx, UUID id, @Nullable UUID by, Function<Jdbc, Exchange> exchange) {
        Proposal locked = Voting.lock(tx, id);
        Voting.now(tx, by, "implement");
        if (locked.status() != ProposalStatus.APPROVED) {
            throw Voting.refused(locked, "implement");
        }
        if (locked.implementedAt() != null) {
            throw Voting.refused(locked, "is implemented already", "implement");
        }
        UUID definition = effect(locked, exchange.apply(tx).definitions());
        Columns values = new Columns()
                .set("definition_id", definition)
                .now("implemented_at")
                .set("implemented_by", by);
        return TABLE.move(tx, id, "implement", "status = 'approved' and implemented_at is null", values);
    }

    /** Returns the definition that the proposal is about from now on. */
    private static @Nullable UUID effect(Proposal proposal, DefinitionRepository definitions) {
        switch (proposal.kind()) {
            case NEW_BENCHMARK -> {
                ProposedDefinition.Created created =
                        ProposedDefinition.created(document(proposal), proposal.createdBy());
                return definitions
                        .create(
                                created.definition(),
                                created.first().number(),
                                created.first().version())
                        .id();
            }
            case UPDATE_BENCHMARK -> update(proposal, definitions);
            case DEPRECATE_BENCHMARK -> definitions.deprecate(definition(proposal), reason(proposal.rationale()));
            case POLICY_CHANGE -> {}
        }
        return proposal.definitionId();
    }

    private static void update(Proposal proposal, DefinitionRepository definitions) {
        UUID definition = definition(proposal);
        ProposedDefinition.Updated updated = ProposedDefinition.updated(document(proposal), proposal.createdBy());
        definitions.update(definition, updated.change());
        ProposedDefinition.Version next = updated.next();
        if (next != null) {
            definitions.publish(definition, next.number(), next.version().copyCases());
        }
    }

    private static UUID definition(Proposal proposal) {
        return Objects.requireNonNull(proposal.definitionId());
    }

    private static Json document(Proposal proposal) {
        return Objects.requireNonNull(proposal.proposedDefinition());
    }

    /** As much of it as a definition holds. */
    private static String reason(String rationale) {
        int length = rationale.codePointCount(0, rationale.length());
        return length <= MAX_REASON
                ? rationale
                : rationale.substring(0, rationale.offsetByCodePoints(0, MAX_REASON - 1)) + "…";
    }
}
