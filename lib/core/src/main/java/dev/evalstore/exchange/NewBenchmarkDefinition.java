package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark definition to create, as a draft; {@link BenchmarkDefinition} describes the fields.
 *
 * @param slug lower-case ASCII letters and digits in parts joined by single hyphens, 2 to 100 characters
 * @param name 3 to 200 characters
 * @param description 10 to 5,000 characters
 * @param license the name of the license, such as Apache-2.0, at most 200 characters
 */
public record NewBenchmarkDefinition(
        String slug,
        String name,
        String description,
        DefinitionCategory category,
        String license,
        Details details,
        Citation citation,
        People people) {
    public NewBenchmarkDefinition {
        Check.slug("slug", slug);
        DefinitionRules.name(name);
        DefinitionRules.description(description);
        Objects.requireNonNull(category, "category");
        DefinitionRules.license(license);
        Objects.requireNonNull(details, "details");
        DefinitionRules.citation(Objects.requireNonNull(citation, "citation"));
        Objects.requireNonNull(people, "people");
    }

    /** A definition with what each must have. */
    public static NewBenchmarkDefinition of(
            String slug, String name, String description, DefinitionCategory category, String license) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, Details.NONE, Citation.NONE, People.UNKNOWN);
    }

    public NewBenchmarkDefinition details(Details value) {
        return new NewBenchmarkDefinition(slug, name, description, category, license, value, citation, people);
    }

    public NewBenchmarkDefinition citation(Citation value) {
        return new NewBenchmarkDefinition(slug, name, description, category, license, details, value, people);
    }

    public NewBenchmarkDefinition people(People value) {
        return new NewBenchmarkDefinition(slug, name, description, category, license, details, citation, value);
    }

    public NewBenchmarkDefinition longDescription(String value) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details.longDescription(value), citation, people);
    }

    public NewBenchmarkDefinition licenseText(String value) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details.licenseText(value), citation, people);
    }

    public NewBenchmarkDefinition tags(String... values) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details.tags(Check.list("tags", values)), citation, people);
    }

    public NewBenchmarkDefinition documentationUrl(String value) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details.documentationUrl(value), citation, people);
    }

    public NewBenchmarkDefinition sourceUrl(String value) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details.sourceUrl(value), citation, people);
    }

    public NewBenchmarkDefinition organization(UUID id) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details, citation, people.organizationId(id));
    }

    public NewBenchmarkDefinition createdBy(UUID user) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details, citation, people.createdBy(user));
    }

    public NewBenchmarkDefinition maintainers(List<UUID> users) {
        return new NewBenchmarkDefinition(
                slug, name, description, category, license, details, citation, people.maintainers(users));
    }

    /**
     * What is said about the benchmark, beside name and description.
     *
     * @param longDescription at most 200,000 characters, or null
     * @param licenseText the text of the license where the name does not say all, at most 100,000 characters, or null
     * @param tags at most 20, each written as a slug of 1 to 100 characters; a repeated one counts once
     * @param documentationUrl beginning with http:// or https:// in lower case, at most 2,000 characters, or null
     * @param sourceUrl beginning with http:// or https:// in lower case, at most 2,000 characters, or null
     */
    public record Details(
            @Nullable String longDescription,
            @Nullable String licenseText,
            List<String> tags,
            @Nullable String documentationUrl,
            @Nullable String sourceUrl) {
        /** Nothing is said. */
        public static final Details NONE = new Details(null, null, List.of(), null, null);

        public Details {
            DefinitionRules.longDescription(longDescription);
            DefinitionRules.licenseText(licenseText);
            tags = DefinitionRules.tags(tags);
            Check.urlOrNull("documentationUrl", documentationUrl);
            Check.urlOrNull("sourceUrl", sourceUrl);
        }

        public Details longDescription(String value) {
            return new Details(value, licenseText, tags, documentationUrl, sourceUrl);
        }

        public Details licenseText(String value) {
            return new Details(longDescription, value, tags, documentationUrl, sourceUrl);
        }

        public Details tags(List<String> value) {
            return new Details(longDescription, licenseText, value, documentationUrl, sourceUrl);
        }

        public Details documentationUrl(String value) {
            return new Details(longDescription, licenseText, tags, value, sourceUrl);
        }

        public Details sourceUrl(String value) {
            return new Details(longDescription, licenseText, tags, documentationUrl, value);
        }
    }

    /**
     * Who is behind the benchmark.
     *
     * @param organizationId the organization that publishes it, or null
     * @param createdBy the user who creates it, or null
     * @param maintainers users who look after it, at most 100; a repeated one counts once
     */
    public record People(
            @Nullable UUID organizationId, @Nullable UUID createdBy, List<UUID> maintainers) {
        /** Nobody is known. */
        public static final People UNKNOWN = new People(null, null, List.of());

        public People {
            maintainers =
                    Check.list("maintainers", maintainers).stream().distinct().toList();
            if (maintainers.size() > DefinitionRules.MAX_MAINTAINERS) {
                throw new IllegalArgumentException("maintainers must be at most " + DefinitionRules.MAX_MAINTAINERS);
            }
        }

        public People organizationId(UUID value) {
            return new People(value, createdBy, maintainers);
        }

        public People createdBy(UUID value) {
            return new People(organizationId, value, maintainers);
        }

        public People maintainers(List<UUID> value) {
            return new People(organizationId, createdBy, value);
        }
    }
}
