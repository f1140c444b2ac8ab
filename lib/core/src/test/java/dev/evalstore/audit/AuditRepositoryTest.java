package dev.evalstore.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final AuditRepository audit = db.audit();

    @BeforeEach
    void empty() {
        // What no role may do by a statement: the triggers are taken off for the moment.
        database.admin("set session_replication_role = replica; delete from evalstore.audit_log");
    }

    private static NewAuditEntry entry(int n) {
        return NewAuditEntry.of("update", "model", n);
    }

    @Test
    void an_entry_reads_back_as_it_was_recorded() throws Exception {
        UUID id = UUID.randomUUID();
        Actor actor = new Actor(ActorKind.SERVICE, id, "importer", InetAddress.getByName("2001:db8::7"), "curl/8");

        AuditEntry entry = audit.record(NewAuditEntry.of("import", "dataset", "mmlu")
                .by(ActingContext.of(actor).request("req-1"))
                .changes(AuditChanges.changes(null, Map.of("rows", 5)))
                .metadata(Json.of(Map.of("file", "a.json"))));

        assertThat(audit.list(AuditFilter.ALL, 10, null).items()).containsExactly(entry);
        assertThat(entry.actorId()).isEqualTo(id);
        assertThat(entry.actorLabel()).isEqualTo("importer");
        assertThat(entry.actorKind()).isEqualTo(ActorKind.SERVICE);
        assertThat(entry.ipAddress()).isEqualTo(InetAddress.getByName("2001:db8::7"));
        assertThat(entry.userAgent()).isEqualTo("curl/8");
        assertThat(entry.requestId()).isEqualTo("req-1");
        assertThat(entry.entityType()).isEqualTo("dataset");
        assertThat(entry.entityId()).isEqualTo("mmlu");
        assertThat(entry.changes().asMap()).isEqualTo(Map.of("rows", Map.of("to", 5)));
        assertThat(entry.metadata().asMap()).isEqualTo(Map.of("file", "a.json"));
        assertThat(entry.occurredAt()).isEqualTo(entry.createdAt());
    }

    @Test
    void the_address_of_an_entry_is_read_whoever_wrote_it() {
        audit.record(entry(1));
        for (String inet : List.of("192.0.2.7", "192.0.2.7/24", "2001:db8::7", "2001:db8::7/64")) {
            database.admin("insert into evalstore.audit_log (actor_label, actor_kind, action, entity_type, ip_address)"
                    + " values ('psql', 'system', '" + inet + "', 'network', '" + inet + "')");
        }
        assertThat(audit.list(AuditFilter.ALL.entity("network", null), 10, null).items())
                .hasSize(4)
                .allSatisfy(entry -> assertThat(entry.ipAddress())
                        .isEqualTo(InetAddress.getByName(entry.action().replaceFirst("/.*", ""))));
    }

    @Test
    void an_entry_without_a_context_is_the_systems_or_of_the_one_that_acts() throws Exception {
        assertThat(audit.record(entry(1)).actorKind()).isEqualTo(ActorKind.SYSTEM);
        Actor actor = Actor.service("api").from(InetAddress.getByName("192.0.2.1"), null);
        AuditRepository acting =
                db.actingAs(ActingContext.of(actor).request("r")).audit();

        AuditEntry own = acting.record(entry(1));
        assertThat(own.actorLabel()).isEqualTo("api");
        assertThat(own.ipAddress()).isEqualTo(actor.ipAddress());
        assertThat(own.requestId()).isEqualTo("r");
        acting.recordAll(List.of(entry(2)));
        assertThat(audit.history("model", 2, 1, null).items().get(0).requestId())
                .isEqualTo("r");
        AuditEntry system = acting.record(entry(1).actor(Actor.SYSTEM));
        assertThat(system.actorLabel()).isEqualTo("system");
        assertThat(system.requestId()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 499, 500, 10_000})
    void many_entries_are_stored_in_one_go_whatever_their_number(int count) throws Exception {
        Actor actor =
                new Actor(ActorKind.API_KEY, UUID.randomUUID(), "a/b", InetAddress.getByName("192.0.2.1"), "agent");
        ActingContext context = ActingContext.of(actor).request("req");
        List<NewAuditEntry> entries = IntStream.range(0, count)
                .mapToObj(i -> i % 2 == 0
                        ? entry(i)
                        : entry(i).by(context)
                                .changes(Json.of(Map.of("n", i)))
                                .metadata(Json.EMPTY)
                                .occurredAt(
                                        Instant.parse("2031-05-01T00:00:00Z").plusSeconds(i)))
                .toList();

        List<UUID> ids = audit.recordAll(entries);

        assertThat(ids).hasSize(count).doesNotHaveDuplicates();
        assertThat(audit.count(AuditFilter.ALL)).isEqualTo(count);
        if (count > 1) {
            AuditEntry entry = audit.history("model", "1", 10, null).items().get(0);
            assertThat(entry.id()).isEqualTo(ids.get(1));
            assertThat(entry.ipAddress()).isEqualTo(actor.ipAddress());
            assertThat(entry.userAgent()).isEqualTo("agent");
            assertThat(entry.requestId()).isEqualTo("req");
            assertThat(entry.actorKind()).isEqualTo(ActorKind.API_KEY);
            assertThat(entry.changes().asMap()).isEqualTo(Map.of("n", 1));
            assertThat(entry.occurredAt()).isEqualTo(Instant.parse("2031-05-01T00:00:01Z"));
        }
        AuditEntry now = audit.history("model", 0, 10, null).items().get(0);
        assertThat(Duration.between(now.occurredAt(), now.createdAt()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void an_empty_list_is_no_statement() {
        assertThat(audit.recordAll(List.of())).isEmpty();
    }

    @Test
    void history_actor_and_filters_find_their_entries_newest_first_and_pages_cover_them_once() {
        UUID who = UUID.randomUUID();
        ActingContext ada = ActingContext.of(new Actor(ActorKind.USER, who, "ada", null, null))
                .request("r-7");
        ActingContext system = ActingContext.of(Actor.SYSTEM);
        Instant start = Instant.parse("2030-01-31T23:00:00Z");
        List<UUID> ids = audit.recordAll(IntStream.range(0, 9)
                .mapToObj(i ->
                        entry(i % 2).by(i % 3 == 0 ? ada : system).occurredAt(start.plus(i * 20L, ChronoUnit.MINUTES)))
                .toList());

        assertThat(audit.history("model", 1, 10, null).items())
                .extracting(AuditEntry::id)
                .containsExactly(ids.get(7), ids.get(5), ids.get(3), ids.get(1));
        assertThat(audit.byActor(who, 10, null).items())
                .extracting(AuditEntry::id)
                .containsExactly(ids.get(6), ids.get(3), ids.get(0));
        assertThat(audit.count(AuditFilter.ALL.action("update"))).isEqualTo(9);
        assertThat(audit.count(AuditFilter.ALL.action("Update"))).isZero();
        assertThat(audit.count(AuditFilter.ALL.actorKind(ActorKind.USER).request("r-7")))
                .isEqualTo(3);
        assertThat(audit.count(AuditFilter.ALL.entity("model", null))).isEqualTo(9);
        assertThat(audit.count(AuditFilter.ALL.entity("model", "1").actor(who))).isEqualTo(1);
        assertThat(audit.count(AuditFilter.ALL.entity("model", "1").entity("model", "0")))
                .isZero();
        assertThat(audit.count(AuditFilter.ALL.occurred(null, null))).isEqualTo(9);
        assertThat(audit.count(AuditFilter.ALL.occurred(start, start.plus(1, ChronoUnit.HOURS))))
                .isEqualTo(3);
        List<UUID> seen = new ArrayList<>();
        Cursor cursor = null;
        do {
            Page<AuditEntry> page = audit.list(AuditFilter.ALL, 2, cursor);
            page.items().forEach(entry -> seen.add(entry.id()));
            cursor = page.next();
        } while (cursor != null);
        List<UUID> newestFirst = new ArrayList<>(ids);
        Collections.reverse(newestFirst);
        assertThat(seen).isEqualTo(newestFirst);
    }

    @Test
    void an_entry_in_a_transaction_is_stored_exactly_if_the_transaction_is() {
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.audit().record(entry(1));
                    tx.audit().recordAll(List.of(entry(2).occurredAt(Instant.parse("2040-01-01T00:00:00Z"))));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(audit.count(AuditFilter.ALL)).isZero();

        db.useTransaction(
                tx -> tx.audit().recordAll(List.of(entry(2).occurredAt(Instant.parse("2040-01-01T00:00:00Z")))));
        assertThat(audit.count(AuditFilter.ALL)).isEqualTo(1);
    }

    @Test
    void nobody_can_change_or_delete_an_entry() {
        audit.record(entry(1));
        String month = database.value("select tableoid::regclass::text from evalstore.audit_log");

        for (String table : List.of("evalstore.audit_log", month)) {
            for (String change : List.of(
                    "update " + table + " set action = 'nothing'", "delete from " + table, "truncate " + table)) {
                for (String role : List.of("evalstore_app", "evalstore_reader")) {
                    assertThatThrownBy(() -> database.admin("set role " + role + "; " + change))
                            .hasMessageContaining("permission denied");
                }
                assertThatThrownBy(() -> database.admin("set role evalstore_owner; " + change))
                        .hasMessageContaining("append-only");
                assertThatThrownBy(() -> database.admin(change)).hasMessageContaining("append-only");
            }
        }
        assertThat(audit.count(AuditFilter.ALL)).isEqualTo(1);
    }

    @Test
    void whole_months_go_for_the_owner_alone() {
        Instant old = Instant.now().minus(400, ChronoUnit.DAYS);
        audit.recordAll(List.of(entry(1).occurredAt(old), entry(2)));

        assertThatThrownBy(() -> audit.cleanup(Duration.ofDays(300)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
        assertThat(audit.count(AuditFilter.ALL)).isEqualTo(2);

        try (Database owner = Database.open(database.owner().build())) {
            assertThat(owner.audit().cleanup(Duration.ofDays(500))).isEqualTo(Cleanup.NOTHING);
            Cleanup cleanup = owner.audit().cleanup(Duration.ofDays(300));
            assertThat(cleanup.removed()).isPositive();
            assertThat(cleanup.more()).isFalse();
            assertThat(owner.audit().cleanup(Duration.ofDays(300))).isEqualTo(Cleanup.NOTHING);
        }
        assertThat(audit.list(AuditFilter.ALL, 10, null).items())
                .extracting(AuditEntry::entityId)
                .containsExactly("2");
        assertThat(audit.record(entry(1).occurredAt(old)).occurredAt()).isEqualTo(old.truncatedTo(ChronoUnit.MICROS));
    }

    @Test
    void appends_go_on_while_months_are_made_and_dropped() throws Exception {
        try (Database owner = Database.open(database.owner().build())) {
            Callable<Long> drop = () -> {
                long dropped = 0;
                for (int i = 0; i < 10; i++) {
                    owner.audit().record(entry(0).occurredAt(Instant.parse("2010-01-01T00:00:00Z")));
                    dropped += owner.audit().cleanup(Duration.ofDays(365 * 10)).removed();
                }
                return dropped;
            };
            Callable<Long> append = () -> {
                long appended = 0;
                for (int i = 0; i < 100; i++) {
                    appended += audit.recordAll(List.of(
                                    entry(i),
                                    entry(i).occurredAt(Instant.parse("2050-01-15T00:00:00Z")
                                            .plus(31L * i, ChronoUnit.DAYS))))
                            .size();
                }
                return appended;
            };
            List<Callable<Long>> tasks = List.of(drop, append, append, append);

            assertThat(Threads.together(tasks.size(), tasks::get)).containsExactly(10L, 200L, 200L, 200L);
        }
        assertThat(audit.count(AuditFilter.ALL)).isEqualTo(600);
    }

    @Test
    void a_text_that_cannot_be_stored_is_refused_by_a_filter_by_name() {
        for (String text : List.of("a\0b", "cut \uD83D")) {
            assertThatThrownBy(() -> AuditFilter.ALL.action(text)).hasMessageContaining("action");
            assertThatThrownBy(() -> AuditFilter.ALL.entity(text, null)).hasMessageContaining("entityType");
            assertThatThrownBy(() -> AuditFilter.ALL.entity("model", text)).hasMessageContaining("entityId");
            assertThatThrownBy(() -> AuditFilter.ALL.request(text)).hasMessageContaining("requestId");
        }
        assertThatThrownBy(() -> AuditFilter.ALL.action(" ")).hasMessageContaining("action");
        assertThatThrownBy(() -> AuditFilter.ALL.actor(null)).hasMessageContaining("id");
        assertThatThrownBy(() -> AuditFilter.ALL.actorKind(null)).hasMessageContaining("kind");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-12-31T23:59:59.999999Z", "2101-01-01T00:00:00Z"})
    void a_time_that_nobody_meant_is_refused_by_name(Instant time) {
        assertThatThrownBy(() -> entry(1).occurredAt(time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("occurredAt");
    }
}
