package dev.evalstore.tenant;

import dev.evalstore.Database;

/**
 * Work for each tenant.
 *
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface TenantWork<X extends Exception> {
    /**
     * Does it for one tenant.
     *
     * @param tenant the store on the tenant's schema; closing it does nothing
     */
    void run(Database tenant) throws X;
}
