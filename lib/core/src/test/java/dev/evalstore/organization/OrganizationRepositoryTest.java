package dev.evalstore.organization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.Repositories;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.User;
import dev.evalstore.account.UserFilter;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrganizationRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final OrganizationRepository organizations = db.organizations();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.organizations; delete from evalstore.users");
    }

    private UUID user(String name) {
        return db.users().create(NewUser.of(name + "@x", name)).id();
    }

    private Organization acme(UUID owner) {
        return organizations.create(NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE), owner);
    }

    private Organization organization(String slug, UUID owner) {
        return organizations.create(NewOrganization.of(slug, slug, OrganizationType.OPEN_SOURCE), owner);
    }

    private static void violates(String constraint, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo(constraint));
    }

    private static void notFound(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NotFoundException.class);
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(field + " ");
    }

    @Test
    void a_created_organization_reads_back_the_same_and_has_its_owner() {
        UUID ada = user("ada");
        Organization created = organizations.create(
                NewOrganization.of("acme-labs", "Acme Labs", OrganizationType.LLM_PROVIDER)
                        .description("Trains models.")
                        .website("https://acme.example/")
                        .logoUrl("https://acme.example/logo.png"),
                ada);

        assertThat(organizations.get(created.id())).isEqualTo(created);
        assertThat(organizations.findBySlug("acme-labs")).contains(created);
        assertThat(organizations.getBySlug("acme-labs")).isEqualTo(created);
        assertThat(created.name()).isEqualTo("Acme Labs");
        assertThat(created.description()).isEqualTo("Trains models.");
        assertThat(created.website()).isEqualTo("https://acme.example/");
        assertThat(created.logoUrl()).isEqualTo("https://acme.example/logo.png");
        assertThat(created.type()).isEqualTo(OrganizationType.LLM_PROVIDER);
        assertThat(created.verifiedAt()).isNull();
        assertThat(created.deletedAt()).isNull();
        OrganizationMember owner = organizations.findMember(created.id(), ada).orElseThrow();
        assertThat(owner.role()).isEqualTo(MemberRole.OWNER);
        assertThat(owner.joinedAt()).isNotNull();
        assertThat(organizations.members(created.id(), 10, null).items()).containsExactly(owner);
        assertThat(organizations.ofUser(ada, 10, null).items()).containsExactly(owner);
    }

    @Test
    void an_organization_is_stored_with_its_owner_or_not_at_all() {
        UUID nobody = UUID.randomUUID();
        violates("organization_members_user_fk", () -> acme(nobody));
        UUID inactive = user("inactive");
        database.admin("update evalstore.users set active = false");
        UUID deleted = user("deleted");
        db.users().softDelete(deleted);
        for (UUID owner : List.of(inactive, deleted)) {
            assertThatThrownBy(() -> acme(owner))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(owner.toString());
        }
        assertThat(database.value("select count(*) from evalstore.organizations"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a", "Acme", "ACME", "aCme", "-acme", "acme-", "ac--me", "ac me", "acme ", "acme\n", "äcme", "acme_x",
                "ac.me", "аcme"
            })
    void a_slug_that_is_none_is_refused_by_name_and_by_the_table_whatever_its_case(String slug) {
        UUID ada = user("ada");
        UUID id = acme(ada).id();
        refused("slug", () -> NewOrganization.of(slug, "n", OrganizationType.INDIVIDUAL));
        refused("slug", () -> UpdateOrganization.NOTHING.slug(slug));
        assertThatThrownBy(() -> organizations.getBySlug(slug))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("no organization has the slug " + (slug.equals("a") ? "a" : "given"));
        assertThat(organizations.findBySlug(slug)).isEmpty();
        assertThatThrownBy(() -> database.admin(
                        "update evalstore.organizations set slug = $x$" + slug + "$x$ where id = '" + id + "'"))
                .hasMessageContaining("organizations_slug_format");
    }

    @Test
    void a_slug_has_2_to_100_characters() {
        UUID ada = user("ada");
        for (String slug : List.of("ab", "a1-b2-c3", "0-0", "a".repeat(100))) {
            assertThat(organization(slug, ada).slug()).isEqualTo(slug);
        }
        refused("slug", () -> NewOrganization.of("a".repeat(101), "n", OrganizationType.INDIVIDUAL));
    }

    @Test
    void the_slug_of_a_deleted_organization_is_free_at_once() {
        UUID ada = user("ada");
        Organization first = acme(ada);
        violates("idx_organizations_slug", () -> acme(ada));
        Organization other = organization("other", ada);
        violates(
                "idx_organizations_slug",
                () -> organizations.update(other.id(), UpdateOrganization.NOTHING.slug("acme")));

        Organization gone = organizations.softDelete(first.id());
        Organization second = acme(ada);

        assertThat(organizations.getBySlug("acme")).isEqualTo(second);
        assertThat(organizations.get(first.id())).isEqualTo(gone);
        assertThat(gone.deletedAt()).isNotNull();
        organizations.softDelete(second.id());
        assertThat(acme(ada).slug()).isEqualTo("acme");
    }

    @Test
    void of_those_who_take_one_slug_at_once_one_gets_it() throws Exception {
        UUID ada = user("ada");
        List<Object> results = Threads.together(6, i -> () -> {
            try {
                return acme(ada);
            } catch (ConstraintViolationException e) {
                return e.constraint();
            }
        });
        assertThat(results).filteredOn(Organization.class::isInstance).hasSize(1);
        assertThat(results).filteredOn("idx_organizations_slug"::equals).hasSize(5);
        assertThat(database.value("select count(*) from evalstore.organization_members"))
                .isEqualTo("1");
    }

    @Test
    void no_list_and_no_finder_forgets_that_an_organization_is_deleted() {
        UUID ada = user("ada");
        Organization gone = acme(ada);
        Organization stays = organization("stays", ada);
        organizations.softDelete(gone.id());

        assertThat(organizations.findBySlug("acme")).isEmpty();
        assertThatThrownBy(() -> organizations.getBySlug("acme"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("no organization has the slug acme");
        refused("slug", () -> organizations.getBySlug("a\0"));
        refused("slug", () -> organizations.findBySlug("a\0"));
        for (OrganizationFilter filter : List.of(
                OrganizationFilter.ALL,
                OrganizationFilter.ALL.member(ada),
                OrganizationFilter.ALL.verified(false),
                OrganizationFilter.ALL.text("A"))) {
            assertThat(organizations.list(filter).items()).containsExactly(stays);
            assertThat(organizations.count(filter)).isEqualTo(1);
        }
        assertThat(organizations.ofUser(ada, 10, null).items())
                .extracting(OrganizationMember::organizationId)
                .containsExactly(stays.id());
        assertThat(organizations.members(gone.id(), 10, null).items()).isEmpty();
        assertThat(organizations.findMember(gone.id(), ada)).isEmpty();
        assertThat(db.users().count(UserFilter.ALL.memberOf(gone.id()))).isZero();
    }

    @Test
    void no_list_and_no_finder_forgets_that_a_member_is_deleted() {
        UUID ada = user("ada");
        UUID bob = user("bob");
        Organization acme = acme(ada);
        organizations.addMember(acme.id(), bob);
        assertThat(db.users().list(UserFilter.ALL.memberOf(acme.id())).items())
                .extracting(User::id)
                .containsExactly(bob, ada);
        db.users().softDelete(bob);

        assertThat(organizations.members(acme.id(), 10, null).items())
                .extracting(OrganizationMember::userId)
                .containsExactly(ada);
        assertThat(organizations.findMember(acme.id(), bob)).isEmpty();
        assertThat(organizations.ofUser(bob, 10, null).items()).isEmpty();
        assertThat(organizations.list(OrganizationFilter.ALL.member(bob)).items())
                .isEmpty();
        assertThat(organizations.count(OrganizationFilter.ALL.member(bob))).isZero();
        assertThat(db.users().list(UserFilter.ALL.memberOf(acme.id())).items())
                .extracting(User::id)
                .containsExactly(ada);
    }

    @Test
    void every_change_of_a_deleted_or_unknown_organization_is_refused() {
        UUID ada = user("ada");
        UUID bob = user("bob");
        UUID gone = acme(ada).id();
        organizations.softDelete(gone);
        assertThatThrownBy(() -> organizations.softDelete(gone)).isInstanceOf(ConflictException.class);
        notFound(() -> organizations.softDelete(UUID.randomUUID()));
        for (UUID id : List.of(gone, UUID.randomUUID())) {
            notFound(() -> organizations.update(id, UpdateOrganization.NOTHING.name("x")));
            notFound(() -> organizations.update(id, UpdateOrganization.NOTHING));
            notFound(() -> organizations.verify(id, ada));
            notFound(() -> organizations.unverify(id));
            notFound(() -> organizations.addMember(id, bob));
            notFound(() -> organizations.changeRole(id, ada, MemberRole.ADMIN));
            notFound(() -> organizations.removeMember(id, ada));
            notFound(() -> organizations.leave(id, ada));
        }
        assertThat(database.query("select role from evalstore.organization_members"))
                .containsExactly("owner");
    }

    @Test
    void an_update_changes_what_it_names_and_can_clear_what_may_be_empty() {
        Organization created = organizations.create(
                NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE)
                        .description("d")
                        .website("http://a")
                        .logoUrl("http://b"),
                user("ada"));
        assertThat(organizations.update(created.id(), UpdateOrganization.NOTHING))
                .isEqualTo(created);

        Organization changed = organizations.update(
                created.id(),
                UpdateOrganization.NOTHING
                        .slug("acme-2")
                        .name("Acme 2")
                        .description(Patch.set("e"))
                        .website(Patch.clear())
                        .logoUrl(Patch.set("https://c"))
                        .type(OrganizationType.RESEARCH_INSTITUTION));

        assertThat(changed.slug()).isEqualTo("acme-2");
        assertThat(changed.name()).isEqualTo("Acme 2");
        assertThat(changed.description()).isEqualTo("e");
        assertThat(changed.website()).isNull();
        assertThat(changed.logoUrl()).isEqualTo("https://c");
        assertThat(changed.type()).isEqualTo(OrganizationType.RESEARCH_INSTITUTION);
        assertThat(changed.updatedAt()).isAfter(created.updatedAt());
        assertThat(organizations.findBySlug("acme")).isEmpty();
        assertThat(organizations.get(created.id())).isEqualTo(changed);
    }

    @Test
    void it_is_verified_once_and_the_verifier_may_go() {
        UUID ada = user("ada");
        UUID admin = user("admin");
        UUID id = acme(ada).id();
        violates("organizations_verified_by_fk", () -> organizations.verify(id, UUID.randomUUID()));
        assertThatThrownBy(() -> organizations.unverify(id))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("unverified");

        Organization verified = organizations.verify(id, admin);
        assertThat(verified.verifiedAt()).isNotNull();
        assertThat(verified.verifiedBy()).isEqualTo(admin);
        assertThatThrownBy(() -> organizations.verify(id, ada))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is verified");
        db.users().delete(admin);
        assertThat(organizations.get(id).verifiedBy()).isNull();
        assertThat(organizations.get(id).verifiedAt()).isEqualTo(verified.verifiedAt());

        assertThat(organizations.unverify(id).verifiedAt()).isNull();
        assertThat(organizations.verify(id, ada).verifiedBy()).isEqualTo(ada);
    }

    @Test
    void a_user_is_a_member_once_in_one_role() {
        UUID ada = user("ada");
        UUID bob = user("bob");
        UUID id = acme(ada).id();

        OrganizationMember member = organizations.addMember(id, bob);
        assertThat(member.role()).isEqualTo(MemberRole.MEMBER);
        violates("organization_members_pkey", () -> organizations.addMember(id, bob, MemberRole.ADMIN));
        violates("organization_members_user_fk", () -> organizations.addMember(id, UUID.randomUUID()));
        assertThat(organizations.changeRole(id, bob, MemberRole.ADMIN).role()).isEqualTo(MemberRole.ADMIN);
        assertThat(organizations.findMember(id, bob).orElseThrow().joinedAt()).isEqualTo(member.joinedAt());
        assertThat(organizations.removeMember(id, bob)).isTrue();
        assertThat(organizations.removeMember(id, bob)).isFalse();
        assertThat(organizations.leave(id, bob)).isFalse();
        notFound(() -> organizations.changeRole(id, bob, MemberRole.MEMBER));
        organizations.addMember(id, bob, MemberRole.OWNER);
        assertThat(organizations.leave(id, ada)).isTrue();
        assertThat(organizations.members(id, 10, null).items())
                .extracting(OrganizationMember::userId)
                .containsExactly(bob);
    }

    @Test
    void a_deleted_user_becomes_no_member_and_gets_no_role() {
        UUID ada = user("ada");
        UUID bob = user("bob");
        UUID eve = user("eve");
        UUID id = acme(ada).id();
        organizations.addMember(id, bob);
        db.users().softDelete(bob);
        db.users().anonymize(eve);

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> organizations.addMember(id, eve),
                () -> organizations.changeRole(id, bob, MemberRole.OWNER),
                () -> organizations.changeRole(id, bob, MemberRole.ADMIN))) {
            assertThatThrownBy(call).isInstanceOf(ConflictException.class).hasMessageContaining("is deleted");
        }
        assertThat(organizations.removeMember(id, bob)).isFalse();
    }

    @Test
    void a_membership_goes_with_the_users_row() {
        UUID ada = user("ada");
        UUID bob = user("bob");
        UUID id = acme(ada).id();
        organizations.addMember(id, bob, MemberRole.ADMIN);
        db.users().delete(bob);
        assertThat(database.query("select user_id::text from evalstore.organization_members"))
                .containsExactly(ada.toString());
    }

    @Test
    void members_and_memberships_are_listed_by_pages_the_latest_first() {
        UUID ada = user("ada");
        UUID acme = acme(ada).id();
        List<UUID> users = new ArrayList<>(List.of(ada));
        List<UUID> joined = new ArrayList<>(List.of(acme));
        for (int i = 0; i < 6; i++) {
            UUID user = user("u" + i);
            users.add(0, user);
            organizations.addMember(acme, user);
            joined.add(0, organization("o" + i, ada).id());
        }
        // Several at one time: the id decides.
        database.admin("update evalstore.organization_members set joined_at = '2026-01-01' where role = 'member'");

        List<OrganizationMember> members = new ArrayList<>();
        List<OrganizationMember> memberships = new ArrayList<>();
        Cursor afterMember = null;
        Cursor afterMembership = null;
        do {
            Page<OrganizationMember> page = organizations.members(acme, 2, afterMember);
            members.addAll(page.items());
            afterMember = page.next();
        } while (afterMember != null);
        do {
            Page<OrganizationMember> page = organizations.ofUser(ada, 3, afterMembership);
            memberships.addAll(page.items());
            afterMembership = page.next();
        } while (afterMembership != null);
        assertThat(members).extracting(OrganizationMember::userId).containsExactlyInAnyOrderElementsOf(users);
        assertThat(members.get(0).role()).isEqualTo(MemberRole.OWNER);
        assertThat(memberships).extracting(OrganizationMember::organizationId).containsExactlyElementsOf(joined);

        Cursor other = organizations.members(acme, 2, null).next();
        refused("cursor", () -> organizations.ofUser(ada, 2, other));
        refused("limit", () -> organizations.members(acme, 0, null));
        refused("limit", () -> organizations.ofUser(ada, 1_001, null));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void every_condition_alone_and_with_others_equals_the_rows_in_memory(long seed) {
        Random random = new Random(seed);
        List<UUID> users = List.of(user("ada"), user("bob"), user("eve"));
        List<Organization> all = new ArrayList<>();
        Set<List<UUID>> members = new HashSet<>();
        List<String> words = List.of("100% Eval", "under_score", "Back\\slash", "plain", "UPPER");
        for (int i = 0; i < 40; i++) {
            UUID owner = users.get(random.nextInt(users.size()));
            NewOrganization made = NewOrganization.of(
                    "org-" + i,
                    words.get(random.nextInt(words.size())) + " " + i,
                    OrganizationType.values()[random.nextInt(OrganizationType.values().length)]);
            Organization stored = organizations.create(
                    random.nextBoolean() ? made.description("about " + words.get(random.nextInt(words.size()))) : made,
                    owner);
            members.add(List.of(stored.id(), owner));
            UUID other = users.get(random.nextInt(users.size()));
            if (members.add(List.of(stored.id(), other))) {
                organizations.addMember(stored.id(), other);
            }
            if (random.nextInt(3) == 0) {
                stored = organizations.verify(stored.id(), owner);
            }
            if (random.nextInt(6) == 0) {
                organizations.softDelete(stored.id());
            } else {
                all.add(0, stored);
            }
        }
        for (int round = 0; round < 40; round++) {
            OrganizationFilter filter = OrganizationFilter.ALL;
            Predicate<Organization> meaning = organization -> true;
            int chosen = round < 4 ? 1 << round : random.nextInt(16);
            if ((chosen & 1) != 0) {
                OrganizationType type = OrganizationType.values()[random.nextInt(5)];
                filter = filter.type(type);
                meaning = meaning.and(organization -> organization.type() == type);
            }
            if ((chosen & 2) != 0) {
                boolean verified = random.nextBoolean();
                filter = filter.verified(verified);
                meaning = meaning.and(organization -> (organization.verifiedAt() != null) == verified);
            }
            if ((chosen & 4) != 0) {
                String text = List.of("eval", "%", "_", "\\", "ORG-1", "about p", "'", "nothing")
                        .get(random.nextInt(8));
                filter = filter.text(text);
                meaning = meaning.and(organization -> (organization.name() + " " + organization.slug() + " "
                                + organization.description())
                        .toLowerCase(Locale.ROOT)
                        .contains(text.toLowerCase(Locale.ROOT)));
            }
            if ((chosen & 8) != 0) {
                UUID user = users.get(random.nextInt(users.size()));
                filter = filter.member(user);
                meaning = meaning.and(organization -> members.contains(List.of(organization.id(), user)));
            }
            List<Organization> expected = all.stream().filter(meaning).toList();
            assertThat(organizations.list(filter).items())
                    .as("conditions " + chosen)
                    .containsExactlyElementsOf(expected);
            assertThat(organizations.count(filter)).isEqualTo(expected.size());
        }
    }

    @Test
    void odd_texts_are_found_as_they_are_and_any_length_is_no_error() {
        UUID ada = user("ada");
        String name = "🦖 100%_\\ 'q' \"d\" & | ! ( ) <-> :*";
        Organization odd = organizations.create(NewOrganization.of("odd", name, OrganizationType.INDIVIDUAL), ada);
        organization("plain", ada);
        for (String text : List.of("🦖", "%_\\", "'q'", "\"d\"", "& | !", "<->", ":*")) {
            assertThat(organizations.list(OrganizationFilter.ALL.text(text)).items())
                    .containsExactly(odd);
        }
        assertThat(organizations
                        .list(OrganizationFilter.ALL.text("x".repeat(10_000)))
                        .items())
                .isEmpty();
        refused("text", () -> OrganizationFilter.ALL.text(" "));
        refused("text", () -> OrganizationFilter.ALL.text("a\0"));
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        NewOrganization good = NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE);
        refused("name", () -> NewOrganization.of("acme", " ", OrganizationType.ENTERPRISE));
        refused("name", () -> NewOrganization.of("acme", "n".repeat(101), OrganizationType.ENTERPRISE));
        refused("name", () -> UpdateOrganization.NOTHING.name("n".repeat(101)));
        refused("description", () -> good.description(""));
        refused("description", () -> good.description("d".repeat(5_001)));
        refused("description", () -> UpdateOrganization.NOTHING.description(Patch.set("d".repeat(5_001))));
        for (String url : List.of(
                "javascript:alert(1)",
                "acme.example",
                "ftp://x",
                "https://",
                "https://a b",
                "https://" + "a".repeat(2_000))) {
            refused("website", () -> good.website(url));
            refused("logoUrl", () -> good.logoUrl(url));
            refused("website", () -> UpdateOrganization.NOTHING.website(Patch.set(url)));
            refused("logoUrl", () -> UpdateOrganization.NOTHING.logoUrl(Patch.set(url)));
        }
        // An emoji is one character.
        UUID ada = user("ada");
        assertThat(organizations
                        .create(NewOrganization.of("emoji", "🦖".repeat(100), OrganizationType.INDIVIDUAL), ada)
                        .name())
                .hasSize(200);
    }

    @Test
    void a_row_that_breaks_a_rule_is_refused_by_the_tables_constraint() {
        UUID ada = user("ada");
        UUID id = acme(ada).id();
        for (String[] rule : new String[][] {
            {"name = ' '", "organizations_name_length"},
            {"name = repeat('n', 101)", "organizations_name_length"},
            {"description = ''", "organizations_description_length"},
            {"description = repeat('d', 5001)", "organizations_description_length"},
            {"website = 'javascript:alert(1)'", "organizations_website_format"},
            {"logo_url = 'https://a b'", "organizations_logo_url_format"},
            {"type = 'club'", "organizations_type_valid"},
            {"verified_by = '" + ada + "'", "organizations_verifier_when_verified"}
        }) {
            assertThatThrownBy(() -> database.admin("update evalstore.organizations set " + rule[0]))
                    .as(rule[0])
                    .hasMessageContaining(rule[1]);
        }
        assertThatThrownBy(() -> database.admin("update evalstore.organization_members set role = 'Owner'"))
                .hasMessageContaining("organization_members_role_valid");
        database.admin("delete from evalstore.organizations where id = '" + id + "'");
        assertThat(database.value("select count(*) from evalstore.organization_members"))
                .isEqualTo("0");
    }

    @Test
    void every_change_is_audited_under_its_own_verb() {
        UUID ada = user("ada");
        UUID bob = user("bob");
        Repositories console = db.actingAs(Actor.service("console"));
        OrganizationRepository audited = console.organizations();
        UUID id = audited.create(NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE), ada)
                .id();
        audited.update(id, UpdateOrganization.NOTHING.name("New"));
        audited.verify(id, ada);
        audited.unverify(id);
        audited.addMember(id, bob);
        audited.changeRole(id, bob, MemberRole.OWNER);
        audited.leave(id, bob);
        assertThat(audited.leave(id, bob)).isFalse();
        audited.addMember(id, bob);
        audited.removeMember(id, bob);
        audited.softDelete(id);

        assertThat(db.audit().history("organization", id.toString(), 100, null).items())
                .extracting(AuditEntry::action)
                .containsExactly("soft_delete", "unverify", "verify", "update", "create");
        assertThat(db.audit()
                        .history("organization_member", id + "/" + bob, 100, null)
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("delete", "create", "leave", "change_role", "create");
        assertThat(db.audit()
                        .history("organization_member", id + "/" + bob, 100, null)
                        .items())
                .filteredOn(entry -> List.of("delete", "leave").contains(entry.action()))
                .extracting(entry -> entry.changes().asMap().keySet())
                .containsExactly(
                        Set.of("organizationId", "userId", "role", "joinedAt"),
                        Set.of("organizationId", "userId", "role", "joinedAt"));
        assertThat(db.audit()
                        .history("organization_member", id + "/" + ada, 100, null)
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("create");
    }

    @Test
    void a_transaction_that_is_rolled_back_leaves_nothing() {
        UUID ada = user("ada");
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    UUID id = tx.organizations()
                            .create(NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE), ada)
                            .id();
                    assertThat(tx.organizations().findMember(id, ada)).isPresent();
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(organizations.count(OrganizationFilter.ALL)).isZero();
        assertThat(organizations.ofUser(ada, 10, null).items()).isEmpty();
    }
}
