package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Like;
import dev.evalstore.internal.jdbc.Sql;

/** Which models to list. Conditions add up. Immutable. */
public final class ModelFilter extends Conditions<ModelFilter> {
    /** Every model. */
    public static final ModelFilter ALL = new ModelFilter(Sql.NONE);

    /** The same expression as the trigram index. */
    private static final String TEXT = """
            and (name || ' ' || coalesce(provider, '') || ' ' || coalesce(architecture, '') || ' ' ||
            coalesce(base_model, '')) ilike ?""";

    private ModelFilter(Sql sql) {
        super(sql, ModelFilter::new);
    }

    /** Only models of this kind. */
    public ModelFilter kind(ModelKind kind) {
        return and("and kind = ?", kind);
    }

    /** Only models of this provider. */
    public ModelFilter provider(String provider) {
        return and("and provider = ?", Check.text("provider", provider));
    }

    /** Only models of this architecture. */
    public ModelFilter architecture(String architecture) {
        return and("and architecture = ?", Check.text("architecture", architecture));
    }

    /**
     * Only models with this text, in any case, in name, provider, architecture or base model. Taken literally:
     * {@code %} and {@code _} stand for themselves. The database's locale
     * says which letters differ in case alone: under {@code C} only those of ASCII.
     */
    public ModelFilter text(String part) {
        return and(TEXT, Like.containing(Check.text("text", part)));
    }

    /** Only models with this tag. */
    public ModelFilter tag(String tag) {
        return and("and tags @> array[?::text]", Check.text("tag", tag));
    }

    /** Only models known to have at least this many parameters. */
    public ModelFilter minParameters(long parameters) {
        return and("and parameters >= ?", Check.notNegative("minParameters", parameters));
    }

    /** Only models known to have at most this many parameters. */
    public ModelFilter maxParameters(long parameters) {
        return and("and parameters <= ?", Check.notNegative("maxParameters", parameters));
    }
}
