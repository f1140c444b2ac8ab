package dev.evalstore.cache;

import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.DefinitionVersion;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark definition with its latest version.
 *
 * @param definition the definition
 * @param latest its latest release, or null while there is none
 */
public record DefinitionDetails(
        BenchmarkDefinition definition, @Nullable DefinitionVersion latest) {
    public DefinitionDetails {
        Objects.requireNonNull(definition, "definition");
    }
}
