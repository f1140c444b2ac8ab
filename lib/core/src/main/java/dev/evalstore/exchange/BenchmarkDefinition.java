package dev.evalstore.exchange;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark that an exchange publishes and others run, whatever its versions; {@link DefinitionVersion} holds what is
 * run. A run is a {@code Benchmark}. Times are the server's.
 *
 * @param id version 7
 * @param slug the name in addresses, unique by case among definitions that are not deleted
 * @param description in short
 * @param longDescription at length, or null
 * @param statusReason why it was returned to draft or deprecated, or null
 * @param tags labels for search
 * @param license the name of the license, such as Apache-2.0
 * @param licenseText the text of the license, or null
 * @param documentationUrl the location of the documentation, or null
 * @param sourceUrl the location of the sources, or null
 * @param organizationId the organization that publishes it, or null
 * @param createdBy the user who created it, or null
 */
public record BenchmarkDefinition(
        UUID id,
        String slug,
        String name,
        String description,
        @Nullable String longDescription,
        DefinitionCategory category,
        DefinitionStatus status,
        @Nullable String statusReason,
        List<String> tags,
        String license,
        @Nullable String licenseText,
        @Nullable String documentationUrl,
        @Nullable String sourceUrl,
        Citation citation,
        @Nullable UUID organizationId,
        @Nullable UUID createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {
    public BenchmarkDefinition {
        tags = List.copyOf(tags);
    }
}
