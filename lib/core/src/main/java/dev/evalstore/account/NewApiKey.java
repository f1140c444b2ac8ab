package dev.evalstore.account;

import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key to create.
 *
 * @param userId whose it is to be
 * @param name what to call it; not blank
 * @param scopes what it may be used for, in the host's words; none of them blank
 * @param expiresAt when it ends, or null for never
 */
public record NewApiKey(
        UUID userId,
        String name,
        List<String> scopes,
        @Nullable Instant expiresAt) {
    public NewApiKey {
        Objects.requireNonNull(userId, "userId");
        Check.text("name", name);
        scopes = Check.texts("scopes", scopes);
    }

    /** A key that does not end. */
    public static NewApiKey of(UUID userId, String name, String... scopes) {
        return new NewApiKey(userId, name, List.of(scopes), null);
    }

    /** The same until then. */
    public NewApiKey expiresAt(Instant end) {
        return new NewApiKey(userId, name, scopes, end);
    }
}
