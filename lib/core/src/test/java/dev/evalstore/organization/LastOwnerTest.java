package dev.evalstore.organization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.StatementListener;
import dev.evalstore.TxOptions;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An organization keeps an active owner, whichever way the last one would go. */
class LastOwnerTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final OrganizationRepository organizations = db.organizations();
    private UUID ada;
    private UUID bob;
    private UUID acme;

    @BeforeEach
    void anOrganizationOfTwo() {
        database.admin("delete from evalstore.organizations; delete from evalstore.users");
        ada = user("ada");
        bob = user("bob");
        acme = organization("acme", ada);
    }

    private UUID user(String name) {
        return db.users().create(NewUser.of(name + "@x", name)).id();
    }

    private UUID organization(String slug, UUID owner) {
        return organizations
                .create(NewOrganization.of(slug, slug, OrganizationType.ENTERPRISE), owner)
                .id();
    }

    private static List<String> everything() {
        return database.query("select u.id || ' ' || u.username || ' ' || u.active || ' ' || u.updated_at || ' '"
                + " || coalesce(m.organization_id || ' ' || m.role, '') from evalstore.users u"
                + " left join evalstore.organization_members m on m.user_id = u.id order by 1");
    }

    private static void refused(String slug, Runnable call) {
        List<String> before = everything();
        assertThatThrownBy(call::run)
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("last active owner of organization " + slug);
        assertThat(everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void the_only_owner_cannot_go(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.ADMIN);
        refused("acme", () -> way.take(db, acme, ada));
        refused("acme", () -> way.take(db.actingAs(Actor.SYSTEM), acme, ada));
        refused("acme", () -> db.useTransaction(tx -> way.take(tx, acme, ada)));
        assertThat(database.value("select count(*) from evalstore.audit_log where action not in ('create')"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    void of_two_owners_one_can_go_and_then_the_other_cannot(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.OWNER);
        way.take(db, acme, bob);
        boolean isOwner = organizations
                .findMember(acme, bob)
                .filter(member -> member.role() == MemberRole.OWNER)
                .isPresent();
        assertThat(isOwner).isEqualTo(way == OwnerWay.DEACTIVATE);
        for (OwnerWay next : OwnerWay.values()) {
            refused("acme", () -> next.take(db, acme, ada));
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_owner_who_cannot_log_in_is_none(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.OWNER);
        db.users().update(bob, UpdateUser.NOTHING.active(false));
        refused("acme", () -> way.take(db, acme, ada));
        db.users().update(bob, UpdateUser.NOTHING.active(true));
        way.take(db, acme, ada);
    }

    /** To be deactivated twice, or deleted after that, takes nothing from anybody. */
    @ParameterizedTest
    @EnumSource
    void an_owner_who_cannot_log_in_may_go(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.OWNER);
        db.users().update(bob, UpdateUser.NOTHING.active(false));
        way.take(db, acme, bob);
    }

    @ParameterizedTest
    @EnumSource
    void whoever_owns_none_or_a_deleted_organization_is_free(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.ADMIN);
        way.take(db, acme, bob);
        organizations.softDelete(acme);
        if (way.isOfUser()) {
            way.take(db, acme, ada);
        }
    }

    @Test
    void the_organization_that_would_lose_its_owner_is_named_among_those_that_would_not() {
        UUID other = organization("beta", ada);
        organizations.addMember(acme, bob, MemberRole.OWNER);
        refused("beta", () -> db.users().softDelete(ada));
        organizations.addMember(other, bob, MemberRole.OWNER);
        db.users().softDelete(ada);
        refused("acme", () -> organizations.leave(acme, bob));
        refused("beta", () -> organizations.leave(other, bob));
    }

    @Test
    void an_update_that_deactivates_nobody_is_not_refused() {
        assertThat(db.users().update(ada, UpdateUser.NOTHING.active(true)).active())
                .isTrue();
        assertThat(db.users()
                        .update(ada, UpdateUser.NOTHING.active(false).active(true))
                        .active())
                .isTrue();
        assertThat(db.users()
                        .update(ada, UpdateUser.NOTHING.emailVerified(true))
                        .emailVerified())
                .isTrue();
        refused(
                "acme",
                () -> db.users().update(ada, UpdateUser.NOTHING.active(true).active(false)));
        refused(
                "acme",
                () -> db.users().update(ada, UpdateUser.NOTHING.active(false).emailVerified(false)));
        assertThat(organizations.changeRole(acme, ada, MemberRole.OWNER).role()).isEqualTo(MemberRole.OWNER);
    }

    /** Whichever goes first: the second waits for it, counts after it, and is refused, or goes if the first comes back. */
    @ParameterizedTest
    @EnumSource
    void the_second_of_two_waits_for_the_first(OwnerWay first) throws Exception {
        for (OwnerWay second : OwnerWay.values()) {
            goes(first, second, false);
        }
        goes(first, first, true);
    }

    private void goes(OwnerWay first, OwnerWay second, boolean comesBack) throws Exception {
        anOrganizationOfTwo();
        organizations.addMember(acme, bob, MemberRole.OWNER);
        Throwable failure = after(first, second, comesBack);
        if (comesBack) {
            assertThat(failure).as("%s once %s came back", second, first).isNull();
        } else {
            assertThat(failure)
                    .as("%s after %s", second, first)
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("acme");
        }
        assertThat(ownerless()).isEmpty();
    }

    /** What the second way fails with, which began while the first was not committed. */
    private @Nullable Throwable after(OwnerWay first, OwnerWay second, boolean comesBack) throws Exception {
        CompletableFuture<Object> late = new CompletableFuture<>();
        try {
            db.useTransaction(tx -> {
                first.take(tx, acme, bob);
                late.completeAsync(() -> second.take(db, acme, ada));
                database.awaitBlocked();
                if (comesBack) {
                    throw new IllegalStateException("rolled back");
                }
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("rolled back");
        }
        try {
            late.get(1, TimeUnit.MINUTES);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    static List<String> ownerless() {
        return database.query("select slug from evalstore.organizations o where o.deleted_at is null and not exists ("
                + "select from evalstore.organization_members m join evalstore.users u on u.id = m.user_id"
                + " where m.organization_id = o.id and m.role = 'owner' and u.active and u.deleted_at is null)");
    }

    /** Between the locks of the organizations and that of the user there is a moment. */
    @ParameterizedTest
    @EnumSource(names = {"DEACTIVATE", "SOFT_DELETE", "ANONYMIZE", "DELETE"})
    void an_organization_that_the_user_comes_to_own_meanwhile_counts(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.OWNER);
        AtomicReference<Runnable> meanwhile = new AtomicReference<>();
        StatementListener listener = new StatementListener() {
            @Override
            public void began(String name) {
                if (name.equals("users.lock_owner")) {
                    Runnable now = meanwhile.getAndSet(null);
                    if (now != null) {
                        now.run();
                    }
                }
            }

            @Override
            public void ended(String name, Duration time, @Nullable Throwable failure) {
                // Only the beginnings matter.
            }
        };
        try (Database heard = Database.open(database.config().listener(listener).build())) {
            meanwhile.set(() -> organization("beta", ada));
            assertThatThrownBy(() -> way.take(heard, acme, ada))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("organization beta");
            organizations.addMember(organizations.getBySlug("beta").id(), bob, MemberRole.OWNER);
            UUID gamma = organization("gamma", bob);
            meanwhile.set(() -> organizations.addMember(gamma, ada, MemberRole.OWNER));
            CompletableFuture<Object> late = new CompletableFuture<>();
            heard.useTransaction(tx -> {
                way.take(tx, acme, ada);
                // It was not among the organizations that were locked at first, and is locked all the same.
                late.completeAsync(() -> organizations.leave(gamma, bob));
                database.awaitBlocked();
            });
            assertThatThrownBy(() -> late.get(1, TimeUnit.MINUTES))
                    .cause()
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("organization gamma");
        }
        assertThat(meanwhile.get()).isNull();
        assertThat(ownerless()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void an_isolation_level_that_would_count_what_was_is_refused(OwnerWay way) {
        organizations.addMember(acme, bob, MemberRole.OWNER);
        for (Isolation level : List.of(Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE)) {
            assertThatThrownBy(
                            () -> db.inTransaction(TxOptions.DEFAULT.isolation(level), tx -> way.take(tx, acme, bob)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("read committed")
                    .hasMessageContaining(level.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        assertThat(organizations.members(acme, 10, null).items()).hasSize(2);
    }
}
