package dev.evalstore.organization;

import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.util.Objects;

/**
 * A change of an organization, by the rules of {@link NewOrganization}; {@link Organization} describes the fields.
 * Immutable.
 */
public final class UpdateOrganization extends Assignments<UpdateOrganization> {
    /** Changes nothing. */
    public static final UpdateOrganization NOTHING = new UpdateOrganization(new Columns());

    private UpdateOrganization(Columns columns) {
        super(columns, UpdateOrganization::new);
    }

    /** The earlier slug is free at once. */
    public UpdateOrganization slug(String value) {
        return with("slug", Check.slug("slug", value));
    }

    public UpdateOrganization name(String value) {
        return with("name", Check.text("name", value, 1, NewOrganization.MAX_NAME));
    }

    public UpdateOrganization description(Patch<String> change) {
        Check.textOrNull("description", valueOf("description", change), NewOrganization.MAX_DESCRIPTION);
        return with("description", change);
    }

    public UpdateOrganization website(Patch<String> change) {
        Check.urlOrNull("website", valueOf("website", change));
        return with("website", change);
    }

    public UpdateOrganization logoUrl(Patch<String> change) {
        Check.urlOrNull("logoUrl", valueOf("logoUrl", change));
        return with("logo_url", change);
    }

    public UpdateOrganization type(OrganizationType value) {
        return with("type", Objects.requireNonNull(value, "type"));
    }
}
