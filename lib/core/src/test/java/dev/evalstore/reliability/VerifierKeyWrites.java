package dev.evalstore.reliability;

import dev.evalstore.exchange.NewVerifierKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Of verifiers' keys. */
final class VerifierKeyWrites {
    private static final PublicKey KEY =
            NewVerifierKey.parse("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");

    private static final Instant LATER = Instant.parse("2099-01-01T00:00:00Z");
    private static final Instant EARLIER = Instant.parse("2025-01-01T00:00:00Z");

    private VerifierKeyWrites() {}

    private static NewVerifierKey key(UUID user) {
        return NewVerifierKey.ofUser(user, "key-1", KEY);
    }

    private static UUID registered(Lab lab) {
        return lab.db().exchange().verifierKeys().register(key(lab.user().id())).id();
    }

    static List<Write<?>> verifierKeys() {
        return List.of(
                Write.of(
                        "verifierKeys.register/1",
                        Lab::user,
                        (r, user) -> r.exchange().verifierKeys().register(key(user.id()))),
                Write.of(
                        "verifierKeys.expire/2",
                        VerifierKeyWrites::registered,
                        (r, id) -> r.exchange().verifierKeys().expire(id, LATER)),
                Write.of(
                        "verifierKeys.revoke/1",
                        VerifierKeyWrites::registered,
                        (r, id) -> r.exchange().verifierKeys().revoke(id)),
                Write.of(
                        "verifierKeys.revoke/2",
                        VerifierKeyWrites::registered,
                        (r, id) -> r.exchange().verifierKeys().revoke(id, EARLIER)));
    }
}
