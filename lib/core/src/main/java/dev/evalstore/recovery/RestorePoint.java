package dev.evalstore.recovery;

import dev.evalstore.Lsn;
import java.time.Instant;

/**
 * A named point in the log, at which a recovery stops with {@code recovery_target_name}.
 *
 * @param name its name
 * @param lsn where it is in the log
 * @param createdAt when it was made, by the server's clock
 */
public record RestorePoint(String name, Lsn lsn, Instant createdAt) {}
