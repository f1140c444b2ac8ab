package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import org.jspecify.annotations.Nullable;

/**
 * Which models to list; what is null does not filter.
 *
 * @param kind only of this kind
 * @param provider only of this provider
 * @param architecture only of this architecture
 * @param text only with this text, in any case, somewhere in name, provider, architecture or base model; taken literally, so
 *     that {@code %} and {@code _} stand for themselves
 * @param tag only with this tag
 * @param minParameters only with at least so many weights; those whose number is not known are left out
 * @param maxParameters only with at most so many weights; those whose number is not known are left out
 */
public record ModelFilter(
        @Nullable ModelKind kind,
        @Nullable String provider,
        @Nullable String architecture,
        @Nullable String text,
        @Nullable String tag,
        @Nullable Long minParameters,
        @Nullable Long maxParameters) {
    /** Every model. */
    public static final ModelFilter ALL = new ModelFilter(null, null, null, null, null, null, null);

    public ModelFilter {
        Check.textOrNull("provider", provider);
        Check.textOrNull("architecture", architecture);
        Check.textOrNull("text", text);
        Check.textOrNull("tag", tag);
        Check.notNegativeOrNull("minParameters", minParameters);
        Check.notNegativeOrNull("maxParameters", maxParameters);
    }

    /** The same, only of this kind. */
    public ModelFilter kind(ModelKind only) {
        return new ModelFilter(only, provider, architecture, text, tag, minParameters, maxParameters);
    }

    /** The same, only of this provider. */
    public ModelFilter provider(String only) {
        return new ModelFilter(kind, only, architecture, text, tag, minParameters, maxParameters);
    }

    /** The same, only of this architecture. */
    public ModelFilter architecture(String only) {
        return new ModelFilter(kind, provider, only, text, tag, minParameters, maxParameters);
    }

    /** The same, only with this text in name, provider, architecture or base model. */
    public ModelFilter text(String part) {
        return new ModelFilter(kind, provider, architecture, part, tag, minParameters, maxParameters);
    }

    /** The same, only with this tag. */
    public ModelFilter tag(String only) {
        return new ModelFilter(kind, provider, architecture, text, only, minParameters, maxParameters);
    }

    /** The same, only with from {@code least} to {@code most} weights, both included; either may be null. */
    public ModelFilter parameters(@Nullable Long least, @Nullable Long most) {
        return new ModelFilter(kind, provider, architecture, text, tag, least, most);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(kind != null, "and kind = ?", kind)
                .andIf(provider != null, "and provider = ?", provider)
                .andIf(architecture != null, "and architecture = ?", architecture)
                // The expression is that of the trigram index.
                .andIf(
                        text != null,
                        "and (name || ' ' || coalesce(provider, '') || ' ' || coalesce(architecture, '') || ' ' ||"
                                + " coalesce(base_model, '')) ilike ?",
                        text == null ? null : Like.containing(text))
                .andIf(tag != null, "and tags @> array[?::text]", tag)
                .andIf(minParameters != null, "and parameters >= ?", minParameters)
                .andIf(maxParameters != null, "and parameters <= ?", maxParameters);
    }
}
