package dev.evalstore.organization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Memberships end by the organization, by the member, and with the user. */
class MembershipEventsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final Database db = database.db();
    private final OrganizationRepository organizations = db.organizations();

    private UUID user() {
        String name = "user" + NEXT.incrementAndGet();
        return db.users().create(NewUser.of(name + "@example.org", name)).id();
    }

    private UUID organization(UUID owner) {
        String slug = "org-" + NEXT.incrementAndGet();
        return organizations
                .create(NewOrganization.of(slug, slug, OrganizationType.ENTERPRISE), owner)
                .id();
    }

    private List<DomainEvent> events(UUID organization, UUID user) {
        List<DomainEvent> events = new ArrayList<>(db.events()
                .ofAggregate("membership", organization + "/" + user, 100, null)
                .items());
        Collections.reverse(events);
        return events;
    }

    private List<String> types(UUID organization, UUID user) {
        return events(organization, user).stream().map(DomainEvent::eventType).toList();
    }

    @Test
    void a_deleted_user_leaves_each_organization_once_and_deleted_ones_not_at_all() {
        UUID user = user();
        UUID kept = organization(user());
        UUID gone = organization(user());
        organizations.addMember(kept, user, MemberRole.ADMIN);
        organizations.addMember(gone, user);
        organizations.softDelete(gone);

        db.users().softDelete(user);
        assertThat(organizations.removeMember(kept, user)).isFalse();
        assertThat(organizations.leave(kept, user)).isFalse();
        db.users().anonymize(user);
        db.users().delete(user);

        assertThat(types(kept, user)).containsExactly("membership.created", "membership.removed");
        assertThat(events(kept, user).get(1).payload().asMap())
                .isEqualTo(Map.of("organizationId", kept.toString(), "userId", user.toString(), "role", "ADMIN"));
        assertThat(types(gone, user)).containsExactly("membership.created");
    }

    @Test
    void a_user_who_stays_or_was_none_leaves_nothing() {
        UUID user = user();
        UUID organization = organization(user());
        organizations.addMember(organization, user);

        assertThat(db.users().delete(UUID.randomUUID())).isFalse();
        db.users().update(user, UpdateUser.NOTHING.active(false));
        db.users().update(user, UpdateUser.NOTHING.active(true));

        assertThat(types(organization, user)).containsExactly("membership.created");
    }

    @Test
    void a_membership_that_organization_and_user_end_at_once_ends_by_one_event() throws Exception {
        UUID organization = organization(user());
        for (int round = 0; round < 10; round++) {
            boolean isHard = round % 2 == 0;
            UUID user = user();
            organizations.addMember(organization, user);
            Threads.together(
                    2,
                    thread -> () -> thread == 0
                            ? organizations.removeMember(organization, user)
                            : isHard ? db.users().delete(user) : db.users().softDelete(user) != null);
            List<String> types = types(organization, user);
            assertThat(types).containsExactly("membership.created", "membership.removed");
        }
    }
}
