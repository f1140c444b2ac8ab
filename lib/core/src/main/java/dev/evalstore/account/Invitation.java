package dev.evalstore.account;

import dev.evalstore.Json;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An invitation that was redeemed: what adding the member takes.
 *
 * @param tokenId the id of its {@link UserToken}
 * @param email the address that the invitation was sent to
 * @param metadata what {@link UserTokenRepository#invite} was given, such as the member's role, or null
 */
public record Invitation(
        UUID tokenId,
        UUID organizationId,
        String email,
        @Nullable Json metadata) {
    /** Safe to log: nothing personal. */
    @Override
    public String toString() {
        return "Invitation[tokenId=" + tokenId + ", organizationId=" + organizationId + "]";
    }
}
