package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model to create; {@link Model} describes the fields. No text may be blank. Name, provider, architecture and each tag
 * have at most 800 bytes in UTF-8.
 *
 * @param parameters at least 1, or null when not known
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
        Check.name("name", name);
        Objects.requireNonNull(kind, "kind");
        Check.nameOrNull("provider", provider);
        Check.nameOrNull("architecture", architecture);
        Check.positiveOrNull("parameters", parameters);
        Check.textOrNull("baseModel", baseModel);
        tags = Check.names("tags", tags);
    }

    /** A model with a name and a kind alone. */
    public static NewModel of(String name, ModelKind kind) {
        return new NewModel(name, kind, null, null, null, null, List.of(), null);
    }

    public NewModel provider(String value) {
        return new NewModel(name, kind, value, architecture, parameters, baseModel, tags, metadata);
    }

    public NewModel architecture(String value) {
        return new NewModel(name, kind, provider, value, parameters, baseModel, tags, metadata);
    }

    public NewModel parameters(long value) {
        return new NewModel(name, kind, provider, architecture, value, baseModel, tags, metadata);
    }

    public NewModel baseModel(String value) {
        return new NewModel(name, kind, provider, architecture, parameters, value, tags, metadata);
    }

    public NewModel tags(String... values) {
        return new NewModel(
                name, kind, provider, architecture, parameters, baseModel, Check.list("tags", values), metadata);
    }

    public NewModel metadata(Json value) {
        return new NewModel(name, kind, provider, architecture, parameters, baseModel, tags, value);
    }
}
