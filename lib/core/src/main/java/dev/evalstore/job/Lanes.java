package dev.evalstore.job;

import dev.evalstore.DatabaseException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The numbers of the lanes in use, remembered once they are known to be committed. Lanes are never removed. */
final class Lanes {
    private static final String FIND = """
            /* job_lanes.find */ select lane from evalstore.job_lanes
            where queue = ? and required_tags = ?::text[] and fair_key = ?""";

    private static final String CREATE = """
            /* job_lanes.create */ insert into evalstore.job_lanes (queue, required_tags, fair_key) values (?, ?::text[], ?)
            on conflict do nothing returning lane""";

    private static final Shared<Lanes> KEY = Shared.of(jdbc -> new Lanes());

    private final Map<JobRoute, Integer> known = new ConcurrentHashMap<>();

    /** The route's lane, made where it is missing. */
    static int of(Jdbc jdbc, JobRoute route) {
        Lanes lanes = jdbc.shared(KEY);
        Integer known = lanes.known.get(route);
        if (known != null) {
            return known;
        }
        int lane = findOrCreate(jdbc, route);
        // Inside a transaction the lane may be this transaction's own, and be rolled back with it.
        if (!jdbc.inTransaction()) {
            lanes.known.put(route, lane);
        }
        return lane;
    }

    private static int findOrCreate(Jdbc jdbc, JobRoute route) {
        Object[] key = {route.queue(), SqlArray.texts(route.requiredTags()), route.fairKey()};
        for (int attempt = 0; attempt < 10; attempt++) {
            var lane = jdbc.find(Sql.of(FIND, key), row -> row.integer("lane"))
                    .or(() -> jdbc.change(Sql.of(CREATE, key), row -> row.integer("lane")));
            if (lane.isPresent()) {
                return lane.get();
            }
        }
        // This happens only in a transaction whose snapshot is older than the lane: it can neither see nor make it.
        throw new DatabaseException(
                "the lane of this job is being created by another transaction; try again", "40001", null);
    }
}
