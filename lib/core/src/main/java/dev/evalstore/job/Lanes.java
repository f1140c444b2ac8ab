package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Recent;
import dev.evalstore.internal.jdbc.DefaultIsolation;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The numbers of the lanes in use, remembered once they are known to be committed. A store never removes a lane, but
 * the store itself may be replaced: by a backup, or by a new schema. So each statement that stores a number compares
 * the lane that has it with the route, and stores nothing where they differ; then the lane is looked for again.
 */
final class Lanes {
    /** The lane {@code n}, if its number is still that of the route: the arguments are {@link #args}. */
    static final String CHECKED = """
            n as materialized (
                select lane, queue, required_tags, fair_key from evalstore.job_lanes
                where lane = ? and queue = ? and required_tags = ?::text[] and fair_key = ?)""";

    /** The same for several lanes, and whether all of them are as remembered: the arguments are {@link #allArgs}. */
    static final String ALL_CHECKED = """
            lanes as materialized (
                select count(*) = count(n.lane) as known
                from unnest(?::int[], ?::text[], ?::jsonb[], ?::text[]) as x (lane, queue, required_tags, fair_key)
                left join evalstore.job_lanes n on n.lane = x.lane and n.queue = x.queue and n.fair_key = x.fair_key
                    and to_jsonb(n.required_tags) = x.required_tags)""";

    private static final String FIND = """
            /* job_lanes.find */ select lane from evalstore.job_lanes
            where queue = ? and required_tags = ?::text[] and fair_key = ?""";

    private static final String CREATE = """
            /* job_lanes.create */ insert into evalstore.job_lanes (queue, required_tags, fair_key) values (?, ?::text[], ?)
            on conflict do nothing returning lane""";

    private static final int ATTEMPTS = 10;

    /** In which everybody makes lanes: no two callers wait for each other in a circle. */
    private static final Comparator<JobRoute> ORDER = Comparator.comparing(JobRoute::queue)
            .thenComparing(JobRoute::fairKey)
            .thenComparing(route -> String.join("\0", route.requiredTags()));

    /** Where a host's fair keys are without number, those used last are enough. */
    private static final int MAX = 10_000;

    private static final Shared<Lanes> KEY = Shared.of(jdbc -> new Lanes());

    private final Recent<JobRoute, Integer> known = new Recent<>(MAX);

    /** A statement found that a number is not the route's, and stored nothing. */
    private static final class NumberChanged extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NumberChanged() {
            super("the lane has another number", null, false, false);
        }
    }

    /** What a statement throws that found a lane to be another than remembered. */
    static RuntimeException changed() {
        return new NumberChanged();
    }

    /**
     * Runs the work with the numbers of the routes, which are made where they are missing, and again where they have
     * changed.
     */
    static <T> T using(Jdbc jdbc, Collection<JobRoute> routes, Function<Map<JobRoute, Integer>, T> work) {
        for (int attempt = 1; ; attempt++) {
            Map<JobRoute, Integer> lanes = numbers(jdbc, routes);
            try {
                return work.apply(lanes);
            } catch (NumberChanged e) {
                Lanes all = jdbc.shared(KEY);
                lanes.forEach(all.known::remove);
                if (attempt == ATTEMPTS) {
                    throw unseen();
                }
            }
        }
    }

    /** The arguments of {@link #CHECKED}. */
    static List<Object> args(JobRoute route, Map<JobRoute, Integer> lanes) {
        int lane = Objects.requireNonNull(lanes.get(route));
        return List.of(lane, route.queue(), SqlArray.texts(route.requiredTags()), route.fairKey());
    }

    /** The arguments of {@link #ALL_CHECKED}. */
    static List<Object> allArgs(Map<JobRoute, Integer> lanes) {
        List<Map.Entry<JobRoute, Integer>> all = new ArrayList<>(lanes.entrySet());
        return List.of(
                SqlArray.ints(all, Map.Entry::getValue),
                SqlArray.texts(all, lane -> lane.getKey().queue()),
                SqlArray.jsons(all, lane -> Json.of(lane.getKey().requiredTags(), JsonMapping.builtIn())),
                SqlArray.texts(all, lane -> lane.getKey().fairKey()));
    }

    private static Map<JobRoute, Integer> numbers(Jdbc jdbc, Collection<JobRoute> routes) {
        Lanes all = jdbc.shared(KEY);
        Map<JobRoute, Integer> numbers = new HashMap<>();
        Set<JobRoute> missing = new TreeSet<>(ORDER);
        for (JobRoute route : routes) {
            Integer known = all.known.get(route);
            if (known == null) {
                missing.add(route);
            } else {
                numbers.put(route, known);
            }
        }
        if (!jdbc.inTransaction()) {
            missing.forEach(route -> numbers.put(route, findOrCreate(jdbc, route)));
            missing.forEach(route -> all.known.put(route, Objects.requireNonNull(numbers.get(route))));
        } else if (!missing.isEmpty()) {
            inTransaction(jdbc, all, missing, numbers);
        }
        return numbers;
    }

    /**
     * Lanes are made beside the transaction where that can be done: others that need the same lane would wait for its
     * end. One that this transaction finds or makes itself is not remembered, since it may be rolled back with it.
     */
    private static void inTransaction(Jdbc jdbc, Lanes all, Set<JobRoute> missing, Map<JobRoute, Integer> numbers) {
        List<JobRoute> absent = new ArrayList<>();
        for (JobRoute route : missing) {
            find(jdbc, route).ifPresentOrElse(lane -> numbers.put(route, lane), () -> absent.add(route));
        }
        if (!absent.isEmpty() && DefaultIsolation.seesLaterCommits(jdbc)) {
            Map<JobRoute, Integer> made = jdbc.beside(apart -> {
                        Map<JobRoute, Integer> lanes = new HashMap<>();
                        absent.forEach(route -> lanes.put(route, findOrCreate(apart, route)));
                        return lanes;
                    })
                    .orElse(Map.of());
            made.forEach(all.known::put);
            numbers.putAll(made);
        }
        absent.forEach(route -> numbers.computeIfAbsent(route, r -> findOrCreate(jdbc, r)));
    }

    private static int findOrCreate(Jdbc jdbc, JobRoute route) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var lane = find(jdbc, route).or(() -> jdbc.change(Sql.of(CREATE, key(route)), row -> row.integer("lane")));
            if (lane.isPresent()) {
                return lane.get();
            }
        }
        throw unseen();
    }

    private static Optional<Integer> find(Jdbc jdbc, JobRoute route) {
        return jdbc.find(Sql.of(FIND, key(route)), row -> row.integer("lane"));
    }

    private static Object[] key(JobRoute route) {
        return new Object[] {route.queue(), SqlArray.texts(route.requiredTags()), route.fairKey()};
    }

    /** This happens only in a transaction whose snapshot is older than the lane: it can neither see nor make it. */
    private static TransientDatabaseException unseen() {
        return new TransientDatabaseException(
                "the lane of this job is being created by another transaction; try again", "40001", false, null);
    }
}
