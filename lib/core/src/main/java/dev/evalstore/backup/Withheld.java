package dev.evalstore.backup;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;

/** What stands in for hashes and secrets that a backup does not have: no password, and keys and secrets that nobody knows. */
final class Withheld {
    /** Two version 4 ids have 244 random bits from the server's strong source. */
    private static final String UNKNOWN_KEYS = """
            alter table evalstore.api_keys alter column key_hash
                set default sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))""";

    private static final String NO_DEFAULT = "alter table evalstore.api_keys alter column key_hash drop default";

    private static final String SECRET_RULE = "event_subscriptions_secret_by_delivery";

    private static final String NEW_SECRETS = """
            /* restore.new_secrets */ update evalstore.event_subscriptions
            set secret = 'whsec_' || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'),
                enabled = false, disabled_reason = coalesce(disabled_reason, 'pause')
            where delivery = 'webhook'""";

    private static final String WITHOUT_PASSWORD = """
            /* restore.without_password */ select count(*) as n from evalstore.users where deleted_at is null""";

    private final Jdbc tx;
    private final boolean isWithheld;
    private final boolean hasWebhooks;
    private long passwords;
    private long webhooks;

    Withheld(Jdbc tx, BackupManifest manifest) {
        this.tx = tx;
        // An old backup may be of a time before there were keys.
        this.isWithheld = !manifest.hashes() && manifest.table("api_keys").isPresent();
        this.hasWebhooks = manifest.table("event_subscriptions").isPresent();
    }

    void before(Deferred deferred) {
        if (isWithheld) {
            tx.script("restore.ddl", tx.inSchema(UNKNOWN_KEYS));
            deferred.take(SECRET_RULE);
        }
    }

    void after() {
        if (isWithheld) {
            tx.script("restore.ddl", tx.inSchema(NO_DEFAULT));
            webhooks = hasWebhooks ? tx.update(Sql.of(NEW_SECRETS)) : 0;
            passwords = tx.one(Sql.of(WITHOUT_PASSWORD), row -> row.bigint("n"));
        }
    }

    long passwords() {
        return passwords;
    }

    long webhooks() {
        return webhooks;
    }
}
