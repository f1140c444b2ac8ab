package dev.evalstore.analysis.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who met whom, and who took a win or a tie from whom. Players are numbered in the order of their names. */
final class WinGraph {
    private final List<String> players;
    private final List<Edge> edges;

    /** What two players took from each other, a tie as half a win; the first has the smaller number. */
    record Edge(int first, int second, double firstScore, double secondScore) {}

    private WinGraph(List<String> players, List<Edge> edges) {
        this.players = players;
        this.edges = edges;
    }

    static WinGraph of(List<PairCount> counts) {
        TreeSet<String> names = new TreeSet<>();
        for (PairCount count : counts) {
            Objects.requireNonNull(count, "counts");
            names.add(count.first());
            names.add(count.second());
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("counts must not be empty");
        }
        if (names.size() > BradleyTerry.MAX_PLAYERS) {
            throw new IllegalArgumentException("counts must name at most " + BradleyTerry.MAX_PLAYERS + " players");
        }
        Map<String, Integer> numbers = new HashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));
        // Pairs in order, and the counts of one pair sorted: so sums do not hang on the order of the counts.
        Map<Long, List<double[]>> pairs = new TreeMap<>();
        for (PairCount count : counts) {
            int first = numbers.getOrDefault(count.first(), 0);
            int second = numbers.getOrDefault(count.second(), 0);
            double[] scores = {count.firstWins() + count.ties() / 2, count.secondWins() + count.ties() / 2};
            pairs.computeIfAbsent(
                            (long) Math.min(first, second) << 32 | Math.max(first, second), k -> new ArrayList<>())
                    .add(first < second ? scores : new double[] {scores[1], scores[0]});
        }
        List<Edge> edges = new ArrayList<>();
        pairs.forEach((pair, scores) -> {
            double first = sum(scores, 0);
            double second = sum(scores, 1);
            if (first + second > 0) {
                edges.add(new Edge((int) (pair >> 32), (int) (long) pair, first, second));
            }
        });
        return new WinGraph(List.copyOf(names), edges);
    }

    private static double sum(List<double[]> scores, int side) {
        return scores.stream().mapToDouble(score -> score[side]).sorted().reduce(0, Double::sum);
    }

    int size() {
        return players.size();
    }

    List<String> players() {
        return players;
    }

    List<Edge> edges() {
        return edges;
    }

    /** Why there are no strengths of greatest likelihood; null if there are. */
    @Nullable
    NoStrengths missing() {
        List<List<Integer>> all = new ArrayList<>();
        List<List<Integer>> losers = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            all.add(new ArrayList<>());
            losers.add(new ArrayList<>());
        }
        for (Edge edge : edges) {
            all.get(edge.first()).add(edge.second());
            all.get(edge.second()).add(edge.first());
            if (edge.firstScore() > 0) {
                losers.get(edge.first()).add(edge.second());
            }
            if (edge.secondScore() > 0) {
                losers.get(edge.second()).add(edge.first());
            }
        }
        List<List<Integer>> apart = groups(all, range(size()));
        if (apart.size() > 1) {
            apart.sort(Comparator.comparingInt((List<Integer> group) -> -group.size()));
            return none(NoStrengths.Reason.DISCONNECTED, apart);
        }
        List<List<Integer>> ordered = groups(reversed(losers), finished(losers));
        return ordered.size() == 1 ? null : none(NoStrengths.Reason.ONE_SIDED, ordered);
    }

    /** That the counts are too uneven for the precision of a double. */
    NoStrengths uneven() {
        return none(NoStrengths.Reason.TOO_UNEVEN, List.of(range(size())));
    }

    private NoStrengths none(NoStrengths.Reason reason, List<List<Integer>> groups) {
        double[] won = new double[size()];
        double[] lost = new double[size()];
        for (Edge edge : edges) {
            won[edge.first()] += edge.firstScore();
            won[edge.second()] += edge.secondScore();
            lost[edge.first()] += edge.secondScore();
            lost[edge.second()] += edge.firstScore();
        }
        List<Integer> unbeaten =
                range(size()).stream().filter(i -> won[i] > 0 && lost[i] == 0).toList();
        List<Integer> winless =
                range(size()).stream().filter(i -> won[i] == 0 && lost[i] > 0).toList();
        return new NoStrengths(reason, groups.stream().map(this::names).toList(), names(unbeaten), names(winless));
    }

    private List<String> names(Collection<Integer> numbers) {
        return numbers.stream().sorted().map(players::get).toList();
    }

    private static List<Integer> range(int size) {
        List<Integer> range = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            range.add(i);
        }
        return range;
    }

    /** Players who are reached from each other in turn, in this order of first players. */
    private static List<List<Integer>> groups(List<List<Integer>> next, Collection<Integer> order) {
        boolean[] seen = new boolean[next.size()];
        List<List<Integer>> groups = new ArrayList<>();
        for (int first : order) {
            if (!seen[first]) {
                List<Integer> group = new ArrayList<>();
                walk(next, first, seen, group);
                groups.add(group);
            }
        }
        return groups;
    }

    /** Kosaraju's first walk: all players, the one that the walk left last in front. */
    private static Deque<Integer> finished(List<List<Integer>> next) {
        boolean[] seen = new boolean[next.size()];
        Deque<Integer> finished = new ArrayDeque<>();
        for (int first = 0; first < next.size(); first++) {
            if (!seen[first]) {
                List<Integer> left = new ArrayList<>();
                walk(next, first, seen, left);
                left.forEach(finished::push);
            }
        }
        return finished;
    }

    private static List<List<Integer>> reversed(List<List<Integer>> next) {
        List<List<Integer>> reversed = new ArrayList<>();
        next.forEach(others -> reversed.add(new ArrayList<>()));
        for (int i = 0; i < next.size(); i++) {
            for (int other : next.get(i)) {
                reversed.get(other).add(i);
            }
        }
        return reversed;
    }

    /** Walks in depth and adds each player when the walk leaves it. Without recursion: a chain may be long. */
    private static void walk(List<List<Integer>> next, int first, boolean[] seen, List<Integer> left) {
        int[] at = new int[next.size()];
        Deque<Integer> path = new ArrayDeque<>();
        path.push(first);
        seen[first] = true;
        while (!path.isEmpty()) {
            int player = path.element();
            List<Integer> others = next.get(player);
            if (at[player] == others.size()) {
                left.add(path.pop());
                continue;
            }
            int other = others.get(at[player]++);
            if (!seen[other]) {
                seen[other] = true;
                path.push(other);
            }
        }
    }
}
