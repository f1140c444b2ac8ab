package dev.evalstore.tenant;

/** Whether a tenant can be worked with. */
public enum TenantState {
    /** It has this library's version. */
    CURRENT,
    /** It has an older version, or a migration was broken off; {@link Tenants#migrateAll} goes on. */
    BEHIND,
    /** It has a version that this library does not know. */
    NEWER,
    /** A drop was broken off, or is under way; {@link Tenants#drop} goes on. */
    DROPPING,
    /** Its history cannot be read, or tells of a failure; {@link Tenant#problem} says more. */
    BROKEN
}
