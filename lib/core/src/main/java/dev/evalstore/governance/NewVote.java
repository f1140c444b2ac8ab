package dev.evalstore.governance;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A vote to store; {@link Vote} describes the fields.
 *
 * @param power 1 to 1,000,000; the host says what a user's vote weighs
 * @param reasoning not blank and at most 5,000 characters, or null
 */
public record NewVote(
        UUID proposalId,
        UUID userId,
        VoteChoice choice,
        int power,
        @Nullable String reasoning) {
    private static final int MAX_POWER = 1_000_000;
    private static final int MAX_REASONING = 5_000;

    public NewVote {
        Objects.requireNonNull(proposalId, "proposalId");
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(choice, "choice");
        Check.range("power", power, 1, MAX_POWER);
        Check.textOrNull("reasoning", reasoning, MAX_REASONING);
    }

    /** With the power 1. */
    public static NewVote of(UUID proposalId, UUID userId, VoteChoice choice) {
        return new NewVote(proposalId, userId, choice, 1, null);
    }

    public NewVote power(int value) {
        return new NewVote(proposalId, userId, choice, value, reasoning);
    }

    public NewVote reasoning(String value) {
        return new NewVote(proposalId, userId, choice, power, Objects.requireNonNull(value, "reasoning"));
    }

    /** The fields that may be logged: no text. */
    @Override
    public String toString() {
        return "NewVote[proposalId=" + proposalId + ", userId=" + userId + ", choice=" + choice + ", power=" + power
                + "]";
    }
}
