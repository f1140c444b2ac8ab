package dev.evalstore.examples;

import dev.evalstore.Json;
import dev.evalstore.exchange.CaseScore;
import dev.evalstore.exchange.Difficulty;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.NewTestCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Test cases made of a folder of lm-evaluation-harness results: each task once for each number of solved examples in the prompt.
 * How accurate the models were says how difficult a case is.
 */
final class LmEvalCases {
    private static final String PROMPT = "Task {{task}}, {{shots}} solved examples before it.\n{{question}}\nAnswer:";
    private static final ExpectedOutput LETTER =
            ExpectedOutput.pattern(" ?[A-E]").matchConfig(Json.of(Map.of("whole", true)));

    private final TreeSet<String> tasks = new TreeSet<>();
    private final TreeSet<Integer> shots = new TreeSet<>();
    private final Map<String, Map<String, CaseScore>> scores = new TreeMap<>();
    private final List<String> skipped = new ArrayList<>();

    private LmEvalCases() {}

    /** Reads the folder; a file that cannot be read is passed over, and {@link #skipped} says why. */
    static LmEvalCases read(Path folder) throws IOException {
        LmEvalCases cases = new LmEvalCases();
        for (Path path : LmEvalFile.list(folder)) {
            try {
                cases.add(LmEvalFile.read(path));
            } catch (LmEvalFile.Broken e) {
                cases.skipped.add("skipped " + path.getFileName() + ": it " + e.getMessage());
            }
        }
        return cases;
    }

    private void add(LmEvalFile file) {
        shots.add(file.shots());
        Map<String, CaseScore> ofModel = scores.computeIfAbsent(file.model(), model -> new TreeMap<>());
        file.metrics().asMap().forEach((task, metrics) -> {
            tasks.add(task);
            // Perplexities and differences are no scores from 0 to 1.
            if (((Map<?, ?>) metrics).get("acc") instanceof Number accuracy) {
                String key = key(task, file.shots());
                ofModel.put(key, new CaseScore(key, accuracy.doubleValue() >= 0.5, accuracy.doubleValue()));
            }
        });
    }

    int tasks() {
        return tasks.size();
    }

    /** How many solved examples the prompts have, such as 0 and 5. */
    Collection<Integer> shots() {
        return shots;
    }

    List<String> skipped() {
        return skipped;
    }

    Set<String> models() {
        return scores.keySet();
    }

    /** The accuracies of a model, each as the score of a case. */
    List<CaseScore> scores(String model) {
        return List.copyOf(Objects.requireNonNull(scores.get(model)).values());
    }

    /** Every task with each number of examples, also where no file has the two together. */
    List<NewTestCase> newCases() {
        List<NewTestCase> cases = new ArrayList<>();
        for (int examples : shots) {
            for (String task : tasks) {
                String key = key(task, examples);
                cases.add(NewTestCase.of(key, key, PROMPT)
                        .variables(Json.of(Map.of("task", task, "shots", examples)))
                        .tags(examples == 0 ? "zero-shot" : "few-shot")
                        .difficulty(difficulty(key))
                        .sortOrder(cases.size())
                        .accept(LETTER));
            }
        }
        return cases;
    }

    private static String key(String task, int examples) {
        return task + "/" + examples + "-shot";
    }

    private Difficulty difficulty(String key) {
        DoubleSummaryStatistics accuracy = new DoubleSummaryStatistics();
        for (Map<String, CaseScore> ofModel : scores.values()) {
            CaseScore score = ofModel.get(key);
            if (score != null) {
                accuracy.accept(score.score());
            }
        }
        double mean = accuracy.getCount() == 0 ? 0.5 : accuracy.getAverage();
        return mean >= 0.6
                ? Difficulty.EASY
                : mean >= 0.4 ? Difficulty.MEDIUM : mean >= 0.3 ? Difficulty.HARD : Difficulty.EXPERT;
    }

    /** The difficulties of the cases, such as {@code 4 easy, 41 medium}. */
    String difficulties() {
        Map<Difficulty, Integer> counts = new TreeMap<>();
        newCases().forEach(one -> counts.merge(one.grade().difficulty(), 1, Integer::sum));
        return String.join(
                ", ",
                counts.entrySet().stream()
                        .map(count ->
                                count.getValue() + " " + count.getKey().name().toLowerCase(Locale.ROOT))
                        .toList());
    }
}
