package dev.evalstore.analysis.export;

import dev.evalstore.Json;
import dev.evalstore.Repositories;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.tracking.Feedback;
import dev.evalstore.tracking.FeedbackFilter;
import dev.evalstore.tracking.Thumbs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts to evaluations what was said of them, a {@link Portion} at a time, while they are being read. */
final class FeedbackJoin implements Consumer<Evaluation> {
    /** About how many characters the rest of an entry has. */
    private static final int ENTRY = 200;

    private final Repositories db;
    private final Set<String> metrics;
    private final Consumer<ExportedEvaluation> consumer;
    private final List<Evaluation> waiting = new ArrayList<>();
    private final Portion portion = new Portion();
    private long characters;

    FeedbackJoin(Repositories db, Set<String> metrics, Consumer<ExportedEvaluation> consumer) {
        this.db = db;
        this.metrics = metrics;
        this.consumer = consumer;
    }

    @Override
    public void accept(Evaluation evaluation) {
        waiting.add(evaluation);
        characters += length(evaluation);
        if (portion.isFull(waiting.size(), characters)) {
            flush();
        }
    }

    /** Hands on what still waits. */
    void flush() {
        List<UUID> ids = waiting.stream().map(Evaluation::id).toList();
        Map<UUID, List<Map<String, @Nullable Object>>> given = new HashMap<>();
        Map<UUID, Long> lengths = new HashMap<>();
        db.tracking().feedback().forEach(FeedbackFilter.ALL.evaluations(ids), feedback -> {
            given.computeIfAbsent(feedback.evaluationId(), id -> new ArrayList<>())
                    .add(entry(feedback));
            lengths.merge(feedback.evaluationId(), length(feedback), Long::sum);
        });
        portion.next(waiting.stream()
                .mapToLong(evaluation -> length(evaluation) + lengths.getOrDefault(evaluation.id(), 0L))
                .max()
                .orElse(0));
        for (Evaluation evaluation : waiting) {
            List<Map<String, @Nullable Object>> newestFirst = given.getOrDefault(evaluation.id(), new ArrayList<>());
            Collections.reverse(newestFirst);
            consumer.accept(ExportedEvaluation.of(evaluation, metrics, Json.of(newestFirst)));
        }
        waiting.clear();
        characters = 0;
    }

    private static long length(Evaluation row) {
        return Portion.length(row.input())
                + Portion.length(row.output())
                + Portion.length(row.expected())
                + Portion.length(row.metrics())
                + Portion.length(row.metadata())
                + Portion.length(row.judgeScores())
                + Portion.length(row.criteria());
    }

    private static long length(Feedback row) {
        return ENTRY + Portion.length(row.comment()) + Portion.length(row.criteria());
    }

    private static Map<String, @Nullable Object> entry(Feedback feedback) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        Thumbs thumbs = feedback.thumbs();
        entry.put("user_id", feedback.userId());
        entry.put("rating", feedback.rating());
        entry.put("thumbs", thumbs == null ? null : thumbs.name().toLowerCase(Locale.ROOT));
        entry.put("comment", feedback.comment());
        entry.put("criteria", feedback.criteria());
        entry.put("created_at", feedback.createdAt());
        entry.put("updated_at", feedback.updatedAt());
        return entry;
    }
}
