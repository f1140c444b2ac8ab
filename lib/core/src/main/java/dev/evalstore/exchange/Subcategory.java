package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of what a version of a benchmark definition measures.
 *
 * @param name unique in the version; not blank, at most 200 characters
 * @param parentCategory the category that it is a part of
 * @param description not blank, at most 2,000 characters, or null
 */
public record Subcategory(
        String name,
        DefinitionCategory parentCategory,
        @Nullable String description) {
    public Subcategory {
        Check.text("name", name, 1, 200);
        Objects.requireNonNull(parentCategory, "parentCategory");
        Check.textOrNull("description", description, 2_000);
    }

    /** Without a description. */
    public static Subcategory of(String name, DefinitionCategory parentCategory) {
        return new Subcategory(name, parentCategory, null);
    }

    public Subcategory description(String value) {
        return new Subcategory(name, parentCategory, value);
    }
}
