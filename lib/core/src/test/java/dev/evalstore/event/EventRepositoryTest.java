package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final EventRepository events = db.events();

    private static NewDomainEvent event(String aggregate) {
        return NewDomainEvent.of("order.paid", "order", aggregate);
    }

    /** {@code jsonb} writes blanks. */
    @Test
    void what_was_read_can_be_appended_again() {
        Json document = Json.parse("[" + "1,".repeat(400_000) + "1]");
        DomainEvent stored = events.append(event("long").payload(document));
        assertThat(stored.payload().text()).hasSizeGreaterThan(1_000_000);
        assertThat(events.append(event("long").payload(stored.payload())).payload())
                .isEqualTo(stored.payload());
    }

    @Test
    void an_event_reads_back_as_it_was_appended_with_its_actor_and_cause() {
        UUID user = UUID.randomUUID();
        UUID correlation = UUID.randomUUID();
        UUID causation = UUID.randomUUID();
        Actor actor = new Actor(ActorKind.USER, user, "anna", null, null);

        DomainEvent event = db.actingAs(ActingContext.of(actor).causedBy(correlation, causation))
                .events()
                .append(event("read-back").payload(2, Json.of(Map.of("total", 3))));

        assertThat(events.ofAggregate("order", "read-back", 10, null).items()).containsExactly(event);
        assertThat(events.byCorrelation(correlation, 10, null).items()).containsExactly(event);
        assertThat(event.payload().asMap()).isEqualTo(Map.of("total", 3));
        assertThat(event)
                .isEqualTo(new DomainEvent(
                        event.position(),
                        event.id(),
                        "order.paid",
                        "order",
                        "read-back",
                        2,
                        event.payload(),
                        correlation,
                        causation,
                        ActorKind.USER,
                        user,
                        "read-back",
                        event.createdAt()));
    }

    @Test
    void few_and_many_events_are_appended_in_their_order() {
        for (int count : new int[] {3, 1_000}) {
            String aggregate = "many-" + count;
            List<NewDomainEvent> many = IntStream.range(0, count)
                    .mapToObj(i -> event(aggregate).payload(Json.of(Map.of("i", i))))
                    .toList();

            assertThat(events.appendAll(many)).isEqualTo(count);

            assertThat(events.count(EventFilter.ALL.aggregate("order", aggregate)))
                    .isEqualTo(count);
            assertThat(events.ofAggregate("order", aggregate, count, null).items().stream()
                            .map(event -> ((Number) event.payload().asMap().get("i")).intValue()))
                    .containsExactlyElementsOf(IntStream.range(0, count)
                            .mapToObj(i -> count - 1 - i)
                            .toList());
        }
    }

    @Test
    void a_rolled_back_event_never_was() {
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.events().appendLocked(event("never"));
                    throw new IllegalStateException("on purpose");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(events.ofAggregate("order", "never", 10, null).items()).isEmpty();
    }

    @Test
    void bad_events_are_refused_by_their_field_and_not_quoted() {
        for (String bad : Arrays.asList("", " ", "secret\0", "secret\ud800", "secret".repeat(200))) {
            refused("eventType", () -> NewDomainEvent.of(bad, "order", "1"));
            refused("aggregateType", () -> NewDomainEvent.of("order.paid", bad, "1"));
            refused("aggregateId", () -> NewDomainEvent.of("order.paid", "order", bad));
            refused("partitionKey", () -> event("1").partitionKey(bad));
            refused("eventType", () -> EventFilter.ALL.type(bad));
            refused("aggregateType", () -> EventFilter.ALL.aggregate(bad, null));
            refused("aggregateId", () -> EventFilter.ALL.aggregate("order", bad));
            refused("aggregateId", () -> events.ofAggregate("order", bad, 10, null));
        }
        refused("eventVersion", () -> event("1").payload(0, Json.EMPTY));
        refused("payload", () -> event("1").payload(Json.of("x".repeat(1_000_001))));
        refused("payload", () -> event("1").payload(Json.of(" \\\"".repeat(400_000))));
        refused("limit", () -> events.list(EventFilter.ALL, 0, null));
        refused("limit", () -> events.list(EventFilter.ALL, 1_001, null));
        refused("events", () -> events.appendAll(Collections.nCopies(100_001, event("1"))));
        assertThatThrownBy(() -> events.appendAll(Arrays.asList(event("bad"), null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("events");
        assertThat(events.ofAggregate("order", "bad", 10, null).items()).isEmpty();
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(field)
                .hasMessageNotContaining("secret");
    }

    @Test
    void odd_text_and_the_longest_names_read_back() {
        String odd = "a/b%_'\"\\ \u00e4\ud83d\ude00\n";
        String longest = "n".repeat(800);
        DomainEvent event = events.append(new NewDomainEvent(
                odd, longest, odd, Integer.MAX_VALUE, Json.of(Map.of(odd, odd)), null, null, longest));
        assertThat(events.ofAggregate(longest, odd, 10, null).items()).containsExactly(event);
        assertThat(event.eventType()).isEqualTo(odd);
        assertThat(event.payload().asMap()).isEqualTo(Map.of(odd, odd));
        assertThat(events.list(EventFilter.ALL.type(odd), 10, null).items()).containsExactly(event);
        assertThat(events.appendAll(List.of())).isZero();
    }

    @Test
    void an_event_is_never_changed_or_deleted() {
        events.append(event("kept"));
        for (String sql : List.of(
                "update evalstore.domain_events set event_type = 'x'",
                "delete from evalstore.domain_events",
                "truncate evalstore.domain_events")) {
            assertThatThrownBy(() -> database.admin(sql)).as(sql).hasMessageContaining("append-only");
        }
    }

    @Test
    void an_aggregates_events_are_found_by_their_index_in_every_month() {
        database.admin("select evalstore.create_partition('domain_events', '2009-07-01')");
        database.admin("insert into evalstore.domain_events"
                + " (id, event_type, aggregate_type, aggregate_id, partition_key, correlation_id, created_at)"
                + " select gen_random_uuid(), 'x', 'y', i::text, 'z', gen_random_uuid(),"
                + " case when i % 2 = 0 then '2009-07-04'::timestamptz else now() end"
                + " from generate_series(1, 20000) i");
        database.admin("analyze evalstore.domain_events");
        String month = database.value("select to_char(now() at time zone 'UTC', 'YYYY_MM')");
        for (String where : List.of(
                "aggregate_type = 'y' and aggregate_id = '7'",
                "correlation_id = gen_random_uuid()",
                "position > 100 and position <= 200")) {
            assertThat(String.join(
                            "\n",
                            database.query("explain (costs off) select * from evalstore.domain_events where "
                                    + where.replace("gen_random_uuid()", "'" + UUID.randomUUID() + "'")
                                    + " order by position desc limit 100")))
                    .as(where)
                    .contains("Index")
                    .doesNotContain("Seq Scan on domain_events_2009_07", "Seq Scan on domain_events_" + month);
        }
    }

    /** The sequences of two schemas have two classes of locks, and share the name of the setting in which a transaction remembers. */
    @Test
    void schemas_have_orders_of_their_own_also_in_one_transaction() throws SQLException {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (Database other = Database.open(database.owner().schema("tenant_b").build());
                Connection host = DriverManager.getConnection(
                        database.owner().build().url(),
                        database.owner().build().user(),
                        database.owner().build().password())) {
            other.migrate();
            host.setAutoCommit(false);
            long here = db.join(host).events().append(event("host")).position();
            long there = other.join(host).events().append(event("host")).position();
            db.join(host).events().append(event("host"));
            events.append(event("beside"));
            other.events().append(event("beside"));
            assertThat(settled("evalstore")).isEqualTo(here - 1);
            assertThat(settled("tenant_b")).isEqualTo(there - 1);
            host.commit();

            other.join(host).events().append(event("host"));
            long last = events.append(event("beside")).position();
            assertThat(settled("evalstore")).isEqualTo(last);
            host.rollback();
            assertThat(other.events().count(EventFilter.ALL)).isEqualTo(2);
        }
    }

    private static long settled(String schema) {
        return Long.parseLong(database.value(("with " + EventRows.ORDER.settled() + " select number from settled")
                .replace("evalstore.", schema + ".")));
    }
}
