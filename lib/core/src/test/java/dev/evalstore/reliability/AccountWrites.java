package dev.evalstore.reliability;

import static dev.evalstore.reliability.Write.Trait.ADDS;
import static dev.evalstore.reliability.Write.Trait.IN_PIECES;
import static dev.evalstore.reliability.Write.Trait.PASSES_OVER;

import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.IssuedToken;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.UserRole;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.audit.NewMonitoringEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** Of users, keys, the audit log and events. */
final class AccountWrites {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

    private AccountWrites() {}

    static List<Write<?>> accounts() {
        return List.of(
                Write.of("users.create/1", lab -> 0, (r, x) -> r.users().create(Lab.newUser())),
                Write.of(
                        "users.update/2",
                        Lab::user,
                        (r, user) -> r.users().update(user.id(), UpdateUser.NOTHING.role(UserRole.ADMIN))),
                Write.of(
                        "users.updateLastLogin/1",
                        Lab::user,
                        (r, user) -> r.users().updateLastLogin(user.id())),
                Write.of(
                                "users.update/2",
                                Lab::user,
                                (r, user) -> r.users().update(user.id(), UpdateUser.NOTHING.active(false)))
                        .like("deactivating"),
                Write.of(
                                "users.recordActivity/1",
                                Lab::user,
                                (r, user) -> r.users().recordActivity(user.id()))
                        .which(PASSES_OVER),
                Write.of(
                        "users.setPassword/2",
                        Lab::user,
                        (r, user) -> r.users().setPassword(user.id(), "another of hers")),
                Write.of(
                        "users.authenticate/2",
                        Lab::user,
                        (r, user) -> r.users().authenticate("anna", "a password of hers")),
                Write.of("users.softDelete/1", Lab::user, (r, user) -> r.users().softDelete(user.id())),
                Write.of("users.anonymize/1", Lab::user, (r, user) -> r.users().anonymize(user.id())),
                Write.of(
                        "users.delete/1",
                        Lab::key,
                        (r, key) -> r.users().delete(key.key().userId())),
                Write.of(
                                "apiKeys.create/1",
                                Lab::user,
                                (r, user) -> r.apiKeys().create(NewApiKey.of(user.id(), "k", "read")))
                        .which(ADDS),
                Write.of("apiKeys.verify/1", Lab::key, (r, key) -> r.apiKeys().verify(key.secret()))
                        .which(PASSES_OVER),
                Write.of("apiKeys.verify/2", Lab::key, (r, key) -> r.apiKeys().verify(key.secret(), "read"))
                        .which(PASSES_OVER),
                Write.of(
                        "apiKeys.setActive/2",
                        Lab::key,
                        (r, key) -> r.apiKeys().setActive(key.key().id(), false)),
                Write.of(
                                "apiKeys.setActive/2",
                                lab -> {
                                    IssuedApiKey key = lab.key();
                                    lab.sql("update evalstore.api_keys set active = false");
                                    return key;
                                },
                                (r, key) -> r.apiKeys().setActive(key.key().id(), true))
                        .like("again"),
                Write.of(
                        "apiKeys.revoke/1",
                        Lab::key,
                        (r, key) -> r.apiKeys().revoke(key.key().id())),
                Write.of(
                                "apiKeys.rotate/3",
                                Lab::key,
                                (r, key) -> r.apiKeys().rotate(key.key().id(), DAY, null))
                        .which(ADDS),
                Write.of(
                        "apiKeys.delete/1",
                        Lab::key,
                        (r, key) -> r.apiKeys().delete(key.key().id())));
    }

    static List<Write<?>> tokens() {
        return List.of(
                Write.of(
                        "tokens.issue/3",
                        lab -> {
                            IssuedToken earlier = issued(lab, TokenPurpose.PASSWORD_RESET);
                            lab.sql("update evalstore.user_tokens set expires_at = now() - interval '1 day'");
                            return earlier.token().userId();
                        },
                        (r, user) -> r.users().tokens().issue(user, TokenPurpose.PASSWORD_RESET, DAY)),
                Write.of(
                        "tokens.invite/4",
                        lab -> invited(lab).token().organizationId(),
                        (r, to) -> r.users().tokens().invite(to, "NEW@example.org", DAY, Lab.SOME)),
                Write.of(
                        "tokens.redeem/2",
                        lab -> issued(lab, TokenPurpose.PASSWORD_RESET),
                        (r, token) -> r.users().tokens().redeem(TokenPurpose.PASSWORD_RESET, token.secret())),
                Write.of(
                        "tokens.redeemInvitation/1",
                        AccountWrites::invited,
                        (r, token) -> r.users().tokens().redeemInvitation(token.secret())),
                Write.of(
                        "tokens.resetPassword/2",
                        lab -> issued(lab, TokenPurpose.PASSWORD_RESET),
                        (r, token) -> r.users().tokens().resetPassword(token.secret(), "another of hers")),
                Write.of(
                        "tokens.verifyEmail/1",
                        lab -> issued(lab, TokenPurpose.EMAIL_VERIFICATION),
                        (r, token) -> r.users().tokens().verifyEmail(token.secret())),
                Write.of(
                        "tokens.delete/1",
                        AccountWrites::invited,
                        (r, token) -> r.users().tokens().delete(token.token().id())),
                Write.of(
                                "tokens.cleanup/0",
                                lab -> {
                                    lab.sql("update evalstore.user_tokens set expires_at = now() - interval '1 day'"
                                            + " where id = '"
                                            + invited(lab).token().id() + "'");
                                    return 0;
                                },
                                (r, x) -> r.users().tokens().cleanup())
                        .which(IN_PIECES));
    }

    private static IssuedToken issued(Lab lab, TokenPurpose purpose) {
        return lab.db().users().tokens().issue(lab.user().id(), purpose, DAY);
    }

    private static IssuedToken invited(Lab lab) {
        UUID organization = UUID.randomUUID();
        lab.sql("insert into evalstore.organizations (id, slug, name, type) values ('" + organization
                + "', 'acme', 'Acme', 'enterprise')");
        return lab.db().users().tokens().invite(organization, "new@example.org", DAY, null);
    }

    static List<Write<?>> audit() {
        return List.of(
                Write.of("audit.record/1", lab -> 0, (r, x) -> r.audit().record(NewAuditEntry.of("a", "e", "1")))
                        .which(ADDS),
                Write.of(
                                "audit.recordAll/1",
                                lab -> 0,
                                (r, x) -> r.audit().recordAll(Collections.nCopies(20, NewAuditEntry.of("a", "e", "1"))))
                        .which(ADDS),
                Write.of(
                                "monitoring.append/1",
                                lab -> 0,
                                (r, x) -> r.monitoring().append(NewMonitoringEvent.of("t", "s")))
                        .which(ADDS),
                Write.of(
                                "monitoring.append/1",
                                lab -> 0,
                                (r, x) -> r.monitoring()
                                        .append(NewMonitoringEvent.of("t", "s").occurredAt(LONG_AGO)))
                        .like("of a month without a partition")
                        .which(ADDS, IN_PIECES),
                Write.of(
                                "monitoring.appendAll/1",
                                lab -> 0,
                                (r, x) -> r.monitoring()
                                        .appendAll(Collections.nCopies(20, NewMonitoringEvent.of("t", "s"))))
                        .which(ADDS),
                Write.of(
                                "monitoring.cleanup/1",
                                lab -> lab.db()
                                        .monitoring()
                                        .append(NewMonitoringEvent.of("t", "s").occurredAt(LONG_AGO)),
                                (r, x) -> r.monitoring().cleanup(Duration.ofDays(4_000)))
                        .which(IN_PIECES));
    }
}
