package dev.evalstore.benchmark;

import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Evaluations of any values, with gaps. */
final class Answers {
    static final UUID USER = UUID.fromString("018f0000-0000-7000-8000-000000000001");

    static final UUID EXPERIMENT = UUID.fromString("018f0000-0000-7000-8000-000000000002");
    static final UUID MODEL_VERSION = UUID.fromString("018f0000-0000-7000-8000-000000000003");

    private Answers() {}

    /** Makes the user who creates them. */
    static void createUser(TestDatabase database) {
        database.admin("insert into evalstore.users (id, email, username) values ('" + USER
                + "', 'ada@example.org', 'ada') on conflict do nothing");
    }

    /** Makes the experiment that they belong to, and the model version that gives them. */
    static void createExperiment(TestDatabase database) {
        database.admin("""
                insert into evalstore.projects (name) values ('default') on conflict do nothing;
                insert into evalstore.experiments (id, project, name, kind)
                select '%s', id, 'e', 'evaluation' from evalstore.projects on conflict do nothing;
                insert into evalstore.models (id, name, kind) values ('%3$s', 'm', 'open') on conflict do nothing;
                insert into evalstore.model_versions (id, model_id, quantization, format)
                values ('%2$s', '%3$s', 'fp16', 'safetensors') on conflict do nothing""".formatted(EXPERIMENT, MODEL_VERSION, MODEL_VERSION));
    }

    static NewEvaluation plain(String model) {
        return NewEvaluation.of("openai", model, "in", "out");
    }

    static List<NewEvaluation> random(Random random, int count, @Nullable UUID benchmark) {
        List<NewEvaluation> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            NewEvaluation answer = random(random, benchmark);
            // Beside real ids only: most tests make no experiment.
            answers.add(benchmark == null || i % 3 == 0 ? answer : placed(answer, benchmark, i));
        }
        return answers;
    }

    private static NewEvaluation placed(NewEvaluation answer, UUID benchmark, int i) {
        return answer.experiment(EXPERIMENT)
                .modelVersion(MODEL_VERSION)
                .item("item " + i / 2 + " \uD83D\uDE00 of " + benchmark, i % 2)
                .judgeScores(Json.of(Map.of("judge", i)))
                .criteria(Json.of(Map.of("style", 0.5)))
                .evaluatorVersion("v" + i);
    }

    private static NewEvaluation random(Random random, @Nullable UUID benchmark) {
        NewEvaluation answer = NewEvaluation.of(
                        "provider " + random.nextInt(3),
                        "model " + random.nextInt(3),
                        "question \uD83D\uDE00 \"" + random.nextInt(),
                        random.nextInt(10) == 0 ? "" : "answer \\ , {} \n" + random.nextInt())
                .metrics(Json.of(Map.of("f1", random.nextInt(100))));
        if (benchmark != null) {
            answer = answer.benchmark(benchmark);
        }
        if (random.nextInt(4) > 0) {
            answer = answer.score(random.nextInt(1_000) / 1_000.0);
        }
        if (random.nextInt(4) > 0) {
            answer = answer.latencyMs(random.nextInt(10_000));
        }
        if (random.nextInt(4) > 0) {
            answer = answer.usage(
                    random.nextInt(5_000), random.nextInt(500), BigDecimal.valueOf(random.nextInt(1_000_000_000), 9));
        }
        if (random.nextInt(4) > 0) {
            answer = answer.expected("expected " + random.nextInt()).metadata(Json.of(List.of(1, "two")));
        }
        return random.nextInt(4) > 0 ? answer : answer.createdBy(USER);
    }
}
