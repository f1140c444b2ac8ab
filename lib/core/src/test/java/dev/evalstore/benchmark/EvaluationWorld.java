package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Evaluations of some experiments, models and datasets, with gaps and ties, beside what is known of each for an oracle. */
final class EvaluationWorld {
    static final List<String> PARTS = List.of(
            "%", "_", "\\", "100%", "snake_case", "it's; drop table", "Ünïcode", "\uD83D\uDE00", "a", "WORD", "zz");

    final List<UUID> datasets = ids(3);
    final List<UUID> models = ids(3);
    final List<UUID> versions = ids(6);
    final List<Experiment> experiments = new ArrayList<>();
    private final TestDatabase database;
    private final Random random;

    /** What the filters ask of an experiment. */
    record Experiment(
            UUID id,
            ExperimentStatus status,
            ExperimentKind kind,
            @Nullable UUID dataset,
            boolean deleted) {}

    EvaluationWorld(TestDatabase database, long seed) {
        this.database = database;
        this.random = new Random(seed);
        StringBuilder sql =
                new StringBuilder("insert into evalstore.projects (name) values ('p') on conflict do nothing;");
        datasets.forEach(id -> sql.append(
                "insert into evalstore.datasets (id, name, format) values ('%1$s', '%1$s', 'csv');".formatted(id)));
        models.forEach(id -> sql.append(
                "insert into evalstore.models (id, name, kind) values ('%1$s', '%1$s', 'open');".formatted(id)));
        versions.forEach(id -> sql.append("""
                insert into evalstore.model_versions (id, model_id, version_label, quantization, format)
                values ('%1$s', '%2$s', '%1$s', 'fp16', 'safetensors');""".formatted(id, model(id))));
        for (int i = 0; i < 16; i++) {
            Experiment made = new Experiment(
                    UUID.randomUUID(),
                    ExperimentStatus.values()[i % 5],
                    ExperimentKind.values()[i % 3],
                    i % 4 == 3 ? null : datasets.get(i % 4),
                    i == 15);
            experiments.add(made);
            boolean isStarted = made.status() != ExperimentStatus.CREATED;
            boolean isEnded = made.status().compareTo(ExperimentStatus.RUNNING) > 0;
            sql.append("""
                    insert into evalstore.experiments (id, project, name, status, kind, dataset_id, started_at,
                        completed_at, deleted_at)
                    select '%s', id, 'e', '%s', '%s', %s, %s, %s, %s from evalstore.projects where name = 'p';""".formatted(
                            made.id(),
                            made.status().name().toLowerCase(Locale.ROOT),
                            made.kind().name().toLowerCase(Locale.ROOT),
                            made.dataset() == null ? "null" : "'" + made.dataset() + "'",
                            isStarted ? "now()" : "null",
                            isEnded ? "now()" : "null",
                            made.deleted() ? "now()" : "null"));
        }
        database.admin(sql.toString());
    }

    private static List<UUID> ids(int count) {
        return new Random(count).ints(count).mapToObj(i -> UUID.randomUUID()).toList();
    }

    UUID model(UUID version) {
        return models.get(versions.indexOf(version) % models.size());
    }

    @Nullable
    Experiment experiment(@Nullable UUID id) {
        return experiments.stream()
                .filter(made -> made.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Stores so many more. */
    List<Evaluation> add(int count) {
        List<NewEvaluation> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(evaluation());
        }
        List<UUID> ids = database.db().evaluations().createAll(made);
        // Ratings are feedback's to set, and times the server's. Both have ties here. A deleted experiment takes none
        // any more.
        StringBuilder changes = new StringBuilder();
        for (UUID id : ids) {
            if (random.nextInt(6) == 0) {
                changes.append("update evalstore.evaluations set experiment_id = '%s' where id = '%s';"
                        .formatted(any(ofDeletion(true)).id(), id));
            }
            String rating = random.nextInt(3) == 0 ? "null" : Double.toString(1 + random.nextInt(9) / 2.0);
            changes.append("""
                    update evalstore.evaluations set rating = %s,
                        created_at = '2026-01-01Z'::timestamptz + interval '%s hours' where id = '%s';""".formatted(rating, random.nextInt(200), id));
        }
        database.admin(changes.toString());
        return ids.stream().map(database.db().evaluations()::get).toList();
    }

    private List<Experiment> ofDeletion(boolean deleted) {
        return experiments.stream().filter(made -> made.deleted() == deleted).toList();
    }

    private NewEvaluation evaluation() {
        NewEvaluation made = NewEvaluation.of("p", "m", text(), text()).metrics(Json.of(Map.of()));
        if (random.nextInt(4) > 0) {
            made = made.experiment(any(ofDeletion(false)).id());
        }
        if (random.nextInt(4) > 0) {
            made = made.modelVersion(any(versions));
        }
        if (random.nextInt(4) > 0) {
            made = made.score(random.nextInt(3) == 0 ? -0.0 : random.nextInt(5) / 4.0);
        }
        if (random.nextInt(4) > 0) {
            made = made.latencyMs(random.nextInt(5));
        }
        if (random.nextInt(4) > 0) {
            made = made.usage(1, 1, BigDecimal.valueOf(random.nextInt(8), 9));
        }
        return random.nextInt(4) > 0 ? made : made.expected(text());
    }

    private String text() {
        return any(PARTS) + " " + (random.nextBoolean() ? any(PARTS) : "word") + random.nextInt(50);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
