package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.account.ApiKeyRepository;
import dev.evalstore.account.TokenPurpose;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.UserFilter;
import dev.evalstore.account.UserRepository;
import dev.evalstore.account.UserTokenFilter;
import dev.evalstore.account.UserTokenRepository;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.event.EventDelivery;
import dev.evalstore.event.NewEventSubscription;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobStatus;
import dev.evalstore.organization.MemberRole;
import dev.evalstore.organization.OrganizationRepository;
import dev.evalstore.organization.UpdateOrganization;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A null that is no value is refused by the argument's name, and not by the line of the library that met it. */
@SuppressWarnings("NullAway")
class NullArgumentTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void is_named() {
        Database db = database.db();
        Map<ThrowingCallable, String> calls = Map.of(
                () -> db.users().authenticate(null, "password"), "login",
                () -> db.users().authenticate("ada", null), "password",
                () -> db.apiKeys().verify(null), "presented",
                () -> db.join(null), "connection",
                () -> Json.parse("1").as(null), "type",
                () -> JobFilter.ALL.statuses(Arrays.asList(JobStatus.PENDING, null)), "statuses",
                () -> DatabaseOptions.DEFAULT.events((String) null), "events",
                () -> NewModel.of("x", ModelKind.OPEN).tags((String[]) null), "tags",
                () -> NewEventSubscription.of("x", EventDelivery.PULL).eventTypes("a", null), "eventTypes",
                () -> db.events().subscriptions().rewind(null, 1), "id");
        calls.forEach((call, name) -> assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name));
    }

    @Test
    void an_id_or_a_change_is_named_before_the_database_is_asked() {
        Database db = database.db();
        UserRepository users = db.users();
        UserTokenRepository tokens = users.tokens();
        ApiKeyRepository keys = db.apiKeys();
        OrganizationRepository organizations = db.organizations();
        UUID id = UUID.randomUUID();
        Map<ThrowingCallable, String> calls = new LinkedHashMap<>();
        calls.put(() -> users.find(null), "id");
        calls.put(() -> users.get(null), "id");
        calls.put(() -> users.create(null), "user");
        calls.put(() -> users.update(null, UpdateUser.NOTHING), "id");
        calls.put(() -> users.update(null, UpdateUser.NOTHING.active(false)), "id");
        calls.put(() -> users.update(id, null), "change");
        calls.put(() -> users.updateLastLogin(null), "id");
        calls.put(() -> users.recordActivity(null), "id");
        calls.put(() -> users.setPassword(null, "x"), "id");
        calls.put(() -> users.setPassword(id, null), "password");
        calls.put(() -> users.softDelete(null), "id");
        calls.put(() -> users.anonymize(null), "id");
        calls.put(() -> users.delete(null), "id");
        calls.put(() -> users.list(null, 10, null), "filter");
        calls.put(() -> users.findByEmail(null), "email");
        calls.put(() -> UserFilter.ALL.role(null), "role");
        calls.put(() -> UserFilter.ALL.memberOf(null), "organizationId");
        calls.put(() -> UpdateUser.NOTHING.displayName(null), "displayName");
        calls.put(() -> UpdateUser.NOTHING.metadata(null), "metadata");
        calls.put(() -> UpdateUser.NOTHING.orcid(null), "orcid");
        calls.put(() -> tokens.find(null), "id");
        calls.put(() -> tokens.delete(null), "id");
        calls.put(() -> tokens.issue(null, TokenPurpose.PASSWORD_RESET, Duration.ofHours(1)), "userId");
        calls.put(() -> tokens.issue(id, null, Duration.ofHours(1)), "purpose");
        calls.put(() -> tokens.issue(id, TokenPurpose.PASSWORD_RESET, null), "ttl");
        calls.put(() -> tokens.invite(null, "a@x", Duration.ofHours(1), null), "organizationId");
        calls.put(() -> tokens.redeemInvitation(null), "secret");
        calls.put(() -> UserTokenFilter.ALL.user(null), "userId");
        calls.put(() -> UserTokenFilter.ALL.organization(null), "organizationId");
        calls.put(() -> UserTokenFilter.ALL.purpose(null), "purpose");
        calls.put(() -> UserTokenFilter.ALL.email(null), "email");
        calls.put(() -> keys.create(null), "key");
        calls.put(() -> keys.revoke(null), "id");
        calls.put(() -> keys.setActive(null, true), "id");
        calls.put(() -> keys.rotate(null, Duration.ZERO, null), "id");
        calls.put(() -> keys.listByUser(null, 10, null), "userId");
        calls.put(() -> organizations.get(null), "id");
        calls.put(() -> organizations.create(null, id), "organization");
        calls.put(() -> organizations.getBySlug(null), "slug");
        calls.put(() -> organizations.update(null, UpdateOrganization.NOTHING), "id");
        calls.put(() -> organizations.update(id, null), "change");
        calls.put(() -> UpdateOrganization.NOTHING.description(null), "description");
        calls.put(() -> UpdateOrganization.NOTHING.website(null), "website");
        calls.put(() -> UpdateOrganization.NOTHING.logoUrl(null), "logoUrl");
        calls.put(() -> organizations.verify(null, id), "id");
        calls.put(() -> organizations.verify(id, null), "verifiedBy");
        calls.put(() -> organizations.unverify(null), "id");
        calls.put(() -> organizations.softDelete(null), "id");
        calls.put(() -> organizations.addMember(null, id), "organizationId");
        calls.put(() -> organizations.addMember(id, null), "userId");
        calls.put(() -> organizations.changeRole(id, null, MemberRole.ADMIN), "userId");
        calls.put(() -> organizations.changeRole(id, id, null), "role");
        calls.put(() -> organizations.removeMember(null, id), "organizationId");
        calls.put(() -> organizations.leave(id, null), "userId");
        calls.put(() -> organizations.findMember(id, null), "userId");
        calls.put(() -> organizations.members(null, 10, null), "organizationId");
        calls.put(() -> organizations.ofUser(null, 10, null), "userId");
        calls.forEach((call, name) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name));
    }
}
