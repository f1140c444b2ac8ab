package dev.evalstore.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.LaneCursors.Given;
import dev.evalstore.internal.queue.LaneCursors.Lane;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shares, against a server that gives what the claim's statement would: by least finish among those that have something. */
class LaneCursorsTest {
    private static final Covered EMPTY = new Covered(1, 1);
    private static final Covered THREE = new Covered(2, 3);
    private static final Covered ONE = new Covered(3, 1);

    private final LaneCursors cursors = new LaneCursors();
    private final Map<Integer, Integer> counts = new TreeMap<>();
    private long seq;

    /** Answers one claim from the lanes that have work without end. */
    private List<Given> answer(List<Lane> asked, List<Covered> backlogged, int limit) {
        Map<Integer, Integer> places = new TreeMap<>();
        List<Given> given = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            Lane next = asked.stream()
                    .filter(lane -> backlogged.stream().anyMatch(b -> b.id() == lane.id()))
                    .min(Comparator.comparingDouble(
                            lane -> lane.pass() + lane.stride() * (places.getOrDefault(lane.id(), 0) + 1)))
                    .orElseThrow();
            places.merge(next.id(), 1, Integer::sum);
            counts.merge(next.id(), 1, Integer::sum);
            given.add(new Given(next.id(), 0, ++seq));
        }
        return given;
    }

    private void claims(int n, int limit, List<Covered> backlogged, List<Covered> covered) {
        for (int i = 0; i < n; i++) {
            List<Lane> asked = cursors.next(covered, i % 10 == 0);
            cursors.claimed(asked, answer(asked, backlogged, limit), 1_000);
        }
    }

    @ParameterizedTest(name = "claims of {0}")
    @CsvSource({"1", "2", "10", "100"})
    void shares_follow_the_weights_beside_a_lane_that_is_empty(int limit) {
        claims(4_000 / limit, limit, List.of(THREE, ONE), List.of(EMPTY, THREE, ONE));
        assertThat(counts.get(THREE.id())).isBetween(2_950, 3_050);
    }

    @Test
    void a_lane_that_is_new_has_no_claim_on_what_was_given_before_it_came() {
        claims(1_000, 1, List.of(ONE), List.of(ONE));
        counts.clear();
        Covered late = new Covered(9, 1);
        claims(100, 1, List.of(ONE, late), List.of(ONE, late));
        assertThat(counts.get(late.id())).isBetween(49, 51);
    }

    @Test
    void a_lane_that_was_empty_saves_up_no_claim_on_what_follows() {
        claims(10, 1, List.of(THREE, ONE), List.of(THREE, ONE));
        claims(1_000, 1, List.of(THREE), List.of(THREE, ONE));
        counts.clear();
        claims(100, 1, List.of(THREE, ONE), List.of(THREE, ONE));
        assertThat(counts.get(ONE.id())).isBetween(24, 27);
    }

    @Test
    void many_claims_at_the_same_time_do_not_level_the_shares() {
        for (int round = 0; round < 500; round++) {
            List<List<Lane>> asked = new ArrayList<>();
            List<List<Given>> given = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                asked.add(cursors.next(List.of(THREE, ONE), false));
                given.add(answer(asked.get(thread), List.of(THREE, ONE), 1));
            }
            for (int thread = 0; thread < 8; thread++) {
                cursors.claimed(asked.get(thread), given.get(thread), 1_000);
            }
        }
        assertThat(counts.get(THREE.id())).isBetween(2_900, 3_100);
    }

    @Test
    void a_cursor_stands_after_the_last_item_and_a_look_from_the_beginning_forgets_it() {
        List<Lane> asked = cursors.next(List.of(ONE), false);
        assertThat(asked.get(0).rank()).isEqualTo(Integer.MIN_VALUE);
        cursors.claimed(asked, List.of(new Given(3, -5, 70), new Given(3, 0, 8), new Given(3, 0, 9)), 1_000);
        Lane next = cursors.next(List.of(ONE), false).get(0);
        assertThat(next.rank()).isZero();
        assertThat(next.seq()).isEqualTo(9);
        cursors.claimed(List.of(next), List.of(new Given(3, -9, 71)), 1_000);
        assertThat(cursors.next(List.of(ONE), false).get(0).seq()).isEqualTo(9);
        assertThat(cursors.next(List.of(ONE), true).get(0).seq()).isEqualTo(Long.MIN_VALUE);
    }
}
