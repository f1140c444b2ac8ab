package dev.evalstore.governance;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.StoredJson;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An amendment to propose; {@link ProposalAmendment} describes the fields.
 *
 * @param title not blank, at most 200 characters
 * @param description not blank, at most 20,000 characters
 * @param changes a JSON object with at least one member, at most 1,000,000 characters
 * @param createdBy the user who proposes it; null for the platform
 */
public record NewAmendment(
        UUID proposalId,
        String title,
        String description,
        Json changes,
        @Nullable UUID createdBy) {
    private static final int MAX_TITLE = 200;
    private static final int MAX_DESCRIPTION = 20_000;
    private static final int MAX_CHANGES = 1_000_000;

    public NewAmendment {
        Objects.requireNonNull(proposalId, "proposalId");
        Check.text("title", title, 1, MAX_TITLE);
        Check.text("description", description, 1, MAX_DESCRIPTION);
        StoredJson.atMost("changes", changes, MAX_CHANGES);
        if (MergePatch.isEmpty(changes)) {
            throw new IllegalArgumentException("changes must be a JSON object with at least one member");
        }
    }

    /** Of the platform. */
    public static NewAmendment of(UUID proposalId, String title, String description, Json changes) {
        return new NewAmendment(proposalId, title, description, changes, null);
    }

    public NewAmendment createdBy(UUID user) {
        return new NewAmendment(proposalId, title, description, changes, Objects.requireNonNull(user, "createdBy"));
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "NewAmendment[proposalId=" + proposalId + ", createdBy=" + createdBy + "]";
    }
}
