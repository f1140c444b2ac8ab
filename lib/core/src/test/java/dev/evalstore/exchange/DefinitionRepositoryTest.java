package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.create;
import static dev.evalstore.exchange.ExchangeFixtures.definition;
import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.organization;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.user;
import static dev.evalstore.exchange.ExchangeFixtures.version;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
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
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final int NEXT_YEAR = Year.now(ZoneOffset.UTC).getValue() + 1;

    private final Database db = database.db();
    private final DefinitionRepository definitions = db.exchange().definitions();

    @BeforeEach
    void empty() {
        database.admin(ExchangeFixtures.EMPTY);
    }

    @Test
    void a_created_definition_is_a_draft_with_its_first_version_and_reads_back_the_same() {
        UUID organization = organization(database, "lab");
        UUID author = user(db, "ada");
        UUID maintainer = user(db, "bob");
        Citation citation = Citation.NONE
                .title("Measuring")
                .authors("A. Author", "B. Author", "A. Author")
                .venue("NeurIPS")
                .year(NEXT_YEAR)
                .doi("10.1000/1")
                .bibtex("@article{a}");

        BenchmarkDefinition created = definitions.create(
                definition("mmlu-pro")
                        .longDescription("At length.")
                        .tags("zero-shot", "mmlu", "zero-shot")
                        .details(new NewBenchmarkDefinition.Details(
                                "At length. 🦖",
                                "MIT, but",
                                List.of("zero-shot", "mmlu", "zero-shot"),
                                "https://example.org/docs",
                                "http://example.org/src"))
                        .citation(citation)
                        .organization(organization)
                        .createdBy(author)
                        .maintainers(List.of(maintainer, author, maintainer)),
                "0.1.0-alpha.1",
                version());

        assertThat(definitions.get(created.id())).isEqualTo(created);
        assertThat(definitions.findBySlug("mmlu-pro")).contains(created);
        assertThat(definitions.getBySlug("mmlu-pro")).isEqualTo(created);
        assertThat(created.status()).isEqualTo(DefinitionStatus.DRAFT);
        assertThat(created.statusReason()).isNull();
        assertThat(created.longDescription()).isEqualTo("At length. 🦖");
        assertThat(created.licenseText()).isEqualTo("MIT, but");
        assertThat(created.tags()).containsExactly("zero-shot", "mmlu");
        assertThat(created.documentationUrl()).isEqualTo("https://example.org/docs");
        assertThat(created.sourceUrl()).isEqualTo("http://example.org/src");
        assertThat(created.citation()).isEqualTo(citation);
        assertThat(created.organizationId()).isEqualTo(organization);
        assertThat(created.createdBy()).isEqualTo(author);
        assertThat(created.deletedAt()).isNull();
        assertThat(created.id().version()).isEqualTo(7);
        assertThat(definitions.maintainers(created.id(), 10, null).items())
                .extracting(DefinitionMaintainer::userId)
                .containsExactlyInAnyOrder(author, maintainer);
        assertThat(versions()).containsExactly("0.1.0-alpha.1");
    }

    @Test
    void what_need_not_be_given_is_empty() {
        BenchmarkDefinition created = create(db, "bare");

        assertThat(created.citation()).isEqualTo(Citation.NONE);
        assertThat(created.tags()).isEmpty();
        assertThat(created.organizationId()).isNull();
        assertThat(created.createdBy()).isNull();
        assertThat(definitions.maintainers(created.id(), 10, null).items()).isEmpty();
        assertThat(versions()).containsExactly("1.0.0");
    }

    /** Definition, version, cases and maintainers are one commit: what fails last leaves nothing of what came first. */
    @Test
    void of_a_definition_that_fails_in_a_part_nothing_is_stored() {
        UUID nobody = UUID.randomUUID();
        UUID ada = user(db, "ada");
        violates(
                "definition_maintainers_user_fk",
                () -> definitions.create(definition("half").maintainers(List.of(ada, nobody)), "1.0.0", version()));
        violates(
                "definition_versions_created_by_fk",
                () -> definitions.create(
                        definition("half").maintainers(List.of(ada)),
                        "1.0.0",
                        version().createdBy(nobody)));
        violates(
                "benchmark_definitions_created_by_fk",
                () -> definitions.create(definition("half").createdBy(nobody), "1.0.0", version()));
        violates(
                "benchmark_definitions_organization_fk",
                () -> definitions.create(definition("half").organization(nobody), "1.0.0", version()));
        refused("version", () -> definitions.create(definition("half"), "1.0", version()));
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.exchange().definitions().create(definition("half"), "1.0.0", version());
                    throw new IllegalStateException("the host's own");
                }))
                .hasMessage("the host's own");

        assertThat(definitions.count(DefinitionFilter.ALL)).isZero();
        assertThat(rows("benchmark_definitions", "definition_versions", "definition_maintainers"))
                .isZero();
        create(db, "half");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A", "Ab", "mmLu", "a", "-ab", "ab-", "a--b", "a_b", "a b", "a.b", "ä-b", "ａｂ", "ab\n", "a\0b", ""
            })
    void a_slug_that_differs_by_case_or_is_none_is_refused_by_name_and_by_constraint(String slug) {
        refused("slug", () -> definition(slug));
        refused("slug", () -> UpdateBenchmarkDefinition.NOTHING.slug(slug));
        create(db, "good");
        if (slug.indexOf('\0') < 0) {
            assertThat(definitions.findBySlug(slug)).isEmpty();
            assertThatThrownBy(() -> definitions.getBySlug(slug))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageStartingWith("no benchmark definition has the slug ");
            violatesAsWritten("benchmark_definitions_slug_format", "slug = '" + slug + "'");
        }
    }

    @Test
    void a_slug_has_two_to_a_hundred_characters() {
        String longest = "a" + "-b".repeat(49) + "c";
        refused("slug", () -> definition(longest + "d"));
        refused("slug", () -> definition("a".repeat(2_000_000)));

        assertThat(create(db, longest).slug()).hasSize(100);
        assertThat(create(db, "7a").slug()).isEqualTo("7a");
        assertThat(definitions.findBySlug("7A")).isEmpty();
        assertThat(definitions.findBySlug("%")).isEmpty();
        assertThat(definitions.findBySlug("")).isEmpty();
        notFound(() -> definitions.getBySlug("7b"));
    }

    @Test
    void a_slug_is_one_definitions_until_that_is_deleted_and_then_free_at_once() {
        BenchmarkDefinition first = create(db, "taken");
        BenchmarkDefinition other = create(db, "other");
        violates("idx_benchmark_definitions_slug", () -> create(db, "taken"));
        violates(
                "idx_benchmark_definitions_slug",
                () -> definitions.update(other.id(), UpdateBenchmarkDefinition.NOTHING.slug("taken")));

        definitions.softDelete(first.id());
        BenchmarkDefinition second = create(db, "taken");
        assertThat(definitions.getBySlug("taken")).isEqualTo(second);
        definitions.softDelete(second.id());
        assertThat(definitions
                        .update(other.id(), UpdateBenchmarkDefinition.NOTHING.slug("taken"))
                        .slug())
                .isEqualTo("taken");
        assertThat(versions()).as("the deleted ones keep theirs").hasSize(3);
    }

    @Test
    void of_those_who_take_one_slug_at_once_one_gets_it_with_its_version() throws Exception {
        for (int round = 0; round < 10; round++) {
            String slug = "race-" + round;
            List<Object> results = Threads.together(4, i -> () -> {
                try {
                    return create(db, slug);
                } catch (ConstraintViolationException e) {
                    return e.constraint();
                }
            });
            assertThat(results)
                    .filteredOn(BenchmarkDefinition.class::isInstance)
                    .hasSize(1);
            assertThat(results)
                    .filteredOn("idx_benchmark_definitions_slug"::equals)
                    .hasSize(3);
        }
        assertThat(versions()).hasSize(10);
    }

    @Test
    void a_deleted_definition_is_found_by_id_and_by_nothing_else() {
        UUID organization = organization(database, "lab");
        UUID ada = user(db, "ada");
        BenchmarkDefinition kept = create(db, "kept");
        BenchmarkDefinition live = definitions.create(
                definition("gone")
                        .tags("t")
                        .organization(organization)
                        .createdBy(ada)
                        .maintainers(List.of(ada)),
                "1.0.0",
                version());

        BenchmarkDefinition gone = definitions.softDelete(live.id());

        assertThat(gone.deletedAt()).isNotNull();
        assertThat(definitions.get(gone.id())).isEqualTo(gone);
        assertThat(definitions.findBySlug("gone")).isEmpty();
        assertThat(definitions.list(DefinitionFilter.ALL).items()).containsExactly(kept);
        assertThat(definitions.count(DefinitionFilter.ALL)).isOne();
        for (DefinitionFilter filter : List.of(
                DefinitionFilter.ALL.tag("t"),
                DefinitionFilter.ALL.creator(ada),
                DefinitionFilter.ALL.organization(organization))) {
            assertThat(definitions.list(filter).items()).isEmpty();
            assertThat(definitions.count(filter)).isZero();
        }
        assertThatThrownBy(() -> definitions.softDelete(gone.id())).isInstanceOf(ConflictException.class);
        everyChange(gone.id()).forEach(ExchangeFixtures::notFound);
    }

    @Test
    void an_unknown_id_is_empty_to_find_and_an_error_to_every_other_verb() {
        UUID unknown = UUID.randomUUID();

        assertThat(definitions.find(unknown)).isEmpty();
        assertThat(definitions.maintainers(unknown, 10, null).items()).isEmpty();
        Stream.concat(
                        everyChange(unknown).stream(),
                        Stream.<ThrowingCallable>of(
                                () -> definitions.get(unknown), () -> definitions.softDelete(unknown)))
                .forEach(verb -> assertThatThrownBy(verb).isInstanceOfSatisfying(NotFoundException.class, e -> {
                    assertThat(e.entity()).isEqualTo("benchmark definition");
                    assertThat(e.id()).isEqualTo(unknown.toString());
                }));
    }

    private List<ThrowingCallable> everyChange(UUID id) {
        UUID user = user(db, "u" + UUID.randomUUID().toString().substring(0, 8));
        return List.of(
                () -> definitions.update(id, UpdateBenchmarkDefinition.NOTHING),
                () -> definitions.update(id, UpdateBenchmarkDefinition.NOTHING.slug("other")),
                () -> definitions.submitForReview(id),
                () -> definitions.returnToDraft(id, "because of that"),
                () -> definitions.activate(id),
                () -> definitions.deprecate(id, "because of that"),
                () -> definitions.reactivate(id),
                () -> definitions.archive(id),
                () -> definitions.addMaintainer(id, user),
                () -> definitions.removeMaintainer(id, user));
    }

    @Test
    void an_update_changes_what_it_names_and_can_clear_what_may_be_empty() {
        UUID organization = organization(database, "lab");
        BenchmarkDefinition created = create(db, "before");
        assertThat(definitions.update(created.id(), UpdateBenchmarkDefinition.NOTHING))
                .isEqualTo(created);

        BenchmarkDefinition changed = definitions.update(
                created.id(),
                UpdateBenchmarkDefinition.NOTHING
                        .slug("after")
                        .name("Another name")
                        .description("Another description")
                        .longDescription(Patch.set("long"))
                        .category(DefinitionCategory.SAFETY)
                        .tags(List.of("x", "y", "x"))
                        .license("MIT")
                        .licenseText(Patch.set("text"))
                        .documentationUrl(Patch.set("https://d"))
                        .sourceUrl(Patch.set("https://s"))
                        .citationTitle(Patch.set("t"))
                        .citationAuthors(List.of("a"))
                        .citationVenue(Patch.set("v"))
                        .citationYear(Patch.set(1950))
                        .citationDoi(Patch.set("d"))
                        .citationBibtex(Patch.set("b"))
                        .organizationId(Patch.set(organization)));

        assertThat(changed.slug()).isEqualTo("after");
        assertThat(changed.name()).isEqualTo("Another name");
        assertThat(changed.description()).isEqualTo("Another description");
        assertThat(changed.longDescription()).isEqualTo("long");
        assertThat(changed.category()).isEqualTo(DefinitionCategory.SAFETY);
        assertThat(changed.tags()).containsExactly("x", "y");
        assertThat(changed.license()).isEqualTo("MIT");
        assertThat(changed.licenseText()).isEqualTo("text");
        assertThat(changed.documentationUrl()).isEqualTo("https://d");
        assertThat(changed.sourceUrl()).isEqualTo("https://s");
        assertThat(changed.citation()).isEqualTo(new Citation("t", List.of("a"), "v", 1950, "d", "b"));
        assertThat(changed.organizationId()).isEqualTo(organization);
        assertThat(changed.status()).isEqualTo(DefinitionStatus.DRAFT);
        assertThat(changed.updatedAt()).isAfter(created.updatedAt());
        assertThat(definitions.get(created.id())).isEqualTo(changed);

        BenchmarkDefinition cleared = definitions.update(
                created.id(),
                UpdateBenchmarkDefinition.NOTHING
                        .longDescription(Patch.clear())
                        .licenseText(Patch.clear())
                        .documentationUrl(Patch.clear())
                        .sourceUrl(Patch.clear())
                        .citationTitle(Patch.clear())
                        .citationAuthors(List.of())
                        .citationVenue(Patch.clear())
                        .citationYear(Patch.clear())
                        .citationDoi(Patch.clear())
                        .citationBibtex(Patch.clear())
                        .organizationId(Patch.clear()));
        assertThat(cleared.longDescription()).isNull();
        assertThat(cleared.licenseText()).isNull();
        assertThat(cleared.documentationUrl()).isNull();
        assertThat(cleared.sourceUrl()).isNull();
        assertThat(cleared.citation()).isEqualTo(Citation.NONE);
        assertThat(cleared.organizationId()).isNull();
        violates(
                "benchmark_definitions_organization_fk",
                () -> definitions.update(
                        created.id(), UpdateBenchmarkDefinition.NOTHING.organizationId(Patch.set(UUID.randomUUID()))));
    }

    /** Its text stays the caller's; who made it and who publishes it are people and groups that may leave. */
    @Test
    void a_definition_outlives_its_creator_its_maintainers_and_its_organization() {
        UUID organization = organization(database, "lab");
        UUID ada = user(db, "ada");
        BenchmarkDefinition created = definitions.create(
                definition("kept").organization(organization).createdBy(ada).maintainers(List.of(ada)),
                "1.0.0",
                version());

        database.admin("delete from evalstore.users; delete from evalstore.organizations");

        BenchmarkDefinition kept = definitions.get(created.id());
        assertThat(kept.createdBy()).isNull();
        assertThat(kept.organizationId()).isNull();
        assertThat(kept.name()).isEqualTo(created.name());
        assertThat(definitions.maintainers(created.id(), 10, null).items()).isEmpty();
    }

    @Test
    void maintainers_are_added_and_removed_once_and_listed_by_pages() {
        UUID id = create(db, "kept").id();
        List<UUID> users =
                IntStream.range(0, 5).mapToObj(i -> user(db, "user" + i)).toList();
        for (UUID user : users) {
            assertThat(definitions.addMaintainer(id, user)).isTrue();
            assertThat(definitions.addMaintainer(id, user)).isFalse();
        }
        List<UUID> latestFirst = new ArrayList<>(users);
        Collections.reverse(latestFirst);
        assertThat(pages(id, 2)).isEqualTo(latestFirst);
        assertThat(pages(id, 5)).isEqualTo(latestFirst);

        assertThat(definitions.removeMaintainer(id, users.get(2))).isTrue();
        assertThat(definitions.removeMaintainer(id, users.get(2))).isFalse();
        db.users().softDelete(users.get(0));
        assertThat(pages(id, 10))
                .as("nor one who is deleted")
                .containsExactly(users.get(4), users.get(3), users.get(1));
        assertThat(definitions.get(id).updatedAt())
                .isEqualTo(definitions.get(id).createdAt());

        violates("definition_maintainers_user_fk", () -> definitions.addMaintainer(id, UUID.randomUUID()));
        refused("limit", () -> definitions.maintainers(id, 0, null));
        refused("cursor", () -> definitions.maintainers(id, 1, new Cursor("x")));
    }

    private List<UUID> pages(UUID definition, int limit) {
        List<UUID> all = new ArrayList<>();
        Cursor after = null;
        do {
            Page<DefinitionMaintainer> page = definitions.maintainers(definition, limit, after);
            page.items().forEach(maintainer -> {
                assertThat(maintainer.definitionId()).isEqualTo(definition);
                all.add(maintainer.userId());
            });
            after = page.next();
        } while (after != null);
        return all;
    }

    @Test
    void who_adds_a_maintainer_while_the_definition_is_being_deleted_waits_and_does_not_find_it() throws Exception {
        UUID ada = user(db, "ada");
        UUID id = create(db, "going").id();
        for (ChangeOfMaintainers change : List.<ChangeOfMaintainers>of(
                (repository, user) -> repository.addMaintainer(id, user),
                (repository, user) -> repository.removeMaintainer(id, user))) {
            CountDownLatch deleted = new CountDownLatch(1);
            int before = definitions.maintainers(id, 10, null).items().size();
            database.admin("update evalstore.benchmark_definitions set deleted_at = null");
            List<Object> results = Threads.together(2, i -> () -> {
                if (i == 0) {
                    return db.inTransaction(tx -> {
                        tx.exchange().definitions().softDelete(id);
                        deleted.countDown();
                        database.awaitBlocked();
                        return "deleted";
                    });
                }
                deleted.await();
                try {
                    return change.by(definitions, ada);
                } catch (NotFoundException e) {
                    return "not found";
                }
            });
            assertThat(results).containsExactly("deleted", "not found");
            assertThat(definitions.maintainers(id, 10, null).items()).hasSize(before);
            database.admin("insert into evalstore.definition_maintainers (definition_id, user_id) values ('" + id
                    + "', '" + ada + "') on conflict do nothing");
        }
    }

    /** On one repository or another. */
    @FunctionalInterface
    private interface ChangeOfMaintainers {
        boolean by(DefinitionRepository repository, UUID user);
    }

    @Test
    void of_those_who_add_one_maintainer_at_once_one_does() throws Exception {
        UUID ada = user(db, "ada");
        UUID id = create(db, "one").id();
        assertThat(Threads.together(8, i -> () -> definitions.addMaintainer(id, ada)))
                .containsOnlyOnce(true);
        assertThat(Threads.together(8, i -> () -> definitions.removeMaintainer(id, ada)))
                .containsOnlyOnce(true);
    }

    @Test
    void every_write_of_a_person_is_audited_under_the_definition() {
        UUID ada = user(db, "ada");
        DefinitionRepository acting = db.actingAs(Actor.SYSTEM).exchange().definitions();
        UUID id = acting.create(definition("told"), "1.0.0", version()).id();
        acting.addMaintainer(id, ada);
        acting.addMaintainer(id, ada);
        acting.removeMaintainer(id, ada);
        acting.removeMaintainer(id, ada);
        acting.update(id, UpdateBenchmarkDefinition.NOTHING.name("New name"));
        acting.update(id, UpdateBenchmarkDefinition.NOTHING.name("New name"));
        acting.submitForReview(id);
        acting.returnToDraft(id, "not clear enough");
        acting.softDelete(id);

        assertThat(database.query("select action from evalstore.audit_log where entity_type = 'benchmark_definition'"
                        + " and entity_id = '" + id + "' order by created_at, id"))
                .containsExactly("create", "update", "submit_for_review", "return_to_draft", "soft_delete");
        assertThat(database.query("select action from evalstore.audit_log"
                        + " where entity_type = 'definition_maintainer' and entity_id = '" + id + "/" + ada
                        + "' order by created_at, id"))
                .containsExactly("add", "remove");
        assertThat(database.value("select changes::text from evalstore.audit_log where action = 'return_to_draft'"))
                .contains("\"DRAFT\"", "\"UNDER_REVIEW\"", "not clear enough");
    }

    @Test
    void every_text_has_its_bounds_in_characters_and_no_rule_needs_the_database() {
        String emoji = "🦖";
        for (String tooShort : List.of("ab", "  ", emoji + emoji)) {
            refused("name", () -> named(tooShort));
        }
        assertThat(named(emoji.repeat(3)).name()).hasSize(6);
        refused("name", () -> named("a".repeat(201)));
        refused("name", () -> named("ab\0"));
        refused("name", () -> named("ab" + emoji.charAt(0)));
        refused("description", () -> described("123456789"));
        refused("description", () -> described("a".repeat(5_001)));
        refused("longDescription", () -> definition("ok").longDescription("a".repeat(200_001)));
        refused("longDescription", () -> definition("ok").longDescription(" "));
        refused("license", () -> licensed(" "));
        refused("license", () -> licensed("a".repeat(201)));
        NewBenchmarkDefinition.Details details = NewBenchmarkDefinition.Details.NONE;
        refused("licenseText", () -> details.licenseText("a".repeat(100_001)));
        for (String url : List.of(
                "ftp://x",
                "x",
                "http://",
                "https://a b",
                "https://a\u00a0b",
                "https://" + "a".repeat(1_993),
                "javascript:alert(1)//http://x")) {
            refused("documentationUrl", () -> details.documentationUrl(url));
            refused("sourceUrl", () -> details.sourceUrl(url));
            refused("sourceUrl", () -> UpdateBenchmarkDefinition.NOTHING.sourceUrl(Patch.set(url)));
        }
        refused("maintainers", () -> definition("ok").maintainers(uuids(101)));
        assertThat(definition("ok").maintainers(uuids(100)).people().maintainers())
                .hasSize(100);
    }

    @Test
    void tags_are_at_most_twenty_and_written_as_slugs() {
        refused("tags", () -> definition("ok").tags(strings(21)));
        for (String tag : List.of("", "A", "a b", "a,b", "a_b", "-", "a-", "ä", "a".repeat(101), "a\0", "{a}")) {
            refused("tags", () -> definition("ok").tags("good", tag));
            refused("tags", () -> UpdateBenchmarkDefinition.NOTHING.tags(List.of("good", tag)));
        }
        String[] most = strings(20);
        most[19] = "a".repeat(100);
        assertThat(definitions
                        .create(definition("ok").tags(most), "1.0.0", version())
                        .tags())
                .containsExactly(most);
        assertThat(definitions
                        .create(definition("one").tags("7"), "1.0.0", version())
                        .tags())
                .containsExactly("7");
    }

    @Test
    void a_citation_is_of_1950_to_next_year() {
        for (int year : new int[] {1949, 0, -1, Integer.MIN_VALUE, NEXT_YEAR + 2, Integer.MAX_VALUE}) {
            refused("citationYear", () -> definition("ok").citation(Citation.NONE.year(year)));
            refused("citationYear", () -> UpdateBenchmarkDefinition.NOTHING.citationYear(Patch.set(year)));
        }
        for (int year : new int[] {1950, NEXT_YEAR}) {
            assertThat(definition("ok")
                            .citation(Citation.NONE.year(year))
                            .citation()
                            .year())
                    .isEqualTo(year);
        }
        int next;
        boolean isRefused;
        do {
            next = Year.now(ZoneOffset.UTC).getValue() + 1;
            isRefused = isRefused(next + 1);
        } while (next != Year.now(ZoneOffset.UTC).getValue() + 1);
        assertThat(isRefused).as("the year after next").isTrue();
        String tooLong = "a".repeat(1_001);
        refused("citationTitle", () -> definition("ok").citation(Citation.NONE.title(tooLong)));
        refused("citationVenue", () -> definition("ok").citation(Citation.NONE.venue(tooLong)));
        refused("citationDoi", () -> definition("ok").citation(Citation.NONE.doi(tooLong)));
        refused("citationDoi", () -> definition("ok").citation(Citation.NONE.doi("a\0")));
        refused("citationBibtex", () -> definition("ok").citation(Citation.NONE.bibtex("a".repeat(20_001))));
        refused("citationAuthors", () -> definition("ok").citation(Citation.NONE.authors(strings(1_001))));
        refused("citationAuthors", () -> definition("ok").citation(Citation.NONE.authors("a".repeat(501))));
        refused("citationAuthors", () -> definition("ok").citation(Citation.NONE.authors("a", " ")));
        refused("citationAuthors", () -> UpdateBenchmarkDefinition.NOTHING.citationAuthors(List.of("a\0")));
    }

    private static boolean isRefused(int year) {
        try {
            definition("ok").citation(Citation.NONE.year(year));
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** The library's rules let nothing through that the schema refuses. */
    @Test
    void the_longest_that_there_may_be_is_stored() {
        String emoji = "🦖";
        List<String> authors = Collections.nCopies(1_000, "a".repeat(100));
        Citation citation = new Citation(
                emoji.repeat(1_000),
                authors,
                emoji.repeat(1_000),
                NEXT_YEAR,
                emoji.repeat(1_000),
                emoji.repeat(20_000));
        NewBenchmarkDefinition longest = new NewBenchmarkDefinition(
                "longest",
                emoji.repeat(200),
                emoji.repeat(5_000),
                DefinitionCategory.COST,
                emoji.repeat(200),
                new NewBenchmarkDefinition.Details(
                        emoji.repeat(200_000),
                        emoji.repeat(100_000),
                        List.of(),
                        "https://" + "a".repeat(1_992),
                        "https://" + "a".repeat(1_992)),
                citation,
                NewBenchmarkDefinition.People.UNKNOWN);

        BenchmarkDefinition stored = definitions.create(longest, "1.0.0", version());

        assertThat(stored.longDescription()).isEqualTo(emoji.repeat(200_000));
        assertThat(stored.citation()).isEqualTo(citation);
        assertThat(definitions.get(stored.id())).isEqualTo(stored);
    }

    /** For writers in other languages. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "benchmark_definitions_slug_format|slug = 'Good'",
                "benchmark_definitions_slug_format|slug = 'a'",
                "benchmark_definitions_slug_format|slug = repeat('a', 101)",
                "benchmark_definitions_name_length|name = 'ab'",
                "benchmark_definitions_name_length|name = repeat('a', 201)",
                "benchmark_definitions_name_length|name = '    '",
                "benchmark_definitions_description_length|description = 'short'",
                "benchmark_definitions_description_length|description = repeat('a', 5001)",
                "benchmark_definitions_long_description_length|long_description = repeat('a', 200001)",
                "benchmark_definitions_category_valid|category = 'other'",
                "benchmark_definitions_status_valid|status = 'published'",
                "benchmark_definitions_status_reason_length|status_reason = '123456789'",
                "benchmark_definitions_status_reason_length|status_reason = repeat('a', 1001)",
                "benchmark_definitions_deprecated_with_reason|status = 'deprecated'",
                "benchmark_definitions_tags_format|tags = '{A}'",
                "benchmark_definitions_tags_format|tags = '{a b}'",
                "benchmark_definitions_tags_format|tags = '{null}'",
                "benchmark_definitions_tags_format|tags = array[repeat('a', 101)]",
                "benchmark_definitions_tags_format|tags = array(select concat('t', n) from generate_series(1, 21) n)",
                "benchmark_definitions_license_length|license = ''",
                "benchmark_definitions_license_text_length|license_text = repeat('a', 100001)",
                "benchmark_definitions_documentation_url_format|documentation_url = 'ftp://x'",
                "benchmark_definitions_source_url_format|source_url = 'http://a b'",
                "benchmark_definitions_citation_title_length|citation_title = repeat('a', 1001)",
                "benchmark_definitions_citation_authors_size|citation_authors = '{null}'",
                "benchmark_definitions_citation_venue_length|citation_venue = repeat('a', 1001)",
                "benchmark_definitions_citation_year_range|citation_year = 1949",
                "benchmark_definitions_citation_doi_length|citation_doi = repeat('a', 1001)",
                "benchmark_definitions_citation_bibtex_length|citation_bibtex = repeat('a', 20001)"
            })
    void the_schema_refuses_by_name_what_the_library_would(String constraint, String assignment) {
        create(db, "good");
        violatesAsWritten(constraint, assignment);
    }

    private static void violatesAsWritten(String constraint, String assignment) {
        assertThatThrownBy(() -> database.admin("update evalstore.benchmark_definitions set " + assignment))
                .rootCause()
                .hasMessageContaining("\"" + constraint + "\"");
    }

    private static NewBenchmarkDefinition named(String name) {
        return NewBenchmarkDefinition.of("ok", name, "long enough", DefinitionCategory.COST, "MIT");
    }

    private static NewBenchmarkDefinition described(String description) {
        return NewBenchmarkDefinition.of("ok", "a name", description, DefinitionCategory.COST, "MIT");
    }

    private static NewBenchmarkDefinition licensed(String license) {
        return NewBenchmarkDefinition.of("ok", "a name", "long enough", DefinitionCategory.COST, license);
    }

    private static List<UUID> uuids(int count) {
        return Stream.generate(UUID::randomUUID).limit(count).toList();
    }

    private static String[] strings(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i).toArray(String[]::new);
    }

    private static List<String> versions() {
        return database.query("select concat_ws('-', concat_ws('.', semver_major, semver_minor, semver_patch),"
                + " semver_prerelease) from evalstore.definition_versions");
    }

    private static long rows(String... tables) {
        long rows = 0;
        for (String table : new HashSet<>(List.of(tables))) {
            rows += Long.parseLong(database.value("select count(*) from evalstore." + table));
        }
        return rows;
    }
}
