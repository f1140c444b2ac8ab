package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link StatisticsRepository} that only read. */
public sealed class StatisticsReads permits StatisticsRepository {
    final Jdbc jdbc;

    StatisticsReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The statistics of a definition; without submissions for an unknown or deleted one. */
    public DefinitionStatistics ofDefinition(UUID definition) {
        return DefinitionFigures.FIGURES
                .of(jdbc, Objects.requireNonNull(definition, "definition"))
                .get(0);
    }

    /** The statistics of a user; without submissions for an unknown one. */
    public UserStatistics ofUser(UUID user) {
        return UserFigures.FIGURES
                .of(jdbc, Objects.requireNonNull(user, "user"))
                .get(0);
    }

    /**
     * The statistics of a model, one for each category and kind of metric, by category, then kind, unit, direction and
     * range of the metric. Empty for a model without public submissions.
     */
    public List<ModelStatistics> ofModel(ModelSubject model) {
        return ModelFigures.FIGURES.of(
                jdbc, Objects.requireNonNull(model, "model").key());
    }

    /**
     * A page of the stored statistics of models in a category, in an order that says nothing and does not change; a model
     * is there once for each kind of metric, one after another. A model whose first submission in the category is newer
     * than the last refresh is not there yet. A page may be shorter than the limit, also empty, though there is a next
     * one: where what was stored is no longer public.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @throws IllegalArgumentException if the limit is out of range, or the cursor belongs to another list
     */
    public Page<ModelStatistics> ofModels(DefinitionCategory category, int limit, @Nullable Cursor after) {
        return ModelFigures.list(jdbc, Objects.requireNonNull(category, "category"), limit, after);
    }
}
