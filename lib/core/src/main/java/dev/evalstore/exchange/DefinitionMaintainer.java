package dev.evalstore.exchange;

import java.time.Instant;
import java.util.UUID;

/**
 * A user who looks after a benchmark definition. The platform decides what a maintainer may do. In audit entries its id
 * is {@code definition/user}.
 *
 * @param createdAt when the user became a maintainer, by the server's clock
 */
public record DefinitionMaintainer(UUID definitionId, UUID userId, Instant createdAt) {}
