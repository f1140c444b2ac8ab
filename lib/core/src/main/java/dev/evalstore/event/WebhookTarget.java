package dev.evalstore.event;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.Secret;
import java.util.List;

/**
 * Where the events of a subscription go, and what signs them.
 *
 * @param secrets the newest first; while one is rotated, the one before it too
 */
record WebhookTarget(String endpoint, @Secret List<String> secrets) {
    WebhookTarget {
        secrets = Check.list("secrets", secrets);
    }

    /** Safe to log: without the secrets, and without the address, which may hold one. */
    @Override
    public String toString() {
        return "WebhookTarget[***]";
    }
}
