package dev.evalstore.governance;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of a draft, by the rules of {@link NewProposal}; {@link Proposal} describes the fields. Kind and definition stay
 * as they are. Immutable.
 */
public final class UpdateProposal extends Assignments<UpdateProposal> {
    /** Changes nothing. */
    public static final UpdateProposal NOTHING = new UpdateProposal(new Columns(), null);

    private final @Nullable Json proposedDefinition;

    private UpdateProposal(Columns columns, @Nullable Json proposedDefinition) {
        super(columns, changed -> new UpdateProposal(changed, proposedDefinition));
        this.proposedDefinition = proposedDefinition;
    }

    public UpdateProposal title(String value) {
        return with("title", ProposalRules.title(value));
    }

    public UpdateProposal description(String value) {
        return with("description", ProposalRules.description(value));
    }

    public UpdateProposal rationale(String value) {
        return with("rationale", ProposalRules.rationale(value));
    }

    /** Of a new benchmark or an update. What it holds is checked when the update is made, by the proposal's kind. */
    public UpdateProposal proposedDefinition(Json value) {
        Json checked = ProposedDefinition.size(Objects.requireNonNull(value, "proposedDefinition"));
        return new UpdateProposal(with("proposed_definition", checked).columns(), checked);
    }

    /** The new document; null where it stays as it is. */
    @Nullable
    Json proposedDefinition() {
        return proposedDefinition;
    }

    public UpdateProposal quorum(long value) {
        return with("quorum", ProposalRules.quorum(value));
    }

    public UpdateProposal threshold(BigDecimal value) {
        return with("threshold", ProposalRules.threshold(value));
    }

    public UpdateProposal discussionUrl(Patch<String> change) {
        ProposalRules.discussionUrl(valueOf("discussionUrl", change));
        return with("discussion_url", change);
    }

    /** At most 20,000 characters. */
    public UpdateProposal notes(Patch<String> change) {
        ProposalRules.notes(valueOf("notes", change));
        return with("notes", change);
    }
}
