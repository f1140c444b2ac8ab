package dev.evalstore.exchange;

import dev.evalstore.exchange.ModelStatistics.Metric;
import dev.evalstore.exchange.StatisticsWorld.Rank;
import dev.evalstore.exchange.StatisticsWorld.Sub;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Statistics as one would count them by hand. The time is that of the epoch. */
final class StatisticsOracle {
    private final StatisticsWorld world;
    private final List<Sub> subs;
    private final Map<UUID, Map<ModelSubject, Rank>> overall;
    private final Map<UUID, Map<ModelSubject, Rank>> verified;

    StatisticsOracle(StatisticsWorld world) {
        this.world = world;
        this.subs = world.counted();
        this.overall = StatisticsWorld.ranks(subs);
        this.verified =
                StatisticsWorld.ranks(subs.stream().filter(Sub::isVerified).toList());
    }

    DefinitionStatistics ofDefinition(UUID definition) {
        List<Sub> all = subs.stream()
                .filter(sub -> sub.version().definitionId().equals(definition))
                .toList();
        // Versions are made in the order of their precedence.
        StatisticsWorld.Version last = all.stream()
                .map(Sub::version)
                .max(Comparator.comparingInt(world.versions::indexOf))
                .orElse(null);
        List<Sub> comparable = all.stream()
                .filter(sub -> sub.version()
                        .measure()
                        .equals(Objects.requireNonNull(last).measure()))
                .toList();
        Sub top = comparable.stream()
                .filter(Sub::isVerified)
                .reduce(StatisticsWorld::better)
                .orElse(null);
        return new DefinitionStatistics(
                definition,
                all.size(),
                all.stream().map(Sub::subject).distinct().count(),
                all.stream().map(sub -> sub.subject().provider()).distinct().count(),
                all.stream().map(Sub::user).filter(Objects::nonNull).distinct().count(),
                last == null ? null : last.id(),
                summary(comparable.stream().map(Sub::score).toList()),
                top == null ? null : top.id(),
                top == null ? null : top.score(),
                all.stream()
                        .map(StatisticsOracle::time)
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                all.stream()
                        .map(StatisticsOracle::time)
                        .max(Comparator.naturalOrder())
                        .orElse(null),
                Instant.EPOCH);
    }

    private static Instant time(Sub sub) {
        return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(sub.second());
    }

    UserStatistics ofUser(UUID user) {
        List<Sub> all = subs.stream().filter(sub -> user.equals(sub.user())).toList();
        List<Double> shares = all.stream()
                .map(StatisticsOracle::share)
                .filter(Objects::nonNull)
                .toList();
        return new UserStatistics(
                user,
                all.size(),
                all.stream().filter(Sub::isVerified).count(),
                all.stream().map(sub -> sub.version().definitionId()).distinct().count(),
                shares.isEmpty()
                        ? null
                        : shares.stream().mapToDouble(share -> share).average().orElseThrow(),
                bestRank(all, overall),
                bestRank(all, verified),
                0,
                0,
                0,
                Instant.EPOCH);
    }

    private static @Nullable Double share(Sub sub) {
        PrimaryMetric metric = sub.version().metric();
        boolean isBounded = metric.rangeMin() != null && metric.rangeMax() != null;
        if (sub.version().zScore() || !isBounded && sub.version().cases().isEmpty()) {
            return null;
        }
        double low = isBounded ? metric.rangeMin() : 0;
        double high = isBounded ? metric.rangeMax() : 1;
        double share = (sub.score() - low) / (high - low);
        return metric.higherIsBetter() ? share : 1 - share;
    }

    private static @Nullable Long bestRank(List<Sub> of, Map<UUID, Map<ModelSubject, Rank>> ranks) {
        List<UUID> ids = of.stream().map(Sub::id).toList();
        return ranks.values().stream()
                .flatMap(board -> board.values().stream())
                .filter(rank -> ids.contains(rank.submission()))
                .map(Rank::rank)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    List<ModelStatistics> ofModel(ModelSubject model) {
        Map<String, List<Sub>> groups = new TreeMap<>(subs.stream()
                .filter(sub -> sub.subject().equals(model))
                .collect(Collectors.groupingBy(
                        sub -> sub.version().category().name().toLowerCase(java.util.Locale.ROOT) + metric(sub))));
        List<ModelStatistics> all = new ArrayList<>();
        for (List<Sub> group : groups.values()) {
            Long rank = group.stream()
                    .map(sub -> overall.get(sub.version().id()).get(model).rank())
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            all.add(new ModelStatistics(
                    model,
                    group.get(0).version().category(),
                    metric(group.get(0)),
                    summary(group.stream().map(Sub::score).toList()),
                    rank,
                    perDollar(group),
                    Instant.EPOCH));
        }
        return all;
    }

    private static Metric metric(Sub sub) {
        PrimaryMetric metric = sub.version().metric();
        return new Metric(metric.kind(), metric.unit(), metric.higherIsBetter(), metric.rangeMin(), metric.rangeMax());
    }

    private static @Nullable Double perDollar(List<Sub> group) {
        double scores = 0;
        double dollars = 0;
        for (Sub sub : group) {
            boolean isKnown = !sub.costs().isEmpty() && !sub.costs().contains(null);
            if (isKnown) {
                scores += sub.score();
                dollars += sub.costs().stream()
                        .map(Objects::requireNonNull)
                        .mapToDouble(BigDecimal::doubleValue)
                        .sum();
            }
        }
        return dollars == 0 || !group.get(0).version().metric().higherIsBetter() ? null : (Double) (scores / dollars);
    }

    static ScoreSummary summary(List<Double> scores) {
        double[] sorted = scores.stream().mapToDouble(score -> score).sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            return new ScoreSummary(0, null, null, null, null, null, null, null);
        }
        double mean = scores.stream().mapToDouble(score -> score).average().orElseThrow();
        double squares = scores.stream()
                .mapToDouble(score -> (score - mean) * (score - mean))
                .sum();
        return new ScoreSummary(
                n,
                sorted[0],
                sorted[n - 1],
                mean,
                percentile(sorted, 0.5),
                percentile(sorted, 0.75),
                percentile(sorted, 0.95),
                n < 2 ? null : (Double) Math.sqrt(squares / (n - 1)));
    }

    private static double percentile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = (int) Math.ceil(place);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
