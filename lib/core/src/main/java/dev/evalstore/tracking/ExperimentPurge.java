package dev.evalstore.tracking;

import dev.evalstore.Cleanup;
import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes experiments: a commit that marks them, from which on they are not read, then many that each remove some rows of what
 * hangs on them, and the experiment itself at last. An experiment that is marked is not written any more, since whoever writes
 * one locks its row and looks again. Parts go before what they are parts of.
 */
final class ExperimentPurge {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentPurge.class);
    private static final Table<Experiment> TABLE = ExperimentRows.TABLE;

    /** Rows a commit: so few that others wait for no longer than a few milliseconds. */
    static final int CHUNK = 2_000;

    /** Evaluations are wide, and their feedback goes with them. */
    private static final int WIDE_CHUNK = 200;

    private static final long MAX_ROWS = 1_000_000;
    private static final int ATTEMPTS = 3;

    private static final String LOCK = """
            /* experiments.lock */ select id from evalstore.experiments
            where id = ? and deleted_at is null for update""";

    /** Their parent is locked, so no further one is created meanwhile. */
    private static final String PARTS = """
            /* experiments.lock_parts */ select id from evalstore.experiments
            where parent_id = any (?) and deleted_at is null order by id for update""";

    private static final String DELETED = """
            /* experiments.list_deleted */ select e.id from evalstore.experiments e
            where e.deleted_at is not null
                and not exists (select from evalstore.experiments p where p.parent_id = e.id)
            order by e.deleted_at, e.id limit ?""";

    /** Nobody else removes rows of it in this transaction. */
    private static final String CLAIM = """
            /* experiments.claim_deleted */ select number from evalstore.experiments
            where id = ? and deleted_at is not null for update""";

    /** The same for maintenance, which comes again. */
    private static final String TRY_CLAIM = """
            /* experiments.try_claim_deleted */ select number from evalstore.experiments
            where id = ? and deleted_at is not null for update skip locked""";

    /** From where the chunk before has ended: the entries before it are dead and still in the index. */
    private static final String POINTS = """
            /* metric_points.purge */ with chunk as materialized (
                select ctid as place, name_id, step from evalstore.metric_points
                where experiment = ? and (name_id, step) >= (?, ?)
                order by name_id, step, at, value limit ?),
            gone as (
                delete from evalstore.metric_points where ctid = any (array(select place from chunk)) returning 1)
            select (select count(*) from gone) as n, name_id, step from chunk order by name_id desc, step desc limit 1""";

    private static final String METRICS = """
            /* experiment_metrics.purge */ delete from evalstore.experiment_metrics where ctid = any (array(
                select ctid from evalstore.experiment_metrics where experiment = ? order by name_id limit ?))""";

    private static final String PARAMS = """
            /* experiment_params.purge */ delete from evalstore.experiment_params where ctid = any (array(
                select ctid from evalstore.experiment_params where experiment = ? order by name_id limit ?))""";

    /** Others may hold one at the moment, for its feedback; it is left for the next call. */
    private static final String EVALUATIONS = """
            /* evaluations.purge */ delete from evalstore.evaluations where id = any (array(
                select id from evalstore.evaluations where experiment_id = ?
                order by created_at, id limit ? for update skip locked))""";

    /** Metrics and params are gone by then; an evaluation that was stored meanwhile goes with it. */
    private static final String ITSELF = """
            /* experiments.purge */ delete from evalstore.experiments e
            where e.id = ? and e.deleted_at is not null
                and not exists (select from evalstore.experiments p where p.parent_id = e.id)
                and not exists (select from evalstore.evaluations v where v.experiment_id = e.id)""";

    private ExperimentPurge() {}

    /** The place after which points are left. */
    private record Place(long rows, int name, long step) {
        static final Place START = new Place(0, 0, Long.MIN_VALUE);

        static Place map(Row row) throws SQLException {
            return new Place(row.bigint("n"), row.integer("name_id"), row.bigint("step"));
        }
    }

    /** Marks an experiment and its parts, and returns them, parts first; empty when none has the id. */
    static List<UUID> mark(Jdbc tx, UUID id) {
        List<UUID> all = new ArrayList<>();
        List<UUID> level = tx.returning(Sql.of(LOCK, id), row -> row.uuid("id"));
        while (!level.isEmpty()) {
            all.addAll(level);
            level = tx.returning(Sql.of(PARTS, SqlArray.uuids(level)), row -> row.uuid("id"));
        }
        all.forEach(one -> TABLE.update(tx, one, "delete", new Columns().now("deleted_at")));
        Collections.reverse(all);
        return all;
    }

    /**
     * Removes what was marked, parts first. It is deleted whatever happens here, and to remove rows twice does no harm: a lost
     * connection is tried again, and in the end maintenance goes on.
     */
    static void remove(Jdbc jdbc, List<UUID> deleted) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                deleted.forEach(id -> remove(jdbc, id, CLAIM, Long.MAX_VALUE));
                return;
            } catch (TransientDatabaseException e) {
                LOG.debug("attempt {} to remove deleted experiments failed [{}]", attempt, e.sqlState());
            } catch (DatabaseException e) {
                LOG.debug("deleted experiments are left to maintenance [{}]", e.sqlState());
                return;
            }
        }
    }

    static Cleanup run(Jdbc jdbc) {
        long removed = 0;
        while (removed < MAX_ROWS) {
            List<UUID> deleted = jdbc.list(Sql.of(DELETED, 100), row -> row.uuid("id"));
            long before = removed;
            for (UUID id : deleted) {
                removed += remove(jdbc, id, TRY_CLAIM, MAX_ROWS - removed);
            }
            if (removed == before) {
                // None is left, or others are at it.
                return new Cleanup(removed, false);
            }
        }
        return new Cleanup(removed, true);
    }

    /** Removes at most about so many rows of an experiment, and itself where none is left. */
    private static long remove(Jdbc jdbc, UUID id, String claim, long max) {
        long removed = 0;
        Place place = Place.START;
        while (removed < max) {
            Place from = place;
            Optional<Place> chunk = jdbc.atomically(tx -> chunk(tx, id, claim, from));
            if (chunk.isEmpty()) {
                return removed;
            }
            place = chunk.get();
            removed += place.rows();
        }
        return removed;
    }

    /** Some rows, and how far that went; empty when there is nothing more to do here. */
    private static Optional<Place> chunk(Jdbc tx, UUID id, String claim, Place from) {
        Optional<Integer> number = tx.change(Sql.of(claim, id), row -> row.integer("number"));
        if (number.isEmpty()) {
            return Optional.empty();
        }
        Optional<Place> points = tx.change(Sql.of(POINTS, number.get(), from.name(), from.step(), CHUNK), Place::map);
        if (points.isPresent()) {
            return points;
        }
        int others = tx.update(Sql.of(METRICS, number.get(), CHUNK))
                + tx.update(Sql.of(PARAMS, number.get(), CHUNK))
                + tx.update(Sql.of(EVALUATIONS, id, WIDE_CHUNK));
        if (others == 0) {
            others = tx.update(Sql.of(ITSELF, id));
        }
        return others == 0 ? Optional.empty() : Optional.of(new Place(others, from.name(), from.step()));
    }
}
