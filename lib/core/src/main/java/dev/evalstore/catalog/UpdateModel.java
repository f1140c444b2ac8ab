package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a model; {@link Model} describes the fields. Null keeps the stored value.
 *
 * @param parameters versions keep their VRAM requirement
 * @param tags replace the present ones
 */
public record UpdateModel(
        @Nullable String name,
        @Nullable ModelKind kind,
        Patch<String> provider,
        Patch<String> architecture,
        Patch<Long> parameters,
        Patch<String> baseModel,
        @Nullable List<String> tags,
        Patch<Json> metadata) {
    /** Changes nothing. */
    public static final UpdateModel NOTHING =
            new UpdateModel(null, null, Patch.keep(), Patch.keep(), Patch.keep(), Patch.keep(), null, Patch.keep());

    public UpdateModel {
        Check.textOrNull("name", name);
        Check.textOrNull("provider", provider.value());
        Check.textOrNull("architecture", architecture.value());
        Check.positiveOrNull("parameters", parameters.value());
        Check.textOrNull("baseModel", baseModel.value());
        tags = tags == null ? null : Check.texts("tags", tags);
    }

    public UpdateModel withName(String value) {
        return new UpdateModel(value, kind, provider, architecture, parameters, baseModel, tags, metadata);
    }

    public UpdateModel withKind(ModelKind value) {
        return new UpdateModel(name, value, provider, architecture, parameters, baseModel, tags, metadata);
    }

    public UpdateModel withProvider(Patch<String> change) {
        return new UpdateModel(name, kind, change, architecture, parameters, baseModel, tags, metadata);
    }

    public UpdateModel withArchitecture(Patch<String> change) {
        return new UpdateModel(name, kind, provider, change, parameters, baseModel, tags, metadata);
    }

    public UpdateModel withParameters(Patch<Long> change) {
        return new UpdateModel(name, kind, provider, architecture, change, baseModel, tags, metadata);
    }

    public UpdateModel withBaseModel(Patch<String> change) {
        return new UpdateModel(name, kind, provider, architecture, parameters, change, tags, metadata);
    }

    public UpdateModel withTags(List<String> values) {
        return new UpdateModel(name, kind, provider, architecture, parameters, baseModel, values, metadata);
    }

    public UpdateModel withMetadata(Patch<Json> change) {
        return new UpdateModel(name, kind, provider, architecture, parameters, baseModel, tags, change);
    }
}
