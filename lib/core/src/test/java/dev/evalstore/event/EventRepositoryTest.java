package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
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
}
