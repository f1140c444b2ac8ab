package dev.evalstore.tracking;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * What moves an experiment. Whoever writes one locks its row first, and decides in later statements. Lock order: the parent, the
 * experiment, then what hangs on it.
 */
final class ExperimentMoves {
    private static final Table<Experiment> TABLE = ExperimentRows.TABLE;

    private static final int MAX_ARCHIVED = 1_000;

    /** The statuses from which a verb moves. */
    private static final Map<String, Set<ExperimentStatus>> FROM = Map.of(
            "start", Set.of(ExperimentStatus.CREATED),
            "complete", Set.of(ExperimentStatus.RUNNING),
            "fail", Set.of(ExperimentStatus.RUNNING),
            "cancel", Set.of(ExperimentStatus.CREATED, ExperimentStatus.RUNNING),
            "archive",
                    Set.of(
                            ExperimentStatus.CREATED,
                            ExperimentStatus.COMPLETED,
                            ExperimentStatus.FAILED,
                            ExperimentStatus.CANCELLED));

    /**
     * A deletion of the parent waits for it, which locks for update; those who write the parent's columns do not. Otherwise two
     * transactions that each create a part, and then log to the parent, would wait for each other.
     */
    private static final String SHARE = """
            /* experiments.share */ select 1 as there from evalstore.experiments
            where id = ? and deleted_at is null for key share""";

    private static final String PROJECT = """
            /* projects.find */ select id from evalstore.projects where name = ?""";

    /** An open transaction that logs keeps one experiment from its archive, and not those behind it. */
    private static final String LOCK_OLD = """
            /* experiments.lock_old */ select id from evalstore.experiments
            where completed_at <= statement_timestamp() - make_interval(secs => ?) and archived_at is null
                and updated_at <= statement_timestamp() - make_interval(secs => ?) and deleted_at is null
            order by completed_at, id limit 1
            for no key update skip locked""";

    /** A clock that was set back does not end an experiment before its start. */
    private static final String END = "greatest(statement_timestamp(), started_at)";

    private ExperimentMoves() {}

    static Experiment create(Jdbc tx, NewExperiment experiment) {
        int project = project(tx, experiment.project());
        UUID parent = experiment.links().parentId();
        if (parent != null
                && tx.change(Sql.of(SHARE, parent), row -> row.integer("there")).isEmpty()) {
            throw TABLE.notFound(parent);
        }
        return TABLE.create(tx, ExperimentRows.columns(project, experiment), (on, created) -> {
            if (experiment.params().isEmpty()) {
                return created;
            }
            Logging.store(on, created.id(), LogRows.ofParams(experiment.params()));
            return TABLE.get(on, created.id());
        });
    }

    /** The project's number; one that is not there is made. */
    private static int project(Jdbc tx, String name) {
        return findProject(tx, name).orElseGet(() -> {
            Names projects = tx.shared(Names.PROJECTS);
            projects.forget(List.of(name));
            projects.make(tx, List.of(name));
            return findProject(tx, name)
                    .orElseThrow(() -> new TransientDatabaseException(
                            "the project is being made by another transaction; try again", "40001", false, null));
        });
    }

    private static Optional<Integer> findProject(Jdbc tx, String name) {
        return tx.find(Sql.of(PROJECT, name), row -> row.integer("id"));
    }

    /** Runs the work on an experiment that is locked. */
    static <T> T locked(Jdbc jdbc, UUID id, BiFunction<Jdbc, Experiment, T> work) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> work.apply(tx, ExperimentRows.lock(tx, id)));
    }

    /** Moves an experiment that may be moved so. */
    static Experiment move(Jdbc jdbc, UUID id, String verb, Columns values) {
        return locked(jdbc, id, (tx, locked) -> {
            require(locked, verb);
            return TABLE.update(tx, id, verb, values);
        });
    }

    /**
     * @throws ConflictException if the verb does not move from the experiment's status, or it is archived
     */
    static void require(Experiment locked, String verb) {
        requireLive(locked, verb);
        if (!Objects.requireNonNull(FROM.get(verb)).contains(locked.status())) {
            throw refused(locked, locked.status().name().toLowerCase(Locale.ROOT), verb);
        }
    }

    static void requireLive(Experiment locked, String verb) {
        if (locked.archivedAt() != null) {
            throw refused(locked, "archived", verb);
        }
    }

    private static ConflictException refused(Experiment locked, String state, String verb) {
        return new ConflictException("experiment " + locked.id() + " is " + state + ": cannot " + verb);
    }

    static Columns to(ExperimentStatus status) {
        return new Columns().set("status", status);
    }

    static Columns ended(ExperimentStatus status) {
        return to(status).expression("completed_at", END);
    }

    static Cleanup archiveOld(Jdbc jdbc, Duration age) {
        int archived = 0;
        while (archived < MAX_ARCHIVED && jdbc.atomically(tx -> archiveNext(tx, age))) {
            archived++;
        }
        return new Cleanup(archived, archived == MAX_ARCHIVED);
    }

    private static boolean archiveNext(Jdbc tx, Duration age) {
        Optional<UUID> old = tx.change(Sql.of(LOCK_OLD, age, age), row -> row.uuid("id"));
        old.ifPresent(id -> TABLE.update(tx, id, "archive", new Columns().now("archived_at")));
        return old.isPresent();
    }
}
