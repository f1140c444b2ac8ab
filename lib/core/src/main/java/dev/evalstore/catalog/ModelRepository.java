package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.UUID;

/**
 * Language models. {@link ModelFilter#text} is answered by a scan of the table, or by an index where the extension
 * pg_trgm was installed before the schema was migrated.
 */
public final class ModelRepository extends ModelReads {
    ModelRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a model and returns it as stored.
     *
     * @throws ConstraintViolationException if the name is taken ({@code models_name_unique})
     */
    public Model create(NewModel model) {
        Columns values = new Columns()
                .set("name", model.name())
                .set("kind", model.kind())
                .set("provider", model.provider())
                .set("architecture", model.architecture())
                .set("parameters", model.parameters())
                .set("base_model", model.baseModel())
                .set("tags", SqlArray.texts(model.tags()))
                .set("metadata", model.metadata());
        return TABLE.create(jdbc, values);
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     * @throws ConstraintViolationException if the new name is taken ({@code models_name_unique})
     */
    public Model update(UUID id, UpdateModel change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Deletes the model with its versions and suitabilities; false when none has the id.
     *
     * @throws ConstraintViolationException if a benchmark configuration or an experiment uses one of its versions
     *     ({@code benchmark_configs_model_version_fk}, {@code experiments_model_version_fk}); nothing is deleted then
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }
}
