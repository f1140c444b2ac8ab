package dev.evalstore.cache;

import dev.evalstore.catalog.Model;
import dev.evalstore.catalog.ModelVersion;
import java.util.List;
import java.util.Objects;

/**
 * A model with its versions.
 *
 * @param model the model
 * @param versions the newest 1,000, newest first
 */
public record ModelDetails(Model model, List<ModelVersion> versions) {
    public ModelDetails {
        Objects.requireNonNull(model, "model");
        versions = List.copyOf(versions);
    }
}
