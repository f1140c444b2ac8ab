package dev.evalstore.bench.soak;

import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Stores evaluations one by one, several at a time, and with their run in one commit, now and then so many that they are copied. */
final class EvaluationRoom extends Room {
    /** From here on the repository copies. */
    private static final int COPIED = 10_000;

    private final Deque<UUID> mine = new ArrayDeque<>();
    private int runs;

    EvaluationRoom(Site site) {
        super(site, Stage.EVALUATIONS, "");
    }

    @Override
    void step() {
        switch (random.nextInt(10)) {
            case 0 -> run(runs++ % 8 == 0 ? COPIED : 1 + random.nextInt(100));
            case 1, 2 -> one();
            case 3 -> delete();
            default -> several();
        }
        pause(20, 120);
    }

    private static NewEvaluation evaluation(String name) {
        return NewEvaluation.of("soak", "soaked", name, "an answer").score(0.5);
    }

    private void one() {
        String name = site.name();
        mine.add(journal.write(
                        Stage.EVALUATIONS,
                        "create",
                        name,
                        () -> db.evaluations().create(evaluation(name)))
                .id());
    }

    /** All in one statement: the names are tried together, and together there or not. */
    private void several() {
        List<String> names =
                Stream.generate(site::name).limit(1 + random.nextInt(20)).toList();
        journal.write(
                Stage.EVALUATIONS,
                "createAll",
                String.join(",", names),
                () -> db.evaluations()
                        .createAll(
                                names.stream().map(EvaluationRoom::evaluation).toList()));
    }

    /** A run says how many evaluations it has, so that it is seen whether they all are there. */
    private void run(int size) {
        String name = site.name();
        journal.write(
                Stage.EVALUATIONS,
                size == COPIED ? "copy" : "run",
                name,
                () -> db.inTransaction(Site.RETRIED, tx -> {
                    UUID run = tx.benchmarks()
                            .create(NewBenchmark.of(name, "soak", "soaked", "soak", size))
                            .id();
                    return tx.evaluations()
                            .createAll(IntStream.range(0, size)
                                    .mapToObj(i -> evaluation(name + "/" + i).benchmark(run))
                                    .toList());
                }));
    }

    private void delete() {
        UUID id = mine.poll();
        if (id == null) {
            return;
        }
        String name = db.evaluations().get(id).input();
        if (!journal.write(
                Stage.EVALUATIONS, "delete", name, () -> db.evaluations().delete(id))) {
            journal.line(
                    Journal.Status.SURPRISE,
                    Stage.EVALUATIONS,
                    "delete",
                    name,
                    "it was acknowledged, and was not there");
        }
    }
}
