package dev.evalstore.tenant;

import java.util.List;

/**
 * What became of work over all tenants.
 *
 * @param done how many were worked on
 * @param skipped how many needed nothing, or were dropped meanwhile
 * @param left how many were not begun, since the calling thread was interrupted
 * @param failures those that failed, by name
 */
public record TenantReport(int done, int skipped, int left, List<Failure> failures) {
    public TenantReport {
        failures = List.copyOf(failures);
    }

    /** Whether all was done. */
    public boolean isComplete() {
        return left == 0 && failures.isEmpty();
    }

    /**
     * A tenant that failed.
     *
     * @param tenant its name
     * @param message why
     * @param cause what was thrown; of a tenant that could not be begun, an exception that says so
     */
    public record Failure(String tenant, String message, Throwable cause) {}
}
