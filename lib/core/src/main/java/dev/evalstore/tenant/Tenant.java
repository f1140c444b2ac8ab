package dev.evalstore.tenant;

import org.jspecify.annotations.Nullable;

/**
 * A schema that this library was migrated to.
 *
 * @param name the schema
 * @param version the newest migration applied, 0 if there is none or it cannot be read
 * @param state whether it can be worked with
 * @param problem what is wrong with a broken one, without values; null otherwise
 */
public record Tenant(
        String name,
        int version,
        TenantState state,
        @Nullable String problem) {
    /** Whether it has this library's version. */
    public boolean isCurrent() {
        return state == TenantState.CURRENT;
    }
}
