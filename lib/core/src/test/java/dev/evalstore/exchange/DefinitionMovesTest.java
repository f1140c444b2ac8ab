package dev.evalstore.exchange;

import static dev.evalstore.exchange.DefinitionStatus.ACTIVE;
import static dev.evalstore.exchange.DefinitionStatus.ARCHIVED;
import static dev.evalstore.exchange.DefinitionStatus.DEPRECATED;
import static dev.evalstore.exchange.DefinitionStatus.DRAFT;
import static dev.evalstore.exchange.DefinitionStatus.UNDER_REVIEW;
import static dev.evalstore.exchange.ExchangeFixtures.create;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A definition's way from draft to archived, and of two that move it, one. */
class DefinitionMovesTest {
    private static final String REASON = "Replaced by a better one.";
    private static final AtomicInteger NEXT = new AtomicInteger();

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final DefinitionRepository definitions = db.exchange().definitions();

    /** Every move: the verb as messages write it, whence, and whither. */
    private enum Move {
        SUBMIT_FOR_REVIEW(DRAFT, UNDER_REVIEW, null),
        RETURN_TO_DRAFT(UNDER_REVIEW, DRAFT, REASON),
        ACTIVATE(UNDER_REVIEW, ACTIVE, null),
        DEPRECATE(ACTIVE, DEPRECATED, REASON),
        REACTIVATE(DEPRECATED, ACTIVE, null),
        ARCHIVE(DEPRECATED, ARCHIVED, REASON);

        private final DefinitionStatus from;
        private final DefinitionStatus to;
        private final @Nullable String reason;

        Move(DefinitionStatus from, DefinitionStatus to, @Nullable String reason) {
            this.from = from;
            this.to = to;
            this.reason = reason;
        }

        BenchmarkDefinition make(DefinitionRepository definitions, UUID id) {
            return switch (this) {
                case SUBMIT_FOR_REVIEW -> definitions.submitForReview(id);
                case RETURN_TO_DRAFT -> definitions.returnToDraft(id, REASON);
                case ACTIVATE -> definitions.activate(id);
                case DEPRECATE -> definitions.deprecate(id, REASON);
                case REACTIVATE -> definitions.reactivate(id);
                case ARCHIVE -> definitions.archive(id);
            };
        }
    }

    private BenchmarkDefinition in(DefinitionStatus status) {
        BenchmarkDefinition definition = create(db, "moved-" + NEXT.incrementAndGet());
        List<Move> way = switch (status) {
            case DRAFT -> List.of();
            case UNDER_REVIEW -> List.of(Move.SUBMIT_FOR_REVIEW);
            case ACTIVE -> List.of(Move.SUBMIT_FOR_REVIEW, Move.ACTIVATE);
            case DEPRECATED -> List.of(Move.SUBMIT_FOR_REVIEW, Move.ACTIVATE, Move.DEPRECATE);
            case ARCHIVED -> List.of(Move.SUBMIT_FOR_REVIEW, Move.ACTIVATE, Move.DEPRECATE, Move.ARCHIVE);
        };
        for (Move move : way) {
            definition = move.make(definitions, definition.id());
        }
        assertThat(definition.status()).isEqualTo(status);
        return definition;
    }

    @ParameterizedTest
    @EnumSource
    void a_move_is_made_from_its_status_alone_and_refused_with_the_present_one_from_any_other(DefinitionStatus status) {
        BenchmarkDefinition before = in(status);
        for (Move move : Move.values()) {
            if (move.from != status) {
                assertThatThrownBy(() -> move.make(definitions, before.id()))
                        .isInstanceOf(ConflictException.class)
                        .hasMessage("benchmark definition %s is %s: cannot %s", before.id(), word(status), verb(move));
            }
        }
        assertThat(definitions.get(before.id()))
                .as("a refused move changes nothing")
                .isEqualTo(before);
        for (Move move : Move.values()) {
            if (move.from == status) {
                BenchmarkDefinition moved = move.make(definitions, in(status).id());
                assertThat(moved.status()).isEqualTo(move.to);
                assertThat(moved.statusReason()).isEqualTo(move.reason);
                assertThat(moved.updatedAt()).isAfter(moved.createdAt());
                assertThat(definitions.get(moved.id())).isEqualTo(moved);
            }
        }
    }

    private static String word(DefinitionStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static String verb(Move move) {
        return move.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Test
    void archived_is_final() {
        UUID id = in(ARCHIVED).id();

        for (Move move : Move.values()) {
            assertThatThrownBy(() -> move.make(definitions, id)).isInstanceOf(ConflictException.class);
        }
        assertThat(definitions.get(id).status()).isEqualTo(ARCHIVED);
    }

    @Test
    void only_active_and_deprecated_ones_accept_submissions() {
        assertThat(Stream.of(DefinitionStatus.values()).filter(DefinitionStatus::acceptsSubmissions))
                .containsExactly(ACTIVE, DEPRECATED);
    }

    @Test
    void a_definition_can_go_round_before_it_is_archived() {
        UUID id = in(UNDER_REVIEW).id();
        for (Move move : List.of(
                Move.RETURN_TO_DRAFT,
                Move.SUBMIT_FOR_REVIEW,
                Move.ACTIVATE,
                Move.DEPRECATE,
                Move.REACTIVATE,
                Move.DEPRECATE,
                Move.ARCHIVE)) {
            assertThat(move.make(definitions, id).status()).isEqualTo(move.to);
        }
    }

    @Test
    void a_reason_has_ten_to_a_thousand_characters() {
        UUID review = in(UNDER_REVIEW).id();
        UUID active = in(ACTIVE).id();
        for (String bad : List.of(
                "", "          ", "123456789", "🦖".repeat(9), "a".repeat(1_001), "1234567890\0", "1234567890\ud83e")) {
            refused("reason", () -> definitions.returnToDraft(review, bad));
            refused("reason", () -> definitions.deprecate(active, bad));
            // Before the database is asked: no such definition is there to be found missing.
            refused("reason", () -> definitions.deprecate(UUID.randomUUID(), bad));
        }
        assertThat(definitions.returnToDraft(review, "🦖".repeat(10)).statusReason())
                .isEqualTo("🦖".repeat(10));
        assertThat(definitions.deprecate(active, "🦖".repeat(1_000)).statusReason())
                .isEqualTo("🦖".repeat(1_000));
    }

    static Stream<Arguments> rivals() {
        return Stream.of(Move.values())
                .flatMap(one -> Stream.of(Move.values())
                        .filter(other -> one.from == other.from && one.compareTo(other) <= 0)
                        .map(other -> Arguments.of(one, other)));
    }

    @ParameterizedTest
    @MethodSource("rivals")
    void of_those_who_move_one_definition_at_once_one_does_and_the_others_learn_where_it_is(Move one, Move other)
            throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID id = in(one.from).id();
            List<Object> results = Threads.together(4, i -> () -> {
                try {
                    return (i % 2 == 0 ? one : other).make(definitions, id).status();
                } catch (ConflictException e) {
                    return e.getMessage();
                }
            });
            DefinitionStatus now = definitions.get(id).status();
            assertThat(results).containsOnlyOnce(now);
            assertThat(results)
                    .filteredOn(String.class::isInstance)
                    .hasSize(3)
                    .allMatch(message -> message.toString().contains(" is " + word(now) + ": cannot "));
        }
    }

    /** A move that waits for another sees where that one led, and not where the definition was when it began to wait. */
    @Test
    void a_move_that_waited_for_another_is_refused_by_what_that_one_left() throws Exception {
        UUID id = in(UNDER_REVIEW).id();
        CountDownLatch moved = new CountDownLatch(1);
        List<Object> results = Threads.together(2, i -> () -> {
            if (i == 0) {
                return db.inTransaction(tx -> {
                    BenchmarkDefinition active = tx.exchange().definitions().activate(id);
                    moved.countDown();
                    database.awaitBlocked();
                    return active.status();
                });
            }
            moved.await();
            try {
                return definitions.returnToDraft(id, REASON).status();
            } catch (ConflictException e) {
                return e.getMessage();
            }
        });
        assertThat(results.get(0)).isIn(ACTIVE);
        assertThat(results.get(1).toString()).endsWith(" is active: cannot return to draft");
    }

    @Test
    void a_deleted_definition_moves_no_more_and_a_moved_one_can_be_deleted() {
        for (DefinitionStatus status : DefinitionStatus.values()) {
            BenchmarkDefinition gone = definitions.softDelete(in(status).id());
            assertThat(gone.status()).isEqualTo(status);
            for (Move move : Move.values()) {
                ExchangeFixtures.notFound(() -> move.make(definitions, gone.id()));
            }
        }
    }
}
