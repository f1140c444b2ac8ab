package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random changes of submissions by eight threads, which meet on the same models, held against boards that are computed of all
 * submissions in memory: after every round, as of every earlier round, and by a rebuild.
 */
class LeaderboardModelTest {
    private static final int THREADS = 8;
    private static final int MODELS = 15;
    private static final String REASON = "The logs were forged.";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final BoardWorld world = new BoardWorld(database);
    private final SubmissionRepository submissions = world.db.exchange().submissions();
    private final List<DefinitionVersion> versions =
            List.of(world.version(), world.version(BoardWorld.metric().higherIsBetter(false)));
    private final ConcurrentLinkedQueue<Kept> kept = new ConcurrentLinkedQueue<>();

    /** A submission as the test remembers it; only the thread that submitted it changes it. */
    private static final class Kept {
        final NewSubmission given;
        final Submission stored;
        final boolean isLowerBetter;
        volatile VerificationLevel level = VerificationLevel.UNVERIFIED;
        volatile boolean isPublic = true;
        volatile boolean isDeleted;

        Kept(NewSubmission given, Submission stored, boolean isLowerBetter) {
            this.given = given;
            this.stored = stored;
            this.isLowerBetter = isLowerBetter;
        }

        double order() {
            return isLowerBetter ? stored.aggregateScore() : -stored.aggregateScore();
        }
    }

    /** All boards of a moment, as lines of rank, submission. */
    private record Snapshot(Instant moment, Map<Leaderboard, List<String>> boards) {}

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 20_261_128)
    void boards_are_what_the_submissions_make_them_now_and_at_every_moment(long seed) throws Exception {
        change(seed, 8, 12);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {20_261_129, 20_261_130})
    void ten_thousand_changes_leave_boards_that_are_right_at_fifty_moments(long seed) throws Exception {
        change(seed, 50, 25);
    }

    /** So many changes by each thread in each round; between rounds nothing changes, and a moment is kept. */
    private void change(long seed, int rounds, int each) throws Exception {
        List<Snapshot> snapshots = new ArrayList<>();
        List<List<Kept>> own = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            own.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            int number = round;
            Threads.together(THREADS, thread -> () -> {
                Random random = new Random(seed * 1_000_003 + number * 31L + thread);
                for (int i = 0; i < each; i++) {
                    change(random, own.get(thread));
                }
                return true;
            });
            Snapshot snapshot = new Snapshot(world.jdbc.now(), boards());
            snapshot.boards()
                    .forEach((board, lines) ->
                            assertThat(lines(world.boards(), board)).isEqualTo(lines));
            snapshots.add(snapshot);
        }
        for (DefinitionVersion version : versions) {
            assertThat(world.boards().rebuild(version.id())).isZero();
        }
        assertThat(database.value("select count(*) from evalstore.leaderboard_entries where valid_to is null"
                        + " and version_id in ('" + versions.get(0).id() + "', '"
                        + versions.get(1).id() + "')"))
                .isEqualTo(Integer.toString(snapshots.get(rounds - 1).boards().values().stream()
                        .mapToInt(List::size)
                        .sum()));
        for (Snapshot snapshot : snapshots) {
            PastLeaderboards past = world.boards().asOf(snapshot.moment());
            assertThat(past.provisional()).isFalse();
            snapshot.boards()
                    .forEach((board, lines) -> assertThat(lines(past, board))
                            .isEqualTo(lines.stream().map(this::asSeenNow).toList()));
        }
        assertThat(database.query("select a.submission_id::text from evalstore.leaderboard_entries a"
                        + " join evalstore.leaderboard_entries b using (version_id, board, subject_key)"
                        + " where a.valid_from < b.valid_from and coalesce(a.valid_to, 'infinity') > b.valid_from"))
                .as("entries of one model that are valid at one moment")
                .isEmpty();
    }

    private void change(Random random, List<Kept> own) {
        Kept one = own.isEmpty() ? null : own.get(random.nextInt(own.size()));
        int kind = random.nextInt(10);
        if (one == null || kind < 4) {
            int at = random.nextInt(versions.size());
            NewSubmission given =
                    BoardWorld.of(versions.get(at), "model " + random.nextInt(MODELS), random.nextInt(12) / 10.0);
            NewSubmission official = random.nextInt(3) == 0 ? given.official() : given;
            Kept added = new Kept(official, world.submit(official), at == 1);
            own.add(added);
            kept.add(added);
        } else if (one.isDeleted) {
            own.remove(one);
        } else if (kind == 4) {
            assertThat(submissions.submit(one.given).isNew()).isFalse();
        } else if (kind == 5) {
            submissions.softDelete(one.stored.id());
            one.isDeleted = true;
        } else if (kind == 6 && one.level != VerificationLevel.UNVERIFIED) {
            submissions.revoke(one.stored.id(), REASON);
            one.level = VerificationLevel.UNVERIFIED;
        } else if (kind < 8) {
            VerificationLevel level = VerificationLevel.values()[1 + random.nextInt(3)];
            boolean isRaised = world.raise(one.stored, level);
            assertThat(isRaised).isEqualTo(level.compareTo(one.level) > 0);
            one.level = isRaised ? level : one.level;
        } else {
            SubmissionVisibility to = SubmissionVisibility.values()[random.nextInt(3)];
            submissions.changeVisibility(one.stored.id(), to);
            one.isPublic = to == SubmissionVisibility.PUBLIC;
        }
    }

    private Map<Leaderboard, List<String>> boards() {
        Map<Leaderboard, List<String>> boards = new HashMap<>();
        for (DefinitionVersion version : versions) {
            for (Board board : Board.values()) {
                boards.put(Leaderboard.of(version.id(), board), board(version, admitted(board)));
            }
        }
        return boards;
    }

    private static Predicate<Kept> admitted(Board board) {
        return switch (board) {
            case OVERALL -> one -> true;
            case COMMUNITY -> one -> one.level.isAtLeast(VerificationLevel.COMMUNITY_VERIFIED);
            case VERIFIED -> one -> one.level.isAtLeast(VerificationLevel.PLATFORM_VERIFIED);
            case AUDITED -> one -> one.level == VerificationLevel.AUDITED;
            case OFFICIAL -> one -> one.stored.official() && one.level != VerificationLevel.UNVERIFIED;
        };
    }

    private List<String> board(DefinitionVersion version, Predicate<Kept> admitted) {
        Comparator<Kept> order = Comparator.comparingDouble(Kept::order)
                .thenComparing(one -> one.stored.createdAt())
                .thenComparing(one -> one.stored.id().toString());
        Map<ModelSubject, Kept> best = new HashMap<>();
        kept.stream()
                .filter(one -> one.stored.versionId().equals(version.id()) && one.isPublic && !one.isDeleted)
                .filter(admitted)
                .forEach(one -> best.merge(one.stored.subject(), one, (a, b) -> order.compare(a, b) <= 0 ? a : b));
        List<Kept> places = best.values().stream().sorted(order).toList();
        return places.stream()
                .map(one -> 1
                        + places.stream()
                                .filter(other -> other.order() < one.order())
                                .count() + " " + one.stored.id())
                .toList();
    }

    /** The line of a submission that anybody may still see, or else its rank alone. */
    private String asSeenNow(String line) {
        String rank = line.substring(0, line.indexOf(' '));
        UUID id = UUID.fromString(line.substring(rank.length() + 1));
        return kept.stream().anyMatch(one -> one.stored.id().equals(id) && one.isPublic && !one.isDeleted)
                ? line
                : rank + " null";
    }

    private static List<String> lines(Leaderboards boards, Leaderboard board) {
        return boards.top(board, Viewer.ANONYMOUS, 1_000).items().stream()
                .map(entry -> entry.rank() + " "
                        + (entry.submission() == null
                                ? null
                                : entry.submission().id()))
                .toList();
    }
}
