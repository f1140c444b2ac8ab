package dev.evalstore.internal.jdbc;

import dev.evalstore.ActingContext;
import dev.evalstore.Json;
import org.jspecify.annotations.Nullable;

/** On whose behalf statements run, and the log that their audited writes go to. */
public record Acting(ActingContext context, AuditLog log) {
    /** Takes audit entries; implemented above this package, which knows no table. */
    @FunctionalInterface
    public interface AuditLog {
        void append(
                Jdbc jdbc,
                String action,
                String entityType,
                String entityId,
                @Nullable Json changes,
                @Nullable Json metadata);
    }
}
