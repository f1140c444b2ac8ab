package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of a set of examples that models are trained on or evaluated with. Times are the server's.
 *
 * @param id version 7
 * @param name what its versions have in common
 * @param versionLabel unique among the versions of the name
 * @param sampleCount how many examples it has, or null when not known
 * @param sizeBytes how large its files are together, or null when not known
 * @param domain what its examples are about, such as law, or null
 * @param uri where it is, or null
 * @param checksum the SHA-256 of its contents, 64 lower-case hexadecimal digits, or null
 * @param validationSplit the share of its examples that is held back for validation, from 0 to 1
 * @param metadata other properties, an object, or null
 */
public record Dataset(
        UUID id,
        String name,
        String versionLabel,
        DatasetFormat format,
        @Nullable Long sampleCount,
        @Nullable Long sizeBytes,
        @Nullable String domain,
        @Nullable String uri,
        @Nullable String checksum,
        double validationSplit,
        @Nullable Json metadata,
        Instant createdAt,
        Instant updatedAt) {
    /** The fields that may be logged: not the uri, which may hold a password. */
    @Override
    public String toString() {
        return "Dataset[id=" + id + ", name=" + name + ", versionLabel=" + versionLabel + ", format=" + format + "]";
    }
}
