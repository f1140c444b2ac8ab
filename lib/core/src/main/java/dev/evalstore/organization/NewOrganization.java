package dev.evalstore.organization;

import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An organization to create; {@link Organization} describes the fields.
 *
 * @param slug lower-case ASCII letters and digits in parts joined by single hyphens, 2 to 100 characters
 * @param name not blank, at most 100 characters
 * @param description not blank, at most 5,000 characters, or null
 * @param website an http or https address of at most 2,000 characters, or null
 * @param logoUrl the same
 */
public record NewOrganization(
        String slug,
        String name,
        @Nullable String description,
        @Nullable String website,
        @Nullable String logoUrl,
        OrganizationType type) {
    static final int MAX_NAME = 100;
    static final int MAX_DESCRIPTION = 5_000;

    public NewOrganization {
        Check.slug("slug", slug);
        Check.text("name", name, 1, MAX_NAME);
        Check.textOrNull("description", description, MAX_DESCRIPTION);
        Check.urlOrNull("website", website);
        Check.urlOrNull("logoUrl", logoUrl);
        Objects.requireNonNull(type, "type");
    }

    /** An organization without description, website and picture. */
    public static NewOrganization of(String slug, String name, OrganizationType type) {
        return new NewOrganization(slug, name, null, null, null, type);
    }

    public NewOrganization description(String value) {
        return new NewOrganization(slug, name, value, website, logoUrl, type);
    }

    public NewOrganization website(String value) {
        return new NewOrganization(slug, name, description, value, logoUrl, type);
    }

    public NewOrganization logoUrl(String value) {
        return new NewOrganization(slug, name, description, website, value, type);
    }
}
