package dev.evalstore.account;

import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key to create; {@link ApiKey} describes the fields. No text may be blank.
 *
 * @param expiresAt of the years 1 to 9999, or null for never
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
        Check.timeOrNull("expiresAt", expiresAt);
    }

    /** A key that never expires. */
    public static NewApiKey of(UUID userId, String name, String... scopes) {
        return new NewApiKey(userId, name, Check.list("scopes", scopes), null);
    }

    public NewApiKey expiresAt(Instant value) {
        return new NewApiKey(userId, name, scopes, value);
    }
}
