package dev.evalstore.exchange;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Submissions of all kinds, stored without the library's checks, and known in memory. */
final class StatisticsWorld {
    static final String EMPTY = "delete from evalstore.statistics_progress; delete from evalstore.statistics_marks;"
            + " delete from evalstore.model_statistics; delete from evalstore.user_statistics;"
            + " delete from evalstore.definition_statistics; delete from evalstore.leaderboard_entries;"
            + " delete from evalstore.submissions; " + ExchangeFixtures.EMPTY;

    private static final List<String> PROVIDERS = List.of("Acme", "acme ", "Bolt", "Corvid");
    private static final List<String> LEVELS =
            List.of("unverified", "unverified", "community_verified", "platform_verified", "audited");

    final TestDatabase database;
    final Database db;
    final Jdbc jdbc;
    final List<Version> versions = new ArrayList<>();
    final List<UUID> users = new ArrayList<>();
    final List<Sub> subs = new ArrayList<>();

    StatisticsWorld(TestDatabase database) {
        this.database = database;
        this.db = database.db();
        this.jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT.listener(database.names()));
    }

    /** A version, and what of it counts here. */
    record Version(
            UUID id,
            UUID definitionId,
            DefinitionCategory category,
            PrimaryMetric metric,
            boolean zScore,
            List<UUID> cases) {
        /** What the version's definition compares it by. */
        List<Object> measure() {
            return List.of(
                    metric.name(),
                    metric.kind(),
                    String.valueOf(metric.unit()),
                    metric.higherIsBetter(),
                    String.valueOf(metric.rangeMin()),
                    String.valueOf(metric.rangeMax()));
        }
    }

    /** A submission. The costs are of its cases; null for one without a cost. */
    record Sub(
            UUID id,
            Version version,
            ModelSubject subject,
            @Nullable UUID user,
            double score,
            String level,
            boolean isPublic,
            long second,
            List<@Nullable BigDecimal> costs) {
        double boardScore() {
            return version.metric().higherIsBetter() ? -score : score;
        }

        boolean isVerified() {
            return level.equals("platform_verified") || level.equals("audited");
        }
    }

    UUID user() {
        UUID user = ExchangeFixtures.user(db, "u" + users.size());
        users.add(user);
        return user;
    }

    Version version(String slug, DefinitionCategory category, PrimaryMetric metric, int cases, boolean zScore) {
        NewBenchmarkDefinition definition =
                NewBenchmarkDefinition.of(slug, "Name of " + slug, "Measures something.", category, "MIT");
        UUID id = db.exchange()
                .definitions()
                .create(definition, "1.0.0", newVersion(metric, cases, zScore))
                .id();
        return add(db.exchange().definitions().version(id, "1.0.0").orElseThrow(), category, zScore);
    }

    Version next(Version of, String number, PrimaryMetric metric) {
        return add(
                db.exchange()
                        .definitions()
                        .publish(
                                of.definitionId(),
                                number,
                                newVersion(metric, of.cases().size(), of.zScore())),
                of.category(),
                of.zScore());
    }

    private Version add(DefinitionVersion version, DefinitionCategory category, boolean zScore) {
        List<UUID> cases =
                database
                        .query("select id::text from evalstore.test_cases where version_id = '" + version.id() + "'")
                        .stream()
                        .map(UUID::fromString)
                        .toList();
        Version added =
                new Version(version.id(), version.definitionId(), category, version.primaryMetric(), zScore, cases);
        versions.add(added);
        return added;
    }

    private static NewDefinitionVersion newVersion(PrimaryMetric metric, int cases, boolean zScore) {
        List<NewTestCase> all = new ArrayList<>();
        for (int i = 0; i < cases; i++) {
            all.add(Cases.of("c" + i));
        }
        Scoring scoring = Scoring.of(AggregationMethod.MEAN);
        if (zScore) {
            scoring = scoring.normalization(Normalization.Z_SCORE, Json.of(Map.of("mean", 0.5, "stddev", 0.1)));
        }
        return NewDefinitionVersion.of("What is new.", metric).scoring(scoring).cases(all);
    }

    Sub submit(Version version, ModelSubject subject, @Nullable UUID user, double score, String level) {
        return submit(new Sub(UUID.randomUUID(), version, subject, user, score, level, true, subs.size(), List.of()));
    }

    Sub submit(Sub sub) {
        subs.add(sub);
        database.admin(stored(sub, "public", false));
        recompute(sub);
        return sub;
    }

    private void recompute(Sub sub) {
        jdbc.atomically(tx -> {
            Boards.recompute(
                    tx,
                    List.of(new BoardSubject(sub.version().id(), sub.subject().key())));
            return true;
        });
    }

    private static String stored(Sub sub, String visibility, boolean deleted) {
        String key = sub.subject().key().toString();
        StringBuilder sql = new StringBuilder("insert into evalstore.submissions (id, definition_id, version_id,"
                + " model_provider, model_name, subject_provider, subject_name, subject_version, subject_key,"
                + " submitted_by, submitter_label, aggregate_score, board_score, reported_score, verification_level,"
                + " verified_at, execution_id, content_hash, started_at, completed_at, visibility, created_at,"
                + " deleted_at) values ('" + sub.id() + "', '" + sub.version().definitionId() + "', '"
                + sub.version().id() + "', '" + sub.subject().provider() + "', '"
                + sub.subject().name() + "', '"
                + sub.subject().provider() + "', '" + sub.subject().name() + "', '', '" + key + "', "
                + (sub.user() == null ? "null" : "'" + sub.user() + "'") + ", 'somebody', " + sub.score() + ", "
                + sub.boardScore() + ", " + sub.score() + ", '" + sub.level() + "', "
                + (sub.level().equals("unverified") ? "null" : "now()") + ", '" + sub.id() + "', repeat('0', 64),"
                + " now(), now(), '" + visibility + "', timestamptz '2026-01-01Z' + interval '1 second' * "
                + sub.second() + ", " + (deleted ? "now()" : "null") + ");");
        for (int i = 0; i < sub.costs().size(); i++) {
            BigDecimal cost = sub.costs().get(i);
            sql.append("insert into evalstore.submission_cases (submission_id, version_id, case_id, passed, score,"
                    + " cost_usd) values ('" + sub.id() + "', '"
                    + sub.version().id() + "', '" + sub.version().cases().get(i) + "', true, 1, "
                    + (cost == null ? "null" : cost.toPlainString()) + ");");
        }
        for (String metric : List.of("a", "b")) {
            sql.append("insert into evalstore.submission_metrics (submission_id, name, value) values ('" + sub.id()
                    + "', '" + metric + "', 1);");
        }
        return sql.toString();
    }

    /** Definitions of each kind of metric, one of them deleted, and as many submissions as asked for. */
    void fill(Random random, int count) {
        for (int i = 0; i < 6; i++) {
            user();
        }
        PrimaryMetric share = PrimaryMetric.of("accuracy", "Right answers.", "accuracy");
        PrimaryMetric speed =
                PrimaryMetric.of("tokens", "Tokens a second.", "throughput").unit("tokens/s");
        PrimaryMetric latency =
                PrimaryMetric.of("p99", "Slow answers.", "latency").higherIsBetter(false);
        Version ranged = version("ranged", DefinitionCategory.ACCURACY, share.range(0, 1), 3, false);
        next(ranged, "1.1.0", share.range(0, 1));
        version("unranged", DefinitionCategory.ACCURACY, share, 2, false);
        version("scores", DefinitionCategory.CAPABILITY, share, 1, true);
        version("throughput", DefinitionCategory.PERFORMANCE, speed, 0, false);
        Version slow = version(
                "latency", DefinitionCategory.PERFORMANCE, latency.unit("ms").range(0, 1000), 0, false);
        next(slow, "2.0.0", latency.unit("s").range(0, 1));
        Version gone = version("gone", DefinitionCategory.COST, share, 0, false);
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Version version = versions.get(random.nextInt(versions.size()));
            boolean isDeleted = random.nextInt(8) == 0;
            String visibility =
                    List.of("public", "public", "public", "unlisted", "private").get(random.nextInt(5));
            List<@Nullable BigDecimal> costs = new ArrayList<>();
            boolean isKnown = random.nextInt(3) > 0;
            for (int c = 0; c < version.cases().size(); c++) {
                costs.add(isKnown || random.nextBoolean() ? BigDecimal.valueOf(random.nextInt(1000), 4) : null);
            }
            Sub sub = new Sub(
                    UUID.randomUUID(),
                    version,
                    ModelSubject.of(PROVIDERS.get(random.nextInt(4)), "m" + random.nextInt(3)),
                    random.nextInt(10) == 0 ? null : users.get(random.nextInt(users.size() - 1)),
                    score(random, version),
                    LEVELS.get(random.nextInt(LEVELS.size())),
                    visibility.equals("public") && !isDeleted,
                    random.nextInt(50),
                    costs);
            subs.add(sub);
            sql.append(stored(sub, visibility, isDeleted));
        }
        database.admin(sql.toString());
        Set<List<Object>> models = new HashSet<>();
        for (Sub sub : subs) {
            if (models.add(List.of(sub.version(), sub.subject()))) {
                recompute(sub);
            }
        }
        db.exchange().definitions().softDelete(gone.definitionId());
    }

    /** Few values, so that there are ties. */
    private static double score(Random random, Version version) {
        Double max = version.metric().rangeMax();
        double share = random.nextInt(21) / 20.0;
        return version.zScore()
                ? 4 * share - 2
                : max == null && version.cases().isEmpty() ? 90_000 * share : max == null ? share : max * share;
    }

    /** What counts: live, public, of a live definition. */
    List<Sub> counted() {
        Set<String> gone = new HashSet<>(
                database.query("select id::text from evalstore.benchmark_definitions where deleted_at is not null"));
        return subs.stream()
                .filter(sub -> sub.isPublic()
                        && !gone.contains(sub.version().definitionId().toString()))
                .toList();
    }

    /** The rank of each model on the board of each version, of those submissions that it admits. */
    static Map<UUID, Map<ModelSubject, Rank>> ranks(List<Sub> admitted) {
        Map<UUID, Map<ModelSubject, Rank>> all = new HashMap<>();
        admitted.stream()
                .collect(Collectors.groupingBy(sub -> sub.version().id()))
                .forEach((version, subs) -> {
                    Map<ModelSubject, Sub> best = new HashMap<>();
                    subs.forEach(sub -> best.merge(sub.subject(), sub, StatisticsWorld::better));
                    Map<ModelSubject, Rank> ranks = new HashMap<>();
                    best.forEach((subject, sub) -> ranks.put(
                            subject,
                            new Rank(
                                    sub.id(),
                                    1
                                            + best.values().stream()
                                                    .filter(other -> other.boardScore() < sub.boardScore())
                                                    .count())));
                    all.put(version, ranks);
                });
        return all;
    }

    static Sub better(Sub a, Sub b) {
        int byScore = Double.compare(a.boardScore() + 0.0, b.boardScore() + 0.0);
        int byTime = byScore != 0 ? byScore : Long.compare(a.second(), b.second());
        int order = byTime != 0
                ? byTime
                : a.id().toString().toLowerCase(Locale.ROOT).compareTo(b.id().toString());
        return order <= 0 ? a : b;
    }

    /** The best submission of a model, and its rank. */
    record Rank(UUID submission, long rank) {}
}
