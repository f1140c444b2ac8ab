package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a model.
 *
 * @param name the new name, or null to keep it
 * @param kind the new kind, or null to keep it
 * @param provider keep, set or clear
 * @param architecture keep, set or clear
 * @param parameters keep, set or clear; versions keep the VRAM they have
 * @param baseModel keep, set or clear
 * @param tags the new tags in place of the old, or null to keep them
 * @param metadata keep, set or clear
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

    /** The same with another name. */
    public UpdateModel withName(String newName) {
        return new UpdateModel(newName, kind, provider, architecture, parameters, baseModel, tags, metadata);
    }

    /** The same with another kind. */
    public UpdateModel withKind(ModelKind newKind) {
        return new UpdateModel(name, newKind, provider, architecture, parameters, baseModel, tags, metadata);
    }

    /** The same with another provider. */
    public UpdateModel withProvider(Patch<String> change) {
        return new UpdateModel(name, kind, change, architecture, parameters, baseModel, tags, metadata);
    }

    /** The same with another architecture. */
    public UpdateModel withArchitecture(Patch<String> change) {
        return new UpdateModel(name, kind, provider, change, parameters, baseModel, tags, metadata);
    }

    /** The same with another number of weights. */
    public UpdateModel withParameters(Patch<Long> change) {
        return new UpdateModel(name, kind, provider, architecture, change, baseModel, tags, metadata);
    }

    /** The same with another base. */
    public UpdateModel withBaseModel(Patch<String> change) {
        return new UpdateModel(name, kind, provider, architecture, parameters, change, tags, metadata);
    }

    /** The same with other tags. */
    public UpdateModel withTags(List<String> newTags) {
        return new UpdateModel(name, kind, provider, architecture, parameters, baseModel, newTags, metadata);
    }

    /** The same with other metadata. */
    public UpdateModel withMetadata(Patch<Json> change) {
        return new UpdateModel(name, kind, provider, architecture, parameters, baseModel, tags, change);
    }
}
