package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model to create.
 *
 * @param name unique; not blank
 * @param kind where it comes from
 * @param provider who makes or serves it, or null
 * @param architecture such as llama, or null
 * @param parameters how many weights it has, at least 1, or null when not known
 * @param baseModel what it was tuned from, by name, or null
 * @param tags none blank
 * @param metadata anything else, or null
 */
public record NewModel(
        String name,
        ModelKind kind,
        @Nullable String provider,
        @Nullable String architecture,
        @Nullable Long parameters,
        @Nullable String baseModel,
        List<String> tags,
        @Nullable Json metadata) {
    public NewModel {
        Check.text("name", name);
        Objects.requireNonNull(kind, "kind");
        Check.textOrNull("provider", provider);
        Check.textOrNull("architecture", architecture);
        Check.positiveOrNull("parameters", parameters);
        Check.textOrNull("baseModel", baseModel);
        tags = Check.texts("tags", tags);
    }

    /** A model of which nothing more is known. */
    public static NewModel of(String name, ModelKind kind) {
        return new NewModel(name, kind, null, null, null, null, List.of(), null);
    }

    /** The same with who makes or serves it. */
    public NewModel provider(String who) {
        return new NewModel(name, kind, who, architecture, parameters, baseModel, tags, metadata);
    }

    /** The same with its architecture. */
    public NewModel architecture(String value) {
        return new NewModel(name, kind, provider, value, parameters, baseModel, tags, metadata);
    }

    /** The same with its number of weights. */
    public NewModel parameters(long count) {
        return new NewModel(name, kind, provider, architecture, count, baseModel, tags, metadata);
    }

    /** The same with what it was tuned from. */
    public NewModel baseModel(String model) {
        return new NewModel(name, kind, provider, architecture, parameters, model, tags, metadata);
    }

    /** The same with tags. */
    public NewModel tags(String... values) {
        return new NewModel(name, kind, provider, architecture, parameters, baseModel, List.of(values), metadata);
    }

    /** The same with anything else. */
    public NewModel metadata(Json anything) {
        return new NewModel(name, kind, provider, architecture, parameters, baseModel, tags, anything);
    }
}
