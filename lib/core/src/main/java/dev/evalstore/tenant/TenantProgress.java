package dev.evalstore.tenant;

/**
 * How far work over all tenants has come.
 *
 * @param tenant the one that has just ended
 * @param failed whether it failed
 * @param ended how many have ended
 * @param all how many there are to do
 */
public record TenantProgress(String tenant, boolean failed, int ended, int all) {}
