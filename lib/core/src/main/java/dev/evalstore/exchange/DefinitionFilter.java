package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which benchmark definitions to list, of those that are not deleted. Conditions add up. Immutable. */
public final class DefinitionFilter extends Conditions<DefinitionFilter> {
    /** Every definition, in whichever status. */
    public static final DefinitionFilter ALL = new DefinitionFilter(Sql.NONE);

    /** In a query of its own it is computed once, and the index is used whatever the planner believes. */
    private static final String TEXT = """
            and search @@ (select evalstore.definition_query(?))""";

    private DefinitionFilter(Sql sql) {
        super(sql, DefinitionFilter::new);
    }

    /** Only definitions about this subject. */
    public DefinitionFilter category(DefinitionCategory category) {
        return and("and category = ?", Objects.requireNonNull(category, "category"));
    }

    /** Only definitions in this status. */
    public DefinitionFilter status(DefinitionStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only definitions with this tag, exactly as it is stored. */
    public DefinitionFilter tag(String tag) {
        return and("and tags @> array[?::text]", Check.text("tag", tag));
    }

    /** Only definitions that this user created. */
    public DefinitionFilter creator(UUID user) {
        return and("and created_by = ?", Objects.requireNonNull(user, "user"));
    }

    /** Only definitions that this organization publishes. */
    public DefinitionFilter organization(UUID id) {
        return and("and organization_id = ?", Objects.requireNonNull(id, "id"));
    }

    /**
     * Only definitions that have, for each word of the text, a word that begins with it, in any case, in name, slug, tags
     * or descriptions. Words are cut as {@link DefinitionRepository#search} says. A text without a word admits nothing.
     */
    public DefinitionFilter text(String text) {
        return and(TEXT, DefinitionSearch.text(text));
    }
}
